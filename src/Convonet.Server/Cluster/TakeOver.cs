using System.Collections.Concurrent;
using Convonet.Conversations;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Cluster;

/// <summary>Goes on with unfinished turns that nobody works on: those of nodes that do not live any more, and those that are this node's and not in its memory. Lets go of copies that nobody follows.</summary>
internal sealed partial class TakeOver(
    ConvonetStore store,
    IGrainFactory grains,
    LocalConversationDirectory local,
    ClusterConversationDirectory directory,
    NodeIdentity node,
    NodeLease lease,
    ISiloStatusOracle silos,
    IOptions<ClusterOptions> options,
    TimeProvider time,
    ILogger<TakeOver> logger) : BackgroundService, ISiloStatusListener
{
    /// <summary>Conversations that are taken over side by side.</summary>
    private const int SideBySide = 16;

    /// <summary>Conversations that are left alone at most; beyond that they are tried again sooner.</summary>
    private const int MostSetAside = 10_000;

    /// <summary>Looks at once behind a death, until nothing is left: the cluster forgets by and by where the dead node's conversations were.</summary>
    private const int Eager = 5;

    /// <summary>How long a conversation that cannot be read is left alone.</summary>
    private static readonly TimeSpan AsideFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _setAside = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _died = new(0, 1);
    private readonly HashSet<SiloAddress> _stopping = [];
    private readonly TimeSpan _period = options.Value.Lease / 3;

    /// <summary>Conversations that are read at once; a look goes on behind them until none is left.</summary>
    internal int AtOnce { get; set; } = 1000;

    /// <summary>A node whose death the cluster has agreed on keeps nothing until its lease ends. One that stops hands over what it has itself.</summary>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        lock (_died)
        {
            if (status is SiloStatus.ShuttingDown or SiloStatus.Stopping)
            {
                _stopping.Add(updatedSilo);
            }
            else if (status == SiloStatus.Dead && !_stopping.Remove(updatedSilo) && _died.CurrentCount == 0)
            {
                _died.Release();
            }
        }
    }

    public override void Dispose()
    {
        _died.Dispose();
        base.Dispose();
    }

    /// <summary>Conversations with an unfinished turn that nobody works on, the first of them or those behind others; those of nodes whose lease has not ended are the last.</summary>
    /// <param name="ofOthersToo">Whether also those of nodes whose lease has not ended: asked for at their owner, if that lives they stay there.</param>
    /// <param name="behind">Where the ones before end; null from the first on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<LeftPage> LeftAsync(bool ofOthersToo, LeftPlace? behind, CancellationToken cancellationToken) => await store.ReadAsync(
        async (db, token) =>
        {
            var others = db.Nodes.FromSql($"SELECT * FROM nodes WHERE alive_until > now()").Where(one => one.Name != node.Name).Select(one => one.Name);
            var all = db.Turns.AsNoTracking().Where(turn => turn.EndedAt == null)
                .Join(db.Conversations, turn => turn.ConversationId, one => one.Id, (_, one) => new { one.Id, one.UserId, one.Owner, IsOfOther = one.Owner != null && others.Contains(one.Owner) })
                .Where(one => ofOthersToo || !one.IsOfOther);
            if (behind is (var isOfOther, var id))
            {
                all = all.Where(one => (one.IsOfOther && !isOfOther) || (one.IsOfOther == isOfOther && string.Compare(one.Id, id) > 0));
            }

            var left = await all.Distinct().OrderBy(one => one.IsOfOther).ThenBy(one => one.Id).Take(AtOnce).ToArrayAsync(token);
            var end = left.Length < AtOnce ? null : new LeftPlace(left[^1].IsOfOther, left[^1].Id);
            Random.Shared.Shuffle(left);

            // Whoever has not said for the longest time that it lives is the one that died: what it had need not wait until the others have been asked.
            var leases = await db.Nodes.AsNoTracking().ToDictionaryAsync(one => one.Name, one => one.AliveUntil, token);
            var silentFirst = left.OrderBy(one => one.Owner is { } owner ? leases.GetValueOrDefault(owner) : default);
            return new LeftPage([.. silentFirst.Where(one => one.Owner != node.Name || !local.Holds(one.Id)).Select(one => (one.Id, one.UserId.ToString()))], end);
        },
        cancellationToken);

    /// <summary>Tries each conversation that is left once, however many there are: one that cannot be gone on with holds up none behind it. Another death breaks it off, so that what that one had need not wait.</summary>
    /// <returns>Whether nothing is left.</returns>
    internal async Task<bool> LookAsync(bool ofOthersToo, CancellationToken stoppingToken)
    {
        try
        {
            var (isDone, page) = (true, new LeftPage([], null));
            do
            {
                await directory.SweepAsync();
                if (lease.IsOver || (ofOthersToo && _died.CurrentCount > 0))
                {
                    // Whose own lease ends does not judge others: the store is slow for all. And a death is looked after from the first on.
                    return false;
                }

                page = await LeftAsync(ofOthersToo, page.End, stoppingToken);
                isDone &= await TryAllAsync(page.Conversations, stoppingToken);
            }
            while (page.End is not null);
            return isDone;
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // The border: what does not go now is tried again with the next look.
            LogNotTakenOver(error);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        silos.SubscribeToSiloStatusEvents(this);
        try
        {
            await Task.WhenAll(LookNowAndThenAsync(stoppingToken), LookAfterDeathsAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            silos.UnSubscribeFromSiloStatusEvents(this);
        }
    }

    private async Task LookNowAndThenAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(ofOthersToo: false, stoppingToken);
        }
    }

    private async Task LookAfterDeathsAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _died.WaitAsync(stoppingToken);
            for (var left = Eager; left > 0 && _died.CurrentCount == 0 && !await LookAsync(ofOthersToo: true, stoppingToken); left--)
            {
                await Task.Delay(RemoteConversation.Pause, time, stoppingToken);
            }
        }
    }

    private async Task<bool> TryAllAsync(IReadOnlyList<(string Conversation, string User)> left, CancellationToken stoppingToken)
    {
        var failed = 0;
        await Parallel.ForEachAsync(
            left.Where(one => !IsSetAside(one.Conversation)),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = stoppingToken },
            async (one, token) => _ = await TryAsync(one, token) || Interlocked.Increment(ref failed) == 0);
        return failed == 0;
    }

    private async Task<bool> TryAsync((string Conversation, string User) left, CancellationToken cancellationToken)
    {
        try
        {
            var held = local.Holds(left.Conversation);
            var owner = grains.GetGrain<IConversationOwner>(left.Conversation);
            await FreeAsync(owner, cancellationToken);
            var place = await owner.OpenAsync(left.User, begins: false).WaitAsync(cancellationToken);
            if (place is { IsFull: true })
            {
                throw new DirectoryFullException();
            }

            if (place is not null)
            {
                if (!held && local.Holds(left.Conversation))
                {
                    LogTakenOver();
                }
            }
            else
            {
                SetAside(left.Conversation);
            }

            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The border: one that cannot be loaded, or whose node is not known to be dead yet, must not hold up the others.
            LogNotTakenOver(error);
            return false;
        }
    }

    /// <summary>An owner whose node does not reach the store lets go of it. Where this node is not sure that the store was there for the others it does not ask: an owner that lives keeps its turn.</summary>
    private async Task FreeAsync(IConversationOwner owner, CancellationToken cancellationToken)
    {
        try
        {
            await (lease.IsSteady ? owner.LeaveAsync() : owner.PlaceAsync()).WaitAsync(cancellationToken);
        }
        catch (Exception error) when (error is not (TimeoutException or OrleansMessageRejectionException) && !cancellationToken.IsCancellationRequested)
        {
            // Its node is of a version that does not know the question. It has the conversation, or the opening finds another place for it.
            LogNotAsked(error);
        }
    }

    private bool IsSetAside(string conversation) => _setAside.TryGetValue(conversation, out var since) && time.GetElapsedTime(since) < AsideFor;

    /// <summary>It cannot be read, and would be tried and told of with each look.</summary>
    private void SetAside(string conversation)
    {
        if (_setAside.Count >= MostSetAside)
        {
            _setAside.Clear();
        }

        _setAside[conversation] = time.GetTimestamp();
    }

    [LoggerMessage(LogLevel.Information, "A conversation goes on that nobody worked on.")]
    private partial void LogTakenOver();

    [LoggerMessage(LogLevel.Information, "The owner of a conversation that nobody works on could not be asked to let go of it.")]
    private partial void LogNotAsked(Exception error);

    [LoggerMessage(LogLevel.Warning, "A conversation that nobody works on could not be gone on with yet.")]
    private partial void LogNotTakenOver(Exception error);
}

/// <summary>Conversations that nobody works on.</summary>
/// <param name="Conversations">They and their users.</param>
/// <param name="End">Where they end; null where none are behind them.</param>
internal sealed record LeftPage(IReadOnlyList<(string Conversation, string User)> Conversations, LeftPlace? End);

/// <summary>A place in the order in which they are tried.</summary>
/// <param name="IsOfOther">Whether it is behind those of nodes whose lease has ended.</param>
/// <param name="Conversation">The last before it.</param>
internal sealed record LeftPlace(bool IsOfOther, string Conversation);
