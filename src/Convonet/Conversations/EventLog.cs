namespace Convonet.Conversations;

/// <summary>An event with its number in its conversation.</summary>
/// <param name="seq">Number in the conversation.</param>
/// <param name="sessionEvent">The event.</param>
/// <param name="encoded">The event in wire format, where it came in that.</param>
public sealed class LoggedEvent(long seq, SessionEvent sessionEvent, byte[]? encoded = null)
{
    private byte[]? _encoded = encoded;

    /// <summary>Number in the conversation, from 1 without gaps.</summary>
    public long Seq { get; } = seq;

    /// <summary>The event.</summary>
    public SessionEvent Event { get; } = sessionEvent;

    /// <summary>The event in wire format, made once however many read it.</summary>
    /// <param name="encode">Makes it, of the event and the epoch.</param>
    /// <param name="epoch">The log's epoch.</param>
    public ReadOnlyMemory<byte> EncodedBy(Func<LoggedEvent, int, byte[]> encode, int epoch) => _encoded ??= encode(this, epoch);
}

/// <summary>
/// The numbered events of one conversation: the newest of them, in a ring that is bounded in number and in size. Readers follow at their
/// own pace and never make the writer wait.
/// </summary>
public sealed class EventLog
{
    private const int FirstSize = 64;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly long _capacityChars;

    /// <summary>Replaced, never changed: whoever has appended wakes them behind the lock, where a reader that runs at once would have to wait for it.</summary>
    private Watcher[] _watchers = [];
    private LoggedEvent?[] _ring;
    private long _head;
    private long _tail;
    private long _chars;

    /// <summary>Creates an empty log.</summary>
    /// <param name="epoch">Changes when numbers that were shown could not be kept.</param>
    /// <param name="capacity">How many events are kept.</param>
    /// <param name="capacityChars">How many characters the kept events may have together (see <see cref="SessionEvent.Length"/>); the newest is always kept.</param>
    /// <param name="past">Number of the last event before this log; whoever has less gets a snapshot.</param>
    public EventLog(int epoch = 1, int capacity = 4096, long capacityChars = 1_000_000, long past = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Epoch = epoch;
        _capacity = capacity;
        _capacityChars = capacityChars;
        _ring = new LoggedEvent?[Math.Min(FirstSize, capacity)];
        (_head, _tail) = (past, past + 1);
    }

    /// <summary>Changes when numbers that were shown could not be kept.</summary>
    public int Epoch { get; }

    /// <summary>Number of the newest event; 0 when there is none, 1 when all there is happened before this log.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>How many follow the log.</summary>
    public int WatcherCount
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Length;
            }
        }
    }

    private Watcher[] Watchers
    {
        get
        {
            lock (_lock)
            {
                return _watchers;
            }
        }
    }

    /// <summary>Number of the last event that is not kept (any more).</summary>
    public long Past
    {
        get
        {
            lock (_lock)
            {
                return _tail - 1;
            }
        }
    }

    /// <summary>Appends an event and wakes the readers.</summary>
    /// <param name="sessionEvent">The event.</param>
    /// <param name="encoded">The same in wire format, where it came in that.</param>
    public LoggedEvent Append(SessionEvent sessionEvent, byte[]? encoded = null)
    {
        var logged = Add(sessionEvent, encoded);
        Ring();
        return logged;
    }

    /// <summary>Appends an event; <see cref="Ring"/> or <see cref="RingHere"/> has to follow as soon as the caller holds no lock.</summary>
    /// <param name="sessionEvent">The event.</param>
    /// <param name="encoded">The same in wire format, where it came in that.</param>
    internal LoggedEvent Add(SessionEvent sessionEvent, byte[]? encoded = null)
    {
        lock (_lock)
        {
            if (_head - _tail + 1 == _ring.Length && !TryGrow())
            {
                Forget();
            }

            var logged = new LoggedEvent(_head + 1, sessionEvent, encoded);
            _ring[logged.Seq % _ring.Length] = logged;
            _chars += sessionEvent.Length;
            Volatile.Write(ref _head, logged.Seq);
            while (_chars > _capacityChars && _tail < _head)
            {
                Forget();
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
            var found = after >= _tail - 1 && after < _head ? _ring[(after + 1) % _ring.Length] : null;
            logged = found!;
            return found is not null;
        }
    }

    /// <summary>Whether every event after this number is kept; false also for a number that was never given.</summary>
    public bool Reaches(long after)
    {
        lock (_lock)
        {
            return after >= _tail - 1 && after <= _head;
        }
    }

    /// <summary>Calls <paramref name="wake"/> after each append, until the result is disposed; once more where an append is under way then.</summary>
    /// <param name="wake">Must be quick and must not throw.</param>
    /// <param name="goOn">Called in its place where the reader may go on within the call, because nothing waits for that: must not throw.</param>
    public IDisposable Watch(Action wake, Action? goOn = null)
    {
        var watcher = new Watcher(this, wake, goOn ?? wake);
        lock (_lock)
        {
            _watchers = [.. _watchers, watcher];
        }

        return watcher;
    }

    /// <summary>Wakes the readers.</summary>
    public void Ring()
    {
        foreach (var watcher in Watchers)
        {
            watcher.Wake();
        }
    }

    /// <summary>Has the readers go on; those that can do so within this call.</summary>
    internal void RingHere()
    {
        foreach (var watcher in Watchers)
        {
            watcher.GoOn();
        }
    }

    private bool TryGrow()
    {
        if (_ring.Length >= _capacity)
        {
            return false;
        }

        var larger = new LoggedEvent?[Math.Min(_ring.Length * 2, _capacity)];
        for (var seq = _tail; seq <= _head; seq++)
        {
            larger[seq % larger.Length] = _ring[seq % _ring.Length];
        }

        _ring = larger;
        return true;
    }

    /// <summary>Lets go of the oldest event.</summary>
    private void Forget()
    {
        ref var oldest = ref _ring[_tail++ % _ring.Length];
        _chars -= oldest!.Event.Length;
        oldest = null;
    }

    private sealed class Watcher(EventLog log, Action wake, Action goOn) : IDisposable
    {
        public void Wake() => wake();

        public void GoOn() => goOn();

        public void Dispose()
        {
            lock (log._lock)
            {
                log._watchers = [.. log._watchers.Where(other => other != this)];
            }
        }
    }
}
