using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Usage;

/// <summary>Keeps what is used beside turns, a few seconds behind it: what a process that dies has not kept yet is lost, and nobody waits for it.</summary>
internal sealed partial class UsageLog(ConvonetStore store, PriceTable prices, TimeProvider time, ILogger<UsageLog> logger) : BackgroundService, IUsageLog
{
    /// <summary>How long it is behind.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Turns that something waits of. Past it nothing new is noted: a store that takes nothing for so long has other worries.</summary>
    private const int MostOwners = 10_000;

    private readonly Lock _lock = new();
    private Dictionary<UsageOwner, UsageTally> _waiting = [];

    public void Note(UsageOwner owner, Action<UsageTally> add)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(owner, out var tally))
            {
                tally = new UsageTally(prices);
                if (_waiting.Count < MostOwners)
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

    /// <summary>Writes down what waits.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<UsageOwner, UsageTally> taken;
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            (taken, _waiting) = (_waiting, []);
        }

        try
        {
            await WriteAsync(taken, cancellationToken);
        }
        catch (Exception error)
        {
            // The border: it is tried again with what comes next.
            LogNotKept(error);
            GiveBack(taken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
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

    private Task<int> WriteAsync(Dictionary<UsageOwner, UsageTally> taken, CancellationToken cancellationToken)
    {
        var users = taken.Keys.Select(static owner => Guid.Parse(owner.User)).Distinct().ToArray();
        return store.WriteAsync(
            async (db, token) =>
            {
                var zones = await db.Users.Where(user => users.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.TimeZone, token);
                foreach (var (owner, tally) in taken.Where(one => zones.ContainsKey(Guid.Parse(one.Key.User))))
                {
                    db.Usage.AddRange(UsageRows.Of(owner, tally.All, zones[Guid.Parse(owner.User)], store.Now, prices));
                }

                return await db.SaveChangesAsync(token);
            },
            cancellationToken: cancellationToken);
    }

    private void GiveBack(Dictionary<UsageOwner, UsageTally> taken)
    {
        foreach (var (owner, tally) in taken)
        {
            var used = tally.Take();
            Note(owner, again =>
            {
                foreach (var one in used)
                {
                    again.Take(one);
                }
            });
        }
    }

    [LoggerMessage(LogLevel.Error, "What was used could not be kept yet.")]
    private partial void LogNotKept(Exception error);

    [LoggerMessage(LogLevel.Error, "What was used is not noted any more: that of {Count} turns waits already.")]
    private partial void LogFull(int count);
}
