using Convonet.Conversations;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Cluster;

/// <summary>
/// Says in the store that this node lives, by the database's clock, and goes on with the unfinished turns of nodes that do not say so any more. A node that lives and
/// could not say so loses its turns to another one, and the fence refuses what it still writes.
/// </summary>
internal sealed partial class NodeLease(
    ConvonetStore store, IConversationDirectory directory, NodeIdentity node, IOptions<ClusterOptions> options, TimeProvider time, ILogger<NodeLease> logger) : BackgroundService
{
    /// <summary>Conversations that are taken over side by side.</summary>
    private const int SideBySide = 8;

    /// <summary>Conversations that one look finds; the next look finds the others.</summary>
    private const int AtOnce = 1000;

    /// <summary>Rows of nodes that have been gone for so long are of no use to anybody.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private readonly TimeSpan _period = options.Value.Lease / 3;

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RenewAsync(stoppingToken);
            await Parallel.ForEachAsync(
                await LeftAsync(stoppingToken),
                new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = stoppingToken },
                async (left, token) =>
                {
                    if (await directory.FindAsync(left.Conversation, left.User, token) is not null)
                    {
                        LogTakenOver();
                    }
                });
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // The border: what does not go now is tried again with the next tick.
            LogNotRenewed(error);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken) => await store.WriteAsync(
        async (db, token) =>
        {
            FailPoint.Pass("lease.renew");
            await db.Database.ExecuteSqlAsync($"DELETE FROM nodes WHERE alive_until < now() - {Forgotten}", token);
            return await db.Database.ExecuteSqlAsync(
                $"INSERT INTO nodes (name, alive_until) VALUES ({node.Name}, now() + {options.Value.Lease}) ON CONFLICT (name) DO UPDATE SET alive_until = excluded.alive_until", token);
        },
        repeatable: true,
        cancellationToken);

    /// <summary>Conversations with an unfinished turn whose owner does not live.</summary>
    internal async Task<IReadOnlyList<(string Conversation, string User)>> LeftAsync(CancellationToken cancellationToken) => await store.ReadAsync(
        async (db, token) =>
        {
            var alive = db.Nodes.FromSql($"SELECT * FROM nodes WHERE alive_until > now()").Select(one => one.Name);
            var left = await db.Turns.AsNoTracking().Where(turn => turn.EndedAt == null)
                .Join(db.Conversations, turn => turn.ConversationId, one => one.Id, (_, one) => new { one.Id, one.UserId, one.Owner })
                .Where(one => one.Owner == null || !alive.Contains(one.Owner))
                .Distinct().OrderBy(one => one.Id).Take(AtOnce).ToArrayAsync(token);
            Random.Shared.Shuffle(left);
            return (IReadOnlyList<(string, string)>)[.. left.Select(one => (one.Id, one.UserId.ToString()))];
        },
        cancellationToken);

    [LoggerMessage(LogLevel.Information, "A conversation goes on here whose node is gone.")]
    private partial void LogTakenOver();

    [LoggerMessage(LogLevel.Error, "This node could not say that it lives, or not go on with the turns of one that does not.")]
    private partial void LogNotRenewed(Exception error);
}

/// <summary>A node of the cluster.</summary>
public sealed class StoredNode
{
    /// <summary>Its name, another one each time it starts.</summary>
    public required string Name { get; init; }

    /// <summary>Until when it counts as alive, in UTC, by the database's clock.</summary>
    public DateTime AliveUntil { get; set; }
}
