using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Convonet.Server.Cluster;

/// <summary>A conversation begins where it is asked for, and at another node where that one stops or does not reach the store.</summary>
[Serializable, GenerateSerializer, Immutable, Alias("convonet.placement")]
internal sealed class OwnerPlacement : PlacementStrategy;

/// <summary>Places an owner by <see cref="OwnerPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OwnerPlacementAttribute() : PlacementAttribute(new OwnerPlacement());

/// <summary>Chooses a node for an owner: also for one that has just left this node, whose callers' questions are passed on from here.</summary>
internal sealed class OwnerPlacementDirector(NodeLease lease, IHostApplicationLifetime lifetime) : IPlacementDirector
{
    /// <summary>This node, unless it leaves what it has to others.</summary>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var leaves = lifetime.ApplicationStopping.IsCancellationRequested || lease.IsOver || context.LocalSiloStatus != SiloStatus.Active;
        if (!leaves && silos.Contains(context.LocalSilo))
        {
            return Task.FromResult(context.LocalSilo);
        }

        SiloAddress[] others = [.. silos.Where(one => !one.Equals(context.LocalSilo))];
        return Task.FromResult(others.Length > 0 ? others[Random.Shared.Next(others.Length)] : context.LocalSilo);
    }
}
