using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Todos;

/// <summary>Something to do.</summary>
public sealed class Todo
{
    /// <summary>Id.</summary>
    public Guid Id { get; init; }

    /// <summary>What is to be done.</summary>
    [MaxLength(500)]
    public required string Title { get; set; }

    /// <summary>More about it.</summary>
    [MaxLength(4000)]
    public string? Description { get; set; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</summary>
    [MaxLength(10)]
    public string Priority { get; set; } = "medium";

    /// <summary>When it is due, on the user's clock.</summary>
    public DateTime? DueDate { get; set; }

    /// <summary>Whether it is done.</summary>
    public bool Completed { get; set; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime CreatedAt { get; init; }
}
