using System.ComponentModel.DataAnnotations;

namespace Convonet.Conversations;

/// <summary>How many turns a process takes on.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Admission";

    /// <summary>Turns that run or wait, of all users. Past it new ones are refused at once, so that those that were accepted keep their pace.</summary>
    /// <value>1,000 by default.</value>
    [Range(1, 1_000_000)]
    public int MaxTurns { get; set; } = 1_000;

    /// <summary>Turns that run or wait, of one user in all conversations.</summary>
    /// <value>32 by default.</value>
    [Range(1, 1_000_000)]
    public int MaxTurnsOfUser { get; set; } = 32;

    /// <summary>So many turns are taken on however long the lines are that they stand in. Past it new ones are refused while the store or the threads have a line that does not end.</summary>
    /// <value>16 by default.</value>
    [Range(1, 1_000_000)]
    public int TurnsInCongestion { get; set; } = 16;

    /// <summary>How long a client that was refused should wait at least; some wait up to twice as long, so that they do not all come back at once.</summary>
    /// <value>1 s by default.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Counts the turns that run or wait in this process, and refuses what would be too many. Safe for concurrent calls.</summary>
public sealed class TurnAdmission(AdmissionOptions options, TimeProvider? time = null)
{
    // A line that a burst made is no congestion. A turn stands in the store's twice.
    private static readonly TimeSpan StoreTarget = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan ThreadTarget = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _ofUser = new(StringComparer.Ordinal);
    private int _turns;
    private bool _isClosed;
    private volatile bool _isShedding;

    /// <summary>Waits for a transaction of the store.</summary>
    public Congestion Store { get; } = new(StoreTarget, Interval, time ?? TimeProvider.System);

    /// <summary>Waits for a thread.</summary>
    public Congestion Threads { get; } = new(ThreadTarget, Interval, time ?? TimeProvider.System);

    /// <summary>Turns that run or wait.</summary>
    public int Turns
    {
        get
        {
            lock (_lock)
            {
                return _turns;
            }
        }
    }

    /// <summary>Whether nothing new is taken on for the moment, because the memory is nearly used up.</summary>
    public bool IsShedding
    {
        get => _isShedding;
        set => _isShedding = value;
    }

    /// <summary>When to try again; never the same for all.</summary>
    public TimeSpan RetryAfter() => options.RetryAfter * (1 + Random.Shared.NextDouble());

    /// <summary>Takes a place for a turn; disposing it gives the place back.</summary>
    /// <param name="user">Whose turn it is.</param>
    /// <param name="isAccepted">It was accepted before, by an earlier process: it is counted, and not refused.</param>
    /// <returns>Null when there is no place.</returns>
    public IDisposable? TryEnter(string user, bool isAccepted = false)
    {
        lock (_lock)
        {
            var mine = _ofUser.GetValueOrDefault(user);
            if (!isAccepted && (!HasRoom() || mine >= options.MaxTurnsOfUser))
            {
                return null;
            }

            _turns++;
            _ofUser[user] = mine + 1;
            return new Place(this, user);
        }
    }

    /// <summary>Takes on nothing new from now on: the process stops.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }

    /// <summary>Whether a turn of this user would be taken on now.</summary>
    public bool HasRoom(string user)
    {
        lock (_lock)
        {
            return HasRoom() && _ofUser.GetValueOrDefault(user) < options.MaxTurnsOfUser;
        }
    }

    private bool HasRoom() => !_isClosed && !_isShedding && _turns < options.MaxTurns && (_turns < options.TurnsInCongestion || !(Store.IsThere || Threads.IsThere));

    private void Leave(string user)
    {
        lock (_lock)
        {
            _turns--;
            if (--_ofUser[user] == 0)
            {
                _ofUser.Remove(user);
            }
        }
    }

    private sealed class Place(TurnAdmission admission, string user) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                admission.Leave(user);
            }
        }
    }
}
