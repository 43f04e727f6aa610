namespace Convonet.Speech;

/// <summary>Holds frames back so that they are never more than a little ahead of their playing. For one reader.</summary>
internal sealed class SpeechPacer(TimeProvider time, TimeSpan maxAhead)
{
    private readonly long _begin = time.GetTimestamp();
    private TimeSpan _playedUntil;

    /// <summary>Waits until a frame may be sent.</summary>
    /// <param name="duration">Its length.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        // A listener who has heard all hears the frame at once, others when what they have is over.
        var now = time.GetElapsedTime(_begin);
        var end = (_playedUntil > now ? _playedUntil : now) + duration;
        while (end - now > maxAhead)
        {
            // Timers count whole milliseconds, and must not fire before the time.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((end - now - maxAhead).TotalMilliseconds)), time, cancellationToken);
            now = time.GetElapsedTime(_begin);
        }

        _playedUntil = end;
    }
}
