using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Cluster;

/// <summary>Says in the store that this node lives, by the database's clock. The unfinished turns of a node that does not say so are taken over by the others as soon as they find that it is gone.</summary>
internal sealed partial class NodeLease(ConvonetStore store, NodeIdentity node, IOptions<ClusterOptions> options, TimeProvider time, ILogger<NodeLease> logger) : BackgroundService
{
    /// <summary>Rows of nodes that have been gone for so long are of no use to anybody.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private readonly TimeSpan _period = options.Value.Lease / 3;
    private long _renewed = time.GetTimestamp();

    /// <summary>Whether the others may take this node for dead by now: it has not said for so long that it lives.</summary>
    public bool IsOver => Silence > options.Value.Lease;

    /// <summary>How long ago this node last said that it lives.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _renewed));

    /// <summary>The lease is there before the node serves: nobody may take its first turns for a dead node's.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RenewAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>What is left unfinished need not wait until the lease ends.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await store.WriteAsync((db, token) => db.Nodes.Where(one => one.Name == node.Name).ExecuteDeleteAsync(token), repeatable: true, cancellationToken);
        }
        catch (Exception error)
        {
            // The border: the lease ends by itself.
            LogNotRenewed(error);
        }
    }

    /// <summary>Whether this node reaches the store at this moment, and counts as alive there.</summary>
    internal async Task<bool> ReachesStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            return !IsOver && await store.ReadAsync((db, token) => db.Nodes.AnyAsync(one => one.Name == node.Name, token), cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryRenewAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TryRenewAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RenewAsync(stoppingToken);
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // The border: tried again with the next tick.
            LogNotRenewed(error);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await store.WriteAsync(
            async (db, token) =>
            {
                FailPoint.Pass("lease.renew");
                await db.Database.ExecuteSqlAsync($"DELETE FROM nodes WHERE alive_until < now() - {Forgotten}", token);
                return await db.Database.ExecuteSqlAsync(
                    $"INSERT INTO nodes (name, alive_until) VALUES ({node.Name}, now() + {options.Value.Lease}) ON CONFLICT (name) DO UPDATE SET alive_until = excluded.alive_until", token);
            },
            repeatable: true,
            cancellationToken);
        Volatile.Write(ref _renewed, began);
    }

    [LoggerMessage(LogLevel.Error, "This node could not say that it lives.")]
    private partial void LogNotRenewed(Exception error);
}
