namespace Convonet.Conversations;

/// <summary>
/// Whether work stands in line somewhere without a break. A line that empties now and then only evens out what comes in bunches; one that does not grows until all in it come too late. It is found out after CoDel
/// (<see href="https://www.rfc-editor.org/rfc/rfc8289">RFC 8289</see>), and from then on looked at as it is now: to wait for an interval again each time would let in all that come in one. Safe for concurrent calls.
/// </summary>
/// <param name="target">A wait that is none.</param>
/// <param name="interval">How long all must have waited longer.</param>
/// <param name="time">The clock.</param>
public sealed class Congestion(TimeSpan target, TimeSpan interval, TimeProvider time)
{
    /// <summary>What was noted longer ago says nothing about now.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    /// <summary>How long a line that was found is looked at as it is now, from the last time that it was too long.</summary>
    private static readonly TimeSpan Alert = TimeSpan.FromSeconds(2);

    /// <summary>How much the newest time between two that went counts in the mean.</summary>
    private const double Newest = 1.0 / 32;

    private readonly Lock _lock = new();
    private long? _since;
    private long _noted;
    private TimeSpan _waited;
    private long? _found;
    private int? _inside;
    private long _went;
    private TimeSpan _each;

    /// <summary>Whether there is a line.</summary>
    public bool IsThere
    {
        get
        {
            lock (_lock)
            {
                if (IsAlert && Ahead > target)
                {
                    _found = time.GetTimestamp();
                    return true;
                }

                return IsStanding && time.GetElapsedTime(_noted) < Recent;
            }
        }
    }

    private bool IsStanding => _since is { } since && time.GetElapsedTime(since) >= interval;

    private bool IsAlert => _found is { } found && time.GetElapsedTime(found) < Alert;

    /// <summary>How long who comes now will wait: those before them, each as long as it takes until one more has gone. Where they are not counted, as long as the last one did.</summary>
    private TimeSpan Ahead => _inside is { } inside ? inside * _each : time.GetElapsedTime(_noted) < Recent ? _waited : TimeSpan.Zero;

    /// <summary>Somebody has come through.</summary>
    /// <param name="waited">How long that took.</param>
    public void Note(TimeSpan waited)
    {
        lock (_lock)
        {
            (_noted, _waited) = (time.GetTimestamp(), waited);
            _since = waited <= target ? null : _since ?? _noted - (long)(waited.TotalSeconds * time.TimestampFrequency);
            if (IsStanding)
            {
                _found = _noted;
            }
        }
    }

    /// <summary>Somebody stands in line from now on, until <see cref="Leave"/>. Where this is told, those before one are counted.</summary>
    public void Enter()
    {
        lock (_lock)
        {
            _inside = (_inside ?? 0) + 1;
            if (_inside == 1)
            {
                _went = time.GetTimestamp();
            }
        }
    }

    /// <summary>Somebody has gone, done or not.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _each += (time.GetElapsedTime(_went, now) - _each) * Newest;
            (_went, _inside) = (now, _inside - 1);
        }
    }
}
