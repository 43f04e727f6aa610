namespace Convonet.Emulator.Brain.Intents;

/// <summary>One thing that the user wants.</summary>
internal abstract record Intent
{
    private Intent()
    {
    }

    internal sealed record AddTodo(string Title, string? Level, When When) : Intent;

    /// <param name="Team">Only those of this team.</param>
    internal sealed record ListTodos(string? Team = null) : Intent;

    internal sealed record AddReminder(string Text, string? Level, When When) : Intent;

    internal sealed record ListReminders : Intent;

    internal sealed record AddEvent(string Title, When When) : Intent;

    internal sealed record ListEvents(When When) : Intent;

    /// <summary>What is to come, of every kind.</summary>
    internal sealed record TellAgenda(When When) : Intent;

    internal sealed record FindFreeTime(TimeSpan? Length, When When) : Intent;

    /// <summary>Something that is there is changed, ticked off or deleted.</summary>
    internal sealed record Change(Which Which, Edit Edit) : Intent;

    internal sealed record ListTeams : Intent;

    internal sealed record ListMembers(string Team) : Intent;

    internal sealed record CreateTeam(string Name) : Intent;

    /// <param name="Title">What is to be done.</param>
    /// <param name="Team">Whose it is.</param>
    /// <param name="Person">Who is to do it; null for whoever does it.</param>
    /// <param name="Level">How much it matters.</param>
    /// <param name="When">When it is due.</param>
    internal sealed record AddTeamTodo(string Title, string Team, string? Person, string? Level, When When) : Intent;

    internal sealed record AddMember(string Person, string Team, string? Role) : Intent;

    internal sealed record RemoveMember(string Person, string Team) : Intent;

    internal sealed record ChangeRole(string Person, string Team, string Role) : Intent;

    internal sealed record FindPeople(string Words) : Intent;

    internal sealed record TellTime(bool IsDate) : Intent;

    /// <summary>Something that needs no tool; <paramref name="Topic"/> names the reply.</summary>
    internal sealed record Talk(SmallTalkTopic Topic) : Intent;

    /// <summary>Something that is understood, but for which there is no tool in any version of this assistant.</summary>
    internal sealed record OutOfReach(string What) : Intent;

    internal sealed record Unknown : Intent;
}

/// <summary>Which things are meant: one by its title or its place in the list, the last that was spoken of, or all.</summary>
/// <param name="Title">Words of the title.</param>
/// <param name="Kinds">The kinds that it may be, the likeliest first.</param>
/// <param name="When">The day that it is on, if the user named one.</param>
internal sealed record Which(string Title, IReadOnlyList<ThingKind> Kinds, When When)
{
    /// <summary>The place in the list from 1; -1 is the last; null for none.</summary>
    internal int? Place { get; init; }

    /// <summary>All of them.</summary>
    internal bool All { get; init; }

    /// <summary>"It": what was spoken of last.</summary>
    internal bool IsLast { get; init; }
}

/// <summary>What is to become of a thing.</summary>
internal abstract record Edit
{
    private Edit()
    {
    }

    internal sealed record Finish : Edit;

    internal sealed record Reopen : Edit;

    internal sealed record Delete : Edit;

    internal sealed record Rename(string Title) : Edit;

    internal sealed record Describe(string Text) : Edit;

    internal sealed record Rank(string Level) : Edit;

    internal sealed record Move(When To) : Edit;

    internal sealed record Shift(TimeSpan By) : Edit;

    /// <param name="Rule">How it recurs, as the calendar's tools want it.</param>
    internal sealed record Repeat(string Rule) : Edit;

    /// <summary>Nothing becomes of it: the user only asks when it is.</summary>
    internal sealed record Tell : Edit;
}

/// <summary>What small talk is about.</summary>
internal enum SmallTalkTopic
{
    Hello,
    Bye,
    Thanks,
    HowAreYou,
    WhoAreYou,
    WhoAmI,
    Joke,
    Story,
    Help,
    Praise,
    Agreement,
    Refusal,
}
