using System.ComponentModel.DataAnnotations;
using Convonet.Server.Store;

namespace Convonet.Server.Todos;

/// <summary>Something to do.</summary>
public sealed class Todo : IUndoable
{
    /// <inheritdoc/>
    public Guid Id { get; init; }

    /// <summary>Who wrote it down. Null only in databases from before there were accounts, until the first owner takes it over.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>Who is to do it; null for its owner.</summary>
    public Guid? AssigneeId { get; set; }

    /// <summary>The team that it belongs to; null for a private one.</summary>
    public Guid? TeamId { get; set; }

    /// <summary>What is to be done.</summary>
    [MaxLength(500)]
    public required string Title { get; set; }

    /// <summary>More about it.</summary>
    [MaxLength(4000)]
    public string? Description { get; set; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</summary>
    [MaxLength(10)]
    public string Priority { get; set; } = "medium";

    /// <summary>When it is due, on the user's clock; midnight for a day without a time.</summary>
    public DateTime? DueDate { get; set; }

    /// <summary>Whether it is done.</summary>
    public bool Completed { get; set; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <inheritdoc/>
    public Audience Audience => new([OwnerId, AssigneeId], [TeamId]);
}
