namespace Convonet.Conversations;

/// <summary>An event with its number in its conversation.</summary>
public sealed class LoggedEvent(long seq, SessionEvent sessionEvent)
{
    private byte[]? _encoded;

    /// <summary>Number in the conversation, from 1 without gaps.</summary>
    public long Seq { get; } = seq;

    /// <summary>The event.</summary>
    public SessionEvent Event { get; } = sessionEvent;

    /// <summary>The event in wire format, made once however many read it.</summary>
    public ReadOnlyMemory<byte> EncodedBy(Func<LoggedEvent, byte[]> encode) => _encoded ??= encode(this);
}

/// <summary>The numbered events of one conversation: the newest of them, in a ring. Readers follow at their own pace and never make the writer wait.</summary>
public sealed class EventLog
{
    private const int FirstSize = 64;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly List<Action> _watchers = [];
    private LoggedEvent?[] _ring = new LoggedEvent?[FirstSize];
    private long _head;

    /// <summary>Creates an empty log.</summary>
    /// <param name="epoch">Changes when numbers that were shown could not be kept.</param>
    /// <param name="capacity">How many events are kept; a power of two times 64.</param>
    public EventLog(int epoch = 1, int capacity = 4096)
    {
        Epoch = epoch;
        _capacity = capacity;
    }

    /// <summary>Changes when numbers that were shown could not be kept.</summary>
    public int Epoch { get; }

    /// <summary>Number of the newest event; 0 when there is none.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>How many follow the log.</summary>
    public int WatcherCount
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Count;
            }
        }
    }

    /// <summary>Appends an event and wakes the readers.</summary>
    public LoggedEvent Append(SessionEvent sessionEvent)
    {
        lock (_lock)
        {
            var logged = new LoggedEvent(_head + 1, sessionEvent);
            if (_head >= _ring.Length && _ring.Length < _capacity)
            {
                Grow();
            }

            _ring[logged.Seq % _ring.Length] = logged;
            Volatile.Write(ref _head, logged.Seq);
            foreach (var wake in _watchers)
            {
                wake();
            }

            return logged;
        }
    }

    /// <summary>The event after the one with number <paramref name="after"/>.</summary>
    /// <returns>False when there is none yet, or when it is no longer kept (see <see cref="Reaches"/>).</returns>
    public bool TryReadAfter(long after, out LoggedEvent logged)
    {
        lock (_lock)
        {
            var found = after < _head && _ring[(after + 1) % _ring.Length] is { } kept && kept.Seq == after + 1 ? kept : null;
            logged = found!;
            return found is not null;
        }
    }

    /// <summary>Whether every event after this number is kept; false also for a number that was never given.</summary>
    public bool Reaches(long after)
    {
        lock (_lock)
        {
            return after >= 0 && after <= _head && after >= _head - _ring.Length;
        }
    }

    /// <summary>Calls <paramref name="wake"/> after each append, until the result is disposed.</summary>
    /// <param name="wake">Must be quick, must not throw, and must not use the log.</param>
    public IDisposable Watch(Action wake)
    {
        lock (_lock)
        {
            _watchers.Add(wake);
        }

        return new Watcher(this, wake);
    }

    private void Grow()
    {
        var larger = new LoggedEvent?[Math.Min(_ring.Length * 2, _capacity)];
        foreach (var kept in _ring)
        {
            if (kept is not null)
            {
                larger[kept.Seq % larger.Length] = kept;
            }
        }

        _ring = larger;
    }

    private sealed class Watcher(EventLog log, Action wake) : IDisposable
    {
        public void Dispose()
        {
            lock (log._lock)
            {
                log._watchers.Remove(wake);
            }
        }
    }
}
