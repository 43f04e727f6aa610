using Convonet.Telemetry;

namespace Convonet.Streams;

/// <summary>Calls back when nothing was heard for a while.</summary>
/// <remarks>
/// <see cref="Touch"/> is called for every chunk, so it only stores a timestamp; the one timer is re-armed when it fires and finds that
/// something was heard meanwhile. After it called back it is silent until <see cref="Restart"/>.
/// </remarks>
internal sealed class SilenceTimer : IDisposable
{
    /// <summary>
    /// A timer that is this late did not fire because the process stood still, or had no thread for it; then nobody has listened either. What was said meanwhile lies in the socket, behind all else that waited, so it is counted anew.
    /// </summary>
    internal static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Action _silent;
    private readonly ITimer _timer;
    private long _heard;
    private int _disposed;
    private bool _wasLate;

    /// <summary>Starts counting.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="limit">The silence after which <paramref name="silent"/> is called.</param>
    /// <param name="silent">Called on a timer thread; must be quick and must not throw.</param>
    public SilenceTimer(TimeProvider time, TimeSpan limit, Action silent)
    {
        _time = time;
        _limit = limit;
        _silent = silent;
        _heard = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((SilenceTimer)state!).Fire(), this, limit, Timeout.InfiniteTimeSpan);
        ConvonetTelemetry.LiveTimers.Add();
    }

    /// <summary>Something was heard.</summary>
    public void Touch() => Volatile.Write(ref _heard, _time.GetTimestamp());

    /// <summary>Counts anew, also after it called back.</summary>
    public void Restart()
    {
        Touch();
        _timer.Change(_limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops; a call-back that is under way may still finish.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _timer.Dispose();
            ConvonetTelemetry.LiveTimers.Remove();
        }
    }

    private void Fire()
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            return;
        }

        var left = _limit - _time.GetElapsedTime(Volatile.Read(ref _heard));
        var wasLate = _wasLate;
        _wasLate = left < -Late && !wasLate;
        if (left > TimeSpan.Zero || _wasLate)
        {
            // Timers count whole milliseconds; rounding up keeps a fraction from firing it many times over.
            _timer.Change(_wasLate ? _limit : left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            return;
        }

        _silent();
    }
}
