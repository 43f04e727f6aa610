using System.ComponentModel.DataAnnotations;
using Convonet.Server.Store;

namespace Convonet.Server.Teams;

/// <summary>Somebody's place in a team.</summary>
public sealed class TeamMember : IUndoable
{
    /// <inheritdoc/>
    public Guid Id { get; init; }

    /// <summary>The team.</summary>
    public Guid TeamId { get; init; }

    /// <summary>The member.</summary>
    public Guid UserId { get; init; }

    /// <summary><c>owner</c>, <c>admin</c>, <c>member</c> or <c>viewer</c>.</summary>
    [MaxLength(10)]
    public required string Role { get; set; }

    /// <summary>Since when, in UTC.</summary>
    public DateTime JoinedAt { get; init; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <inheritdoc/>
    public Audience Audience => new([UserId], [TeamId]);
}
