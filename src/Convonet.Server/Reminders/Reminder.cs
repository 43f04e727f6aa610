using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Reminders;

/// <summary>Something to be reminded of.</summary>
public sealed class Reminder
{
    /// <summary>Id.</summary>
    public Guid Id { get; init; }

    /// <summary>What to be reminded of.</summary>
    [MaxLength(1000)]
    public required string Text { get; set; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</summary>
    [MaxLength(10)]
    public string Importance { get; set; } = "medium";

    /// <summary>When, on the user's clock.</summary>
    public DateTime? RemindAt { get; set; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime CreatedAt { get; init; }
}
