namespace Convonet.Client;

/// <summary>Waiting times between attempts: doubling from the first to the longest, each shortened by up to half so that clients do not return in step.</summary>
internal sealed class BackOff(TimeSpan first, TimeSpan longest, Func<double> random)
{
    private int _attempt;

    /// <summary>The time to wait before the next attempt.</summary>
    public TimeSpan Next()
    {
        var full = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, _attempt));
        _attempt = Math.Min(_attempt + 1, 30);
        return TimeSpan.FromMilliseconds(Math.Round(full * (1 - (random() / 2))));
    }

    /// <summary>Begins again with the shortest, after an attempt that has held.</summary>
    public void Reset() => _attempt = 0;
}
