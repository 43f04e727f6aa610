using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Fakes;

/// <summary>A fake clock that knows how many of its timers were not disposed.</summary>
internal sealed class CountingTime : FakeTimeProvider
{
    private int _live;

    public int LiveTimers => Volatile.Read(ref _live);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _live);
        return new Counted(this, base.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class Counted(CountingTime time, ITimer timer) : ITimer
    {
        private readonly Lock _lock = new();
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // The fake clock breaks for good when one of its timers is changed and disposed at the same time.
            lock (_lock)
            {
                return !_disposed && timer.Change(dueTime, period);
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                if (!_disposed)
                {
                    _disposed = true;
                    Interlocked.Decrement(ref time._live);
                    timer.Dispose();
                }
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
