namespace Convonet.Server.Transport;

/// <summary>Lets through a rate with bursts; counts on a clock instead of keeping a timer.</summary>
internal sealed class TokenBucket(int perSecond, int burst, TimeProvider time)
{
    private double _tokens = burst;
    private long _last = time.GetTimestamp();

    /// <summary>Takes one token, or several, if there are so many. Not for concurrent use.</summary>
    public bool TryTake(int count = 1)
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_last, now).TotalSeconds * perSecond));
        _last = now;
        if (_tokens < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }
}
