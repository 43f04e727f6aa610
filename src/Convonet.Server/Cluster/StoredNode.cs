namespace Convonet.Server.Cluster;

/// <summary>A node of the cluster.</summary>
public sealed class StoredNode
{
    /// <summary>Its name, another one each time it starts.</summary>
    public required string Name { get; init; }

    /// <summary>Until when it counts as alive, in UTC, by the database's clock.</summary>
    public DateTime AliveUntil { get; set; }
}
