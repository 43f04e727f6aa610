using System.ComponentModel.DataAnnotations;
using Convonet.Server.Store;

namespace Convonet.Server.Reminders;

/// <summary>Something to be reminded of.</summary>
public sealed class Reminder : IUndoable
{
    /// <inheritdoc/>
    public Guid Id { get; init; }

    /// <summary>Whose it is. Null only in databases from before there were accounts, until the first owner takes it over.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>What to be reminded of.</summary>
    [MaxLength(1000)]
    public required string Text { get; set; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</summary>
    [MaxLength(10)]
    public string Importance { get; set; } = "medium";

    /// <summary>When, on the user's clock; null for a note without a time.</summary>
    public DateTime? RemindOn { get; set; }

    /// <summary>The same instant in UTC.</summary>
    public DateTime? RemindAt { get; set; }

    /// <summary>When it was brought to the user, in UTC; null while it is to come.</summary>
    public DateTime? DeliveredAt { get; set; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <inheritdoc/>
    public Audience Audience => new([OwnerId], []);
}
