namespace Convonet.Models.Health;

/// <summary>How long a model took to its first content, of its last calls. Not safe for several threads.</summary>
internal sealed class ResponseTimes
{
    /// <summary>Below this many a percentile says nothing.</summary>
    public const int Fewest = 10;

    /// <summary>How many are looked at: some that a change shows within them, and enough that the tenth part of them is no accident.</summary>
    private const int Kept = 200;

    private readonly TimeSpan[] _times = new TimeSpan[Kept];
    private readonly TimeSpan[] _sorted = new TimeSpan[Kept];
    private int _count;
    private int _next;
    private TimeSpan? _p90;

    /// <summary>What nine of ten calls did not take longer than; null while too few are known.</summary>
    public TimeSpan? P90 => _count < Fewest ? null : _p90 ??= Percentile(90);

    /// <summary>Adds a call.</summary>
    /// <param name="time">To its first content, or how long it had been waited for when it was given up: then it would have taken longer, and is not to be left out.</param>
    public void Add(TimeSpan time)
    {
        _times[_next] = time;
        _next = (_next + 1) % Kept;
        _count = Math.Min(_count + 1, Kept);
        _p90 = null;
    }

    private TimeSpan Percentile(int percent)
    {
        _times.AsSpan(0, _count).CopyTo(_sorted);
        Array.Sort(_sorted, 0, _count);
        return _sorted[(((_count * percent) + 99) / 100) - 1];
    }
}
