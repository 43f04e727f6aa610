using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Streams;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Convonet.Server.Usage;

/// <summary>Keeps what is used beside turns, a few seconds behind it: what a process that dies has not kept yet is lost, and nobody waits for it.</summary>
/// <remarks>
/// It flushes for the last time when it is disposed, not when it stops: conversations end after everything has stopped, and what they then note has to be kept as well.
/// Whoever notes something has got this from the container, so it is disposed after them.
/// </remarks>
internal sealed partial class UsageLog(ConvonetStore store, PriceTable prices, TimeProvider time, StrayTasks strays, ILogger<UsageLog> logger) : BackgroundService, IUsageLog, IAsyncDisposable
{
    /// <summary>How long it is behind.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>How long one flush waits for another.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long the last flush waits for calls that are ending.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(1);

    /// <summary>Turns that something waits of. Past it nothing new is noted: a store that takes nothing for so long has other worries.</summary>
    private const int MostOwners = 10_000;

    /// <summary>Rows of one transaction: what has piled up while the store was away must fit into its time.</summary>
    private const int AtOnce = 500;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private Dictionary<UsageOwner, UsageTally> _waiting = [];
    private volatile IReadOnlyList<Noted>? _unsure;

    public void Note(UsageOwner owner, Action<UsageTally> add)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(owner, out var tally))
            {
                tally = new UsageTally(prices);
                if (_waiting.Count + (_unsure?.Count ?? 0) < MostOwners)
                {
                    _waiting[owner] = tally;
                }
                else
                {
                    LogFull(MostOwners);
                }
            }

            // In here: a tally that was taken out is written down as it is then.
            add(tally);
        }
    }

    /// <summary>Writes down what waits. What may have been kept already goes first, under the same ids.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(Patience, cancellationToken))
        {
            return;
        }

        try
        {
            if (_unsure is null)
            {
                Take();
            }

            // What was noted while that was being tried again, too.
            for (var again = 0; again < 2 && _unsure is { } rows; again++)
            {
                foreach (var some in rows.Chunk(AtOnce))
                {
                    await WriteAsync(some, cancellationToken);
                    FailPoint.Pass("usage.after_commit");
                    _unsure = [.. _unsure.Skip(some.Length)];
                }

                Take();
            }
        }
        catch (Exception error)
        {
            // The border: it is tried again with what comes next.
            LogNotKept(error);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Keeps what is left; that of model calls, too, which were told to end just now.</summary>
    public async ValueTask DisposeAsync()
    {
        base.Dispose();
        using var limit = new CancellationTokenSource(Ending);
        try
        {
            await strays.DrainAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A library that does not end is not waited for.
        }

        await FlushAsync(CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what waits is written down then.
        }
    }

    /// <summary>Takes what waits, under ids that stay: nobody knows of a write that failed whether it did.</summary>
    private void Take()
    {
        lock (_lock)
        {
            var now = store.Now;
            _unsure = _waiting.Count == 0 ? null
                : [.. _waiting.SelectMany(one => one.Value.All.Select(used => new Noted(one.Key, used, Guid.CreateVersion7(now.ToDateTimeOffset()), now)))];
            _waiting = [];
        }
    }

    private Task<int> WriteAsync(IReadOnlyList<Noted> noted, CancellationToken cancellationToken)
    {
        var users = noted.Select(static one => Guid.Parse(one.Owner.User)).Distinct().ToArray();
        var conversations = noted.Select(static one => one.Owner.Conversation).Distinct().ToArray();
        return store.WriteAsync(
            async (db, token) =>
            {
                var zones = await db.Users.Where(user => users.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.TimeZone, token);
                var there = await db.Conversations.Where(one => conversations.Contains(one.Id)).Select(one => one.Id).ToHashSetAsync(token);
                foreach (var (owner, used, id, at) in noted)
                {
                    if (zones.TryGetValue(Guid.Parse(owner.User), out var zone))
                    {
                        var row = UsageRows.Of(owner, used, id, zone, at, prices);

                        // As the others of a conversation that was deleted.
                        row.ConversationId = there.Contains(owner.Conversation) ? owner.Conversation : null;
                        await TurnRows.InsertAsync(db, row, token);
                    }
                }

                return noted.Count;
            },
            repeatable: true,
            cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "What was used could not be kept yet.")]
    private partial void LogNotKept(Exception error);

    [LoggerMessage(LogLevel.Error, "What was used is not noted any more: that of {Count} turns waits already.")]
    private partial void LogFull(int count);

    private sealed record Noted(UsageOwner Owner, Used Used, Guid Id, Instant At);
}
