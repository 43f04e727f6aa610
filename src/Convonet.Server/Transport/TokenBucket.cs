namespace Convonet.Server.Transport;

/// <summary>Lets through a rate with bursts; counts on a clock instead of keeping a timer.</summary>
internal sealed class TokenBucket(int perSecond, int burst, TimeProvider time)
{
    private double _tokens = burst;
    private long _last = time.GetTimestamp();

    /// <summary>Takes one token, or several, if there are so many. Not for concurrent use.</summary>
    public bool TryTake(int count = 1)
    {
        Fill();
        if (_tokens < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }

    /// <summary>How long it takes until half of a burst may come again: whoever has several to send should not come back for each of them.</summary>
    public TimeSpan UntilHalfFull()
    {
        Fill();
        return TimeSpan.FromSeconds(Math.Max(0, (burst / 2.0) - _tokens) / perSecond);
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_last, now).TotalSeconds * perSecond));
        _last = now;
    }
}
