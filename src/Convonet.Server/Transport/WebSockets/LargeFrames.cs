namespace Convonet.Server.Transport.WebSockets;

/// <summary>
/// Places for frames that are too large to be held for every client that does not read: snapshots of long conversations, and whole speech. So many in the
/// process, and a quarter of them for one user, so that nobody's frozen tabs take the places of all.
/// </summary>
internal sealed class LargeFrames(int most, TimeProvider time) : IDisposable
{
    /// <summary>A frame is large from this size on, in bytes.</summary>
    public const int From = 64 * 1024;

    /// <summary>A client has this long to take one.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly int _most = most;
    private readonly Dictionary<Guid, User> _users = [];
    private readonly SemaphoreSlim _all = new(most, most);

    /// <summary>How many are taken.</summary>
    public int Taken => _most - _all.CurrentCount;

    /// <summary>Waits for a place, in line; null when there is none in time.</summary>
    /// <param name="user">Whom the frame is for.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IDisposable?> EnterAsync(Guid user, TimeSpan patience, CancellationToken cancellationToken)
    {
        var place = new Place(this, user);
        using var over = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await place.WaitAsync(both.Token);
            return place;
        }
        catch (OperationCanceledException)
        {
            place.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    public void Dispose() => _all.Dispose();

    /// <summary>A user with a place, or in line for one.</summary>
    private sealed class User(int most)
    {
        public SemaphoreSlim Own { get; } = new(most, most);

        public int Waiting { get; set; }
    }

    private sealed class Place : IDisposable
    {
        private readonly LargeFrames _frames;
        private readonly Guid _id;
        private readonly User _user;
        private bool _isOfUser;
        private bool _isOfAll;
        private bool _isLeft;

        public Place(LargeFrames frames, Guid id)
        {
            (_frames, _id) = (frames, id);
            lock (frames._lock)
            {
                _user = frames._users.TryGetValue(id, out var known) ? known : frames._users[id] = new User(Math.Max(1, frames._most / 4));
                _user.Waiting++;
            }
        }

        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            await _user.Own.WaitAsync(cancellationToken);
            _isOfUser = true;
            await _frames._all.WaitAsync(cancellationToken);
            _isOfAll = true;
        }

        public void Dispose()
        {
            if (_isLeft)
            {
                return;
            }

            _isLeft = true;
            if (_isOfAll)
            {
                _frames._all.Release();
            }

            lock (_frames._lock)
            {
                if (_isOfUser)
                {
                    _user.Own.Release();
                }

                if (--_user.Waiting == 0)
                {
                    _frames._users.Remove(_id);
                    _user.Own.Dispose();
                }
            }
        }
    }
}
