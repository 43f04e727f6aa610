using System.ComponentModel.DataAnnotations;
using Convonet.Server.Store;

namespace Convonet.Server.Calendar;

/// <summary>An appointment, or a series of them.</summary>
public sealed class CalendarEvent : IUndoable
{
    /// <inheritdoc/>
    public Guid Id { get; init; }

    /// <summary>Whose it is. Null only in databases from before there were accounts, until the first owner takes it over.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>What it is.</summary>
    [MaxLength(500)]
    public required string Title { get; set; }

    /// <summary>More about it.</summary>
    [MaxLength(4000)]
    public string? Description { get; set; }

    /// <summary>Start of it, or of the series' first, on the clock of <see cref="TimeZone"/>.</summary>
    public DateTime Start { get; set; }

    /// <summary>End, on the same clock; not before <see cref="Start"/>.</summary>
    public DateTime End { get; set; }

    /// <summary>IANA name of the zone that it was written down in: a weekly meeting at nine stays at nine when clocks change.</summary>
    [MaxLength(64)]
    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary><see cref="Start"/> in UTC.</summary>
    public DateTime StartsAt { get; set; }

    /// <summary><see cref="End"/> in UTC; for a series, of its first.</summary>
    public DateTime EndsAt { get; set; }

    /// <summary>How it recurs: an RRULE value of iCalendar (RFC 5545 section 3.3.10), for example <c>FREQ=WEEKLY;BYDAY=MO</c>; null for once.</summary>
    [MaxLength(500)]
    public string? Recurrence { get; set; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <inheritdoc/>
    public Audience Audience => new([OwnerId], []);
}
