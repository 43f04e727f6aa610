namespace Convonet.Conversations;

/// <summary>
/// Whether work stands in line somewhere without a break. A line that empties now and then only evens out what comes in bunches; one that does not grows until all in it come too late. After CoDel
/// (<see href="https://www.rfc-editor.org/rfc/rfc8289">RFC 8289</see>). Safe for concurrent calls.
/// </summary>
/// <param name="target">A wait that is none.</param>
/// <param name="interval">How long all must have waited longer.</param>
/// <param name="time">The clock.</param>
public sealed class Congestion(TimeSpan target, TimeSpan interval, TimeProvider time)
{
    /// <summary>What was noted longer ago says nothing about now.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long? _since;
    private long _noted;

    /// <summary>Whether there is a line.</summary>
    public bool IsThere
    {
        get
        {
            lock (_lock)
            {
                return _since is { } since && time.GetElapsedTime(since) >= interval && time.GetElapsedTime(_noted) < Recent;
            }
        }
    }

    /// <summary>Somebody has come through.</summary>
    /// <param name="waited">How long that took.</param>
    public void Note(TimeSpan waited)
    {
        lock (_lock)
        {
            _noted = time.GetTimestamp();
            _since = waited <= target ? null : _since ?? _noted - (long)(waited.TotalSeconds * time.TimestampFrequency);
        }
    }
}
