using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Store;

/// <summary>What one tool call, or one request of the page, changed.</summary>
public sealed class ChangeSet
{
    /// <summary>Id; derived from the call's key when a tool did it.</summary>
    public Guid Id { get; init; }

    /// <summary>Who did it.</summary>
    public Guid UserId { get; init; }

    /// <summary>The tool that did it for them; null when they did it themselves.</summary>
    [MaxLength(64)]
    public string? Tool { get; init; }

    /// <summary>Id of the tool's call, unique in its conversation.</summary>
    [MaxLength(40)]
    public string? CallId { get; init; }

    /// <summary>One line for people.</summary>
    [MaxLength(300)]
    public required string Summary { get; set; }

    /// <summary>When, in UTC.</summary>
    public DateTime MadeAt { get; init; }

    /// <summary>When it was taken back, in UTC.</summary>
    public DateTime? UndoneAt { get; set; }

    /// <summary>The rows that it changed.</summary>
    public List<Change> Changes { get; } = [];
}

/// <summary>One row's change: what it was before and what it became.</summary>
public sealed class Change
{
    /// <summary>Id.</summary>
    public Guid Id { get; init; }

    /// <summary>The set that it belongs to.</summary>
    public Guid ChangeSetId { get; init; }

    /// <summary>Place in the set, from 0; taken back in reverse.</summary>
    public int Place { get; init; }

    /// <summary><c>todo</c>, <c>reminder</c>, <c>event</c>, <c>team</c> or <c>member</c>.</summary>
    [MaxLength(10)]
    public required string Kind { get; init; }

    /// <summary>The row's id.</summary>
    public Guid EntityId { get; init; }

    /// <summary>The row as JSON before the change; null when it was created.</summary>
    public string? Before { get; init; }

    /// <summary>The row's version after the change; null when it was deleted.</summary>
    public int? VersionAfter { get; init; }
}
