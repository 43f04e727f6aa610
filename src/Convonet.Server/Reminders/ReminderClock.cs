using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Server.Calendar;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Convonet.Server.Reminders;

/// <summary>
/// Tells users of their reminders when they are due: to all open connections, or to the next one. A reminder is marked as delivered only after a connection
/// took it, so that none is lost in a crash; at worst one is told twice.
/// </summary>
internal sealed partial class ReminderClock : BackgroundService
{
    /// <summary>The clock sleeps until the next reminder is due or something changes, but never longer: another process may have written, or a connection was behind.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    /// <summary>Of one user at a time.</summary>
    private const int MostAtOnce = 100;

    private readonly ConvonetStore _store;
    private readonly UserFeed _feed;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<ReminderClock> _logger;

    /// <summary>One teller at a time: the clock and a new connection must not both tell.</summary>
    private readonly SemaphoreSlim _teller = new(1, 1);

    /// <summary>Rung when a reminder changes; one ring is as good as many.</summary>
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Told, but the store did not take it yet: not told again by this process.</summary>
    private readonly HashSet<(Guid Id, DateTime RemindAt)> _unmarked = [];

    public ReminderClock(ConvonetStore store, UserFeed feed, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ReminderClock> logger) =>
        (_store, _feed, _lifetime, _time, _logger) = (store, feed, lifetime, time, logger);

    /// <summary>Tells a user what is due; for a connection that has just subscribed to the feed.</summary>
    public async Task TellDueAsync(Guid userId, CancellationToken cancellationToken)
    {
        try
        {
            // Most connections find nothing, and those wait for nobody.
            var now = _store.Now.ToDateTimeUtc();
            if (await _store.ReadAsync((db, token) => db.Reminders.AnyAsync(one => one.OwnerId == userId && one.DeliveredAt == null && one.RemindAt <= now, token), cancellationToken))
            {
                await TellAsync(userId, cancellationToken);
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The border: the connection goes on, and the clock tries again.
            LogNotTold(error);
        }
    }

    public override void Dispose()
    {
        _teller.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _lifetime.StartedAsync(stoppingToken);
            _feed.Published += OnPublished;
            while (!stoppingToken.IsCancellationRequested)
            {
                await SleepAsync(await TellAllAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or never started: whoever reads why must not read of this instead.
        }
        finally
        {
            _feed.Published -= OnPublished;
        }
    }

    private void OnPublished(Guid userId, SessionEvent sessionEvent, bool isOurs)
    {
        if (sessionEvent is SessionEvent.DataChanged changed && changed.Kinds.Contains("reminder"))
        {
            _bell.Writer.TryWrite(true);
        }
    }

    /// <summary>Tells whoever is connected what is due.</summary>
    /// <returns>How long nothing will be due.</returns>
    private async Task<TimeSpan> TellAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connected = _feed.Users;
            var now = _store.Now.ToDateTimeUtc();
            var users = await _store.ReadAsync(
                (db, token) => db.Reminders.Where(one => one.DeliveredAt == null && one.RemindAt <= now && connected.Contains(one.OwnerId!.Value))
                    .Select(one => one.OwnerId!.Value).Distinct().ToArrayAsync(token),
                cancellationToken);
            foreach (var user in users)
            {
                await TellAsync(user, cancellationToken);
            }

            var next = await _store.ReadAsync(
                (db, token) => db.Reminders.Where(one => one.DeliveredAt == null && one.RemindAt > now).MinAsync(one => one.RemindAt, token), cancellationToken);
            return next is null ? LongestSleep : next.Value - _store.Now.ToDateTimeUtc();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The border: the clock must go on, whatever the store or a subscriber throws.
            LogNotTold(error);
            return LongestSleep;
        }
    }

    private async Task SleepAsync(TimeSpan nothingDue, CancellationToken stopping)
    {
        // Timers count whole milliseconds: rounded down, the clock would wake too early again and again.
        var length = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(nothingDue.TotalMilliseconds, 0, LongestSleep.TotalMilliseconds)));
        using var alarm = new CancellationTokenSource(length, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, stopping);
        try
        {
            await _bell.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The alarm.
        }
    }

    private async Task TellAsync(Guid userId, CancellationToken cancellationToken)
    {
        await _teller.WaitAsync(cancellationToken);
        try
        {
            while (await TellSomeAsync(userId, cancellationToken) == MostAtOnce)
            {
                // There may be more.
            }
        }
        finally
        {
            _teller.Release();
        }
    }

    /// <returns>How many were delivered.</returns>
    private async Task<int> TellSomeAsync(Guid userId, CancellationToken cancellationToken)
    {
        var now = _store.Now.ToDateTimeUtc();
        var (due, clock) = await _store.ReadAsync(
            userId,
            async (scope, token) => (
                await scope.Db.Reminders.Where(one => one.OwnerId == userId && one.DeliveredAt == null && one.RemindAt <= now)
                    .OrderBy(one => one.RemindAt).ThenBy(one => one.Id).Take(MostAtOnce).ToArrayAsync(token),
                UserClock.Of(scope)),
            cancellationToken);
        foreach (var one in due.Where(one => !_unmarked.Contains(KeyOf(one))))
        {
            var at = clock.Write(Instant.FromDateTimeUtc(one.RemindAt!.Value));
            if (!_feed.Publish(userId, new SessionEvent.ReminderDue(one.Id.ToString(), one.Text, one.Importance, at)))
            {
                break;
            }

            _unmarked.Add(KeyOf(one));
        }

        Reminder[] told = [.. due.Where(one => _unmarked.Contains(KeyOf(one)))];
        if (told.Length > 0)
        {
            await MarkAsync([.. told.Select(one => one.Id)], now, cancellationToken);
            _unmarked.ExceptWith(told.Select(KeyOf));
        }

        return told.Length;
    }

    /// <summary>One that was put off meanwhile is not marked. This is no change that somebody would want to take back, so none is recorded.</summary>
    private Task<int> MarkAsync(Guid[] ids, DateTime now, CancellationToken cancellationToken) => _store.WriteAsync(
        (db, token) => db.Reminders.Where(one => ids.Contains(one.Id) && one.DeliveredAt == null && one.RemindAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.DeliveredAt, now), token),
        repeatable: true,
        cancellationToken);

    private static (Guid Id, DateTime RemindAt) KeyOf(Reminder reminder) => (reminder.Id, reminder.RemindAt!.Value);

    [LoggerMessage(LogLevel.Error, "Reminders that are due could not be told; they are tried again.")]
    private partial void LogNotTold(Exception error);
}
