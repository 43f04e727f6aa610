using System.ComponentModel.DataAnnotations;
using Convonet.Server.Store;

namespace Convonet.Server.Teams;

/// <summary>People who share todos.</summary>
public sealed class Team : IUndoable
{
    /// <inheritdoc/>
    public Guid Id { get; init; }

    /// <summary>Its name, unique among all teams.</summary>
    [MaxLength(100)]
    public required string Name { get; set; }

    /// <summary>What it is for.</summary>
    [MaxLength(1000)]
    public string Description { get; set; } = "";

    /// <summary>When it was made, in UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <inheritdoc/>
    public Audience Audience => new([], [Id]);
}
