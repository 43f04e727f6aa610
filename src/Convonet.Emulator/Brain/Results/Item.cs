namespace Convonet.Emulator.Brain.Results;

/// <summary>One thing that a tool told of: a todo, a reminder, an event, a team, a person or a stretch of free time. What it does not say is empty.</summary>
internal sealed record Item
{
    internal string Id { get; init; } = "";

    internal string Title { get; init; } = "";

    /// <summary>What it is, in the singular, where the result says so: "todo", "event".</summary>
    internal string Kind { get; init; } = "";

    /// <summary>Whether a todo is done, or a reminder was delivered.</summary>
    internal bool IsDone { get; init; }

    /// <summary>When it is due, rings or begins.</summary>
    internal DateTime? From { get; init; }

    internal DateTime? To { get; init; }

    internal string? Level { get; init; }

    internal string? Email { get; init; }

    internal string? Role { get; init; }

    /// <summary>The team that it belongs to.</summary>
    internal string? Team { get; init; }

    /// <summary>How many members a team has.</summary>
    internal int? Members { get; init; }

    /// <summary>Whether it recurs.</summary>
    internal bool Recurs { get; init; }
}
