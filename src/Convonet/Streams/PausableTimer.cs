using Convonet.Telemetry;

namespace Convonet.Streams;

/// <summary>Calls back once, after a time in which pauses do not count.</summary>
internal sealed class PausableTimer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action _over;
    private readonly ITimer _timer;
    private TimeSpan _left;
    private long _since;
    private int _pauses;
    private bool _ended;

    /// <summary>Starts counting.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="limit">The time.</param>
    /// <param name="over">Called on a timer thread; must be quick and must not throw.</param>
    public PausableTimer(TimeProvider time, TimeSpan limit, Action over)
    {
        _time = time;
        _left = limit;
        _over = over;
        _since = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((PausableTimer)state!).Fire(), this, limit, Timeout.InfiniteTimeSpan);
        ConvonetTelemetry.LiveTimers.Add();
    }

    /// <summary>Stops counting until the result is disposed; several pauses at once count as one.</summary>
    public IDisposable Pause()
    {
        lock (_lock)
        {
            if (!_ended && ++_pauses == 1)
            {
                _left -= _time.GetElapsedTime(_since);
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        return new OnePause(this);
    }

    /// <summary>Stops; a call-back that is under way may still finish.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        _timer.Dispose();
        ConvonetTelemetry.LiveTimers.Remove();
    }

    private void Resume()
    {
        lock (_lock)
        {
            if (!_ended && --_pauses == 0)
            {
                _since = _time.GetTimestamp();
                _timer.Change(_left > TimeSpan.Zero ? _left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Fire()
    {
        lock (_lock)
        {
            if (_ended || _pauses > 0)
            {
                return;
            }
        }

        _over();
    }

    private sealed class OnePause(PausableTimer timer) : IDisposable
    {
        private PausableTimer? _timer = timer;

        public void Dispose() => Interlocked.Exchange(ref _timer, null)?.Resume();
    }
}
