using System.ComponentModel.DataAnnotations.Schema;

namespace Convonet.Server.Store;

/// <summary>Something of the users' whose changes are recorded, so that they can be told of and taken back.</summary>
public interface IUndoable
{
    /// <summary>Id.</summary>
    Guid Id { get; }

    /// <summary>Counts its changes; the store sees to it.</summary>
    int Version { get; set; }

    /// <summary>Who is to hear of its changes.</summary>
    [NotMapped]
    Audience Audience { get; }
}

/// <summary>Users and teams; those that are null count for nothing.</summary>
public readonly record struct Audience(IReadOnlyList<Guid?> Users, IReadOnlyList<Guid?> Teams);
