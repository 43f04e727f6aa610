namespace Convonet.Emulator.Brain;

/// <summary>One thing that the user wants.</summary>
internal abstract record Intent
{
    private Intent()
    {
    }

    internal sealed record AddTodo(string Title, string? Priority, When When) : Intent;

    internal sealed record ListTodos : Intent;

    internal sealed record FinishTodo(Which Which) : Intent;

    internal sealed record RemoveTodo(Which Which) : Intent;

    internal sealed record AddReminder(string Text, string? Importance, When When) : Intent;

    internal sealed record ListReminders : Intent;

    internal sealed record AddEvent(string Title, When When) : Intent;

    internal sealed record ListEvents(When When) : Intent;

    internal sealed record TellTime(bool IsDate) : Intent;

    /// <summary>Something that needs no tool; <paramref name="Topic"/> names the reply.</summary>
    internal sealed record Talk(SmallTalkTopic Topic) : Intent;

    /// <summary>Something that is understood, but for which there is no tool in any version of this assistant.</summary>
    internal sealed record OutOfReach(string What) : Intent;

    internal sealed record Unknown : Intent;
}

/// <summary>Which todos are meant: one by its title or its place in the list, or all.</summary>
/// <param name="Title">Words of the title.</param>
/// <param name="Place">The place in the list from 1; -1 is the last; null for none.</param>
/// <param name="All">All of them.</param>
internal sealed record Which(string Title, int? Place = null, bool All = false);

/// <summary>What small talk is about.</summary>
internal enum SmallTalkTopic
{
    Hello,
    Bye,
    Thanks,
    HowAreYou,
    WhoAreYou,
    Joke,
    Story,
    Help,
    Praise,
    Agreement,
    Refusal,
}
