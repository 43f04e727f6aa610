namespace Convonet.Speech;

/// <summary>Holds frames back so that they are never more than a little ahead of their playing. For one reader; pauses may come from any thread.</summary>
internal sealed class SpeechPacer(TimeProvider time, TimeSpan maxAhead)
{
    private readonly Lock _lock = new();
    private readonly long _begin = time.GetTimestamp();
    private TimeSpan _playedUntil;
    private TimeSpan _pausedAt;
    private TaskCompletionSource? _resumed;

    private TimeSpan Now => time.GetElapsedTime(_begin);

    /// <summary>Waits until a frame may be sent.</summary>
    /// <param name="duration">Its length.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? resumed;
            TimeSpan wait;
            lock (_lock)
            {
                // A listener who has heard all hears the frame at once, others when what they have is over.
                var now = Now;
                var end = (_playedUntil > now ? _playedUntil : now) + duration;
                resumed = _resumed?.Task;
                wait = end - now - maxAhead;
                if (resumed is null && wait <= TimeSpan.Zero)
                {
                    _playedUntil = end;
                    return;
                }
            }

            // Timers count whole milliseconds, and must not fire before the time.
            await (resumed?.WaitAsync(cancellationToken) ?? Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellationToken));
        }
    }

    /// <summary>Playing pauses: no frame may be sent.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            if (_resumed is null)
            {
                _pausedAt = Now;
                _resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Playing goes on with what the listener had left.</summary>
    public void Resume()
    {
        TaskCompletionSource? resumed;
        lock (_lock)
        {
            resumed = _resumed;
            if (resumed is not null && _playedUntil > _pausedAt)
            {
                _playedUntil += Now - _pausedAt;
            }

            _resumed = null;
        }

        resumed?.TrySetResult();
    }
}
