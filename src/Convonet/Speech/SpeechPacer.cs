using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Convonet.Speech;

/// <summary>
/// Holds frames back so that they are never more than a little ahead of their playing. For one reader; pauses may come from any thread. All waits are one timer, which is set
/// anew for each frame, and one source of their ends: a frame makes neither a timer nor a task.
/// </summary>
internal sealed class SpeechPacer(TimeProvider time, TimeSpan maxAhead) : IValueTaskSource, IDisposable
{
    private readonly Lock _lock = new();
    private readonly long _begin = time.GetTimestamp();
    private ManualResetValueTaskSourceCore<bool> _woken = new() { RunContinuationsAsynchronously = true };
    private ITimer? _timer;
    private bool _isWaiting;
    private bool _isPaused;
    private bool _isDisposed;
    private TimeSpan _playedUntil;
    private TimeSpan _pausedAt;

    private TimeSpan Now => time.GetElapsedTime(_begin);

    /// <summary>Waits until a frame may be sent.</summary>
    /// <param name="duration">Its length.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        while (TryBegin(duration) is { } wake)
        {
            await using var registration = cancellationToken.UnsafeRegister(static pacer => ((SpeechPacer)pacer!).Wake(), this);
            await wake;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Playing pauses: no frame may be sent.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            if (!_isPaused)
            {
                (_isPaused, _pausedAt) = (true, Now);
            }
        }
    }

    /// <summary>Playing goes on with what the listener had left.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (_isPaused && _playedUntil > _pausedAt)
            {
                _playedUntil += Now - _pausedAt;
            }

            _isPaused = false;
        }

        Wake();
    }

    /// <summary>Gives the timer back; a wait that is under way ends by its token.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _woken.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _woken.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _woken.GetResult(token);

    /// <summary>Takes note of the frame if it may be sent; otherwise what to wait for before it is looked at again.</summary>
    private ValueTask? TryBegin(TimeSpan duration)
    {
        lock (_lock)
        {
            // A listener who has heard all hears the frame at once, others when what they have is over.
            var now = Now;
            var end = (_playedUntil > now ? _playedUntil : now) + duration;
            var wait = end - now - maxAhead;
            if (!_isPaused && wait <= TimeSpan.Zero)
            {
                _playedUntil = end;
                return null;
            }

            _woken.Reset();
            _isWaiting = true;
            if (!_isPaused && !_isDisposed)
            {
                // Timers count whole milliseconds, and must not fire before the time.
                _timer ??= time.CreateTimer(static pacer => ((SpeechPacer)pacer!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            }

            return new ValueTask(this, _woken.Version);
        }
    }

    /// <summary>Ends the wait, if there is one: by the timer, by the end of a pause, or by whoever gives up.</summary>
    private void Wake()
    {
        lock (_lock)
        {
            if (_isWaiting)
            {
                _isWaiting = false;
                _woken.SetResult(true);
            }
        }
    }
}
