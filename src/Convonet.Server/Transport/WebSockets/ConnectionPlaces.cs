namespace Convonet.Server.Transport.WebSockets;

/// <summary>The places for connections: so many in all, so many from one address and of one user, and a part of them only for clients that have not said who they are.</summary>
internal sealed class ConnectionPlaces(TransportOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _ofAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _ofUser = [];
    private int _connections;
    private int _unknown;

    /// <summary>Takes a place for a connection; null when there is none.</summary>
    /// <param name="address">Where it comes from. This machine's own, a proxy that was not named for example, is not counted.</param>
    /// <param name="user">Whom it serves; null when that is not known yet. Those get a quarter of the places, so that strangers keep nobody out.</param>
    public Place? TryEnter(string address, Guid? user)
    {
        lock (_lock)
        {
            var isCounted = IsCounted(address);
            var ofAddress = _ofAddress.GetValueOrDefault(address);
            if (_connections >= options.MaxConnections
                || (isCounted && ofAddress >= options.MaxConnectionsPerAddress)
                || (user is null ? _unknown >= Math.Max(1, options.MaxConnections / 4) : !TryCount(address, user.Value)))
            {
                return null;
            }

            _connections++;
            _unknown += user is null ? 1 : 0;
            _ofAddress[address] = ofAddress + 1;
            return new Place(this, address, user);
        }
    }

    private static bool IsCounted(string address) => address is not ("127.0.0.1" or "::1");

    /// <summary>Counts a connection of a user; false when there are as many as may be.</summary>
    private bool TryCount(string address, Guid user)
    {
        var ofUser = _ofUser.GetValueOrDefault(user);
        if (IsCounted(address) && ofUser >= options.MaxConnectionsPerUser)
        {
            return false;
        }

        _ofUser[user] = ofUser + 1;
        return true;
    }

    /// <summary>One less of this key.</summary>
    private static void Leave<T>(Dictionary<T, int> counts, T key)
        where T : notnull
    {
        if (--counts[key] == 0)
        {
            counts.Remove(key);
        }
    }

    /// <summary>A connection's place, until it is disposed.</summary>
    public sealed class Place(ConnectionPlaces places, string address, Guid? user) : IDisposable
    {
        private Guid? _user = user;

        /// <summary>The client has said who it is; false when that user has as many connections as may be.</summary>
        public bool TryBecome(Guid user)
        {
            lock (places._lock)
            {
                if (_user is not null || !places.TryCount(address, user))
                {
                    return _user == user;
                }

                places._unknown--;
                _user = user;
                return true;
            }
        }

        public void Dispose()
        {
            lock (places._lock)
            {
                places._connections--;
                Leave(places._ofAddress, address);
                if (_user is { } known)
                {
                    Leave(places._ofUser, known);
                }
                else
                {
                    places._unknown--;
                }
            }
        }
    }
}
