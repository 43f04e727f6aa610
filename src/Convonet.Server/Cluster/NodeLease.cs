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

    /// <summary>A renewal that comes this late behind the one before has missed its time: nearly two periods, as one may be a little late.</summary>
    private readonly TimeSpan _gap = options.Value.Lease * 7 / 12;

    private long _renewed = time.GetTimestamp();
    private long _steadySince = time.GetTimestamp();

    /// <summary>Whether the others may take this node for dead by now: it has not said for so long that it lives.</summary>
    public bool IsOver => Silence > options.Value.Lease;

    /// <summary>How long ago this node last said that it lives.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _renewed));

    /// <summary>
    /// Whether it has said so without a gap for as long as a lease lasts. Only then does it mean something that another node's lease is over: behind an outage of the store they are over for all,
    /// and whoever is back first has to give the others the time to say that they live.
    /// </summary>
    public bool IsSteady => Silence <= _gap && time.GetElapsedTime(Volatile.Read(ref _steadySince)) > options.Value.Lease;

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

    /// <summary>Says now that this node lives.</summary>
    internal async Task RenewAsync(CancellationToken cancellationToken)
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
        if (time.GetElapsedTime(Volatile.Read(ref _renewed), began) > _gap)
        {
            Volatile.Write(ref _steadySince, time.GetTimestamp());
        }

        Volatile.Write(ref _renewed, began);
    }

    /// <summary>Whether this node reaches the store at this moment, and has for a while: one that does not meanwhile is cut off by itself.</summary>
    internal async Task<bool> ReachesStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            return IsSteady && await store.ReadAsync((db, token) => db.Nodes.AnyAsync(one => one.Name == node.Name, token), cancellationToken);
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

    [LoggerMessage(LogLevel.Error, "This node could not say that it lives.")]
    private partial void LogNotRenewed(Exception error);
}
