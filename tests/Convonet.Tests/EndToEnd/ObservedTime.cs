using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.EndToEnd;

/// <summary>A fake clock that tells which of its timers live, so that tests know when to let time pass and that none is left.</summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private readonly Changes _changes = new();
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _live = [];

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
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
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

    private sealed class Observed(ObservedTime time, ITimer timer, TimeSpan length) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                time.Forget(length);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
