using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Calendar;

/// <summary>An appointment.</summary>
public sealed class CalendarEvent
{
    /// <summary>Id.</summary>
    public Guid Id { get; init; }

    /// <summary>What it is.</summary>
    [MaxLength(500)]
    public required string Title { get; set; }

    /// <summary>More about it.</summary>
    [MaxLength(4000)]
    public string? Description { get; set; }

    /// <summary>Start, on the user's clock.</summary>
    public DateTime Start { get; set; }

    /// <summary>End, on the user's clock; not before <see cref="Start"/>.</summary>
    public DateTime End { get; set; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime CreatedAt { get; init; }
}
