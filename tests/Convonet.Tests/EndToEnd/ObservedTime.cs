using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.EndToEnd;

/// <summary>A fake clock that tells which of its timers live, so that tests know when to let time pass and that none is left.</summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private readonly Changes _changes = new();
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _live = [];
    private TimeSpan _jumped;

    public ObservedTime()
    {
    }

    /// <summary>Starts at an instant.</summary>
    public ObservedTime(DateTimeOffset start)
        : base(start)
    {
    }

    /// <summary>Sets the clock on the wall; what timers and time stamps count goes on as it was.</summary>
    public void Jump(TimeSpan jump)
    {
        lock (_lock)
        {
            _jumped += jump;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return base.GetUtcNow() + _jumped;
        }
    }

    /// <summary>Not the base's, which are taken of the clock on the wall.</summary>
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Waits until a timer of this length is armed.</summary>
    public Task ArmedAsync(TimeSpan length) => _changes.UntilAsync(() => Has(length), $"a timer of {length.TotalSeconds} s is armed");

    /// <summary>Waits until no timer is left.</summary>
    public Task NoTimersAsync() => _changes.UntilAsync(() => LiveTimers == 0, "no timer is left");

    public int LiveTimers
    {
        get
        {
            lock (_lock)
            {
                return _live.Count;
            }
        }
    }

    /// <summary>Lets time go by until somebody cancels.</summary>
    /// <remarks>
    /// Every limit has passed after the first two minutes. From then on a second takes a millisecond: whoever has to cancel may wait for a thread, and hours that go by meanwhile,
    /// with a status every four seconds, would push events out of the log before a test has read them.
    /// </remarks>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        for (var seconds = 0; ; seconds++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Advance(TimeSpan.FromSeconds(1));
            if (seconds < 120)
            {
                await Task.Yield();
            }
            else
            {
                // No wait for anything, so no signal could end it: it is the pace at which time goes by here, see above.
                await Task.Delay(1, cancellationToken);
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _live.Add(dueTime);
        }

        _changes.Raise();
        return new Observed(this, timer, dueTime);
    }

    private bool Has(TimeSpan length)
    {
        lock (_lock)
        {
            return _live.Contains(length);
        }
    }

    private void Forget(TimeSpan length)
    {
        lock (_lock)
        {
            _live.Remove(length);
        }

        _changes.Raise();
    }

    /// <summary>The fake clock's own timer breaks when it is changed and disposed at the same time, as a real one may be; and the clock with it.</summary>
    private sealed class Observed(ObservedTime time, ITimer timer, TimeSpan length) : ITimer
    {
        private readonly Lock _lock = new();
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                return !_disposed && timer.Change(dueTime, period);
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                if (_disposed)
                {
                    return;
                }

                _disposed = true;
                timer.Dispose();
            }

            time.Forget(length);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
