namespace Convonet.Server.Transport.WebSockets;

/// <summary>The places for connections: so many in all, so many from one address, and a part of them only for clients that have not said who they are.</summary>
internal sealed class ConnectionPlaces(TransportOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _ofAddress = new(StringComparer.Ordinal);
    private int _connections;
    private int _unknown;

    /// <summary>Takes a place for a connection; null when there is none.</summary>
    /// <param name="address">Where it comes from. This machine's own, a proxy that was not named for example, is not counted.</param>
    /// <param name="isKnown">Whether it is known whom it serves. The others get a quarter of the places, so that strangers keep nobody out.</param>
    public Place? TryEnter(string address, bool isKnown)
    {
        lock (_lock)
        {
            var isCounted = address is not ("127.0.0.1" or "::1");
            var ofAddress = _ofAddress.GetValueOrDefault(address);
            if (_connections >= options.MaxConnections
                || (isCounted && ofAddress >= options.MaxConnectionsPerAddress)
                || (!isKnown && _unknown >= Math.Max(1, options.MaxConnections / 4)))
            {
                return null;
            }

            _connections++;
            _unknown += isKnown ? 0 : 1;
            _ofAddress[address] = ofAddress + 1;
            return new Place(this, address, isKnown);
        }
    }

    /// <summary>A connection's place, until it is disposed.</summary>
    public sealed class Place(ConnectionPlaces places, string address, bool isKnown) : IDisposable
    {
        private bool _isKnown = isKnown;

        /// <summary>The client has said who it is.</summary>
        public void BecameKnown()
        {
            lock (places._lock)
            {
                places._unknown -= _isKnown ? 0 : 1;
                _isKnown = true;
            }
        }

        public void Dispose()
        {
            BecameKnown();
            lock (places._lock)
            {
                places._connections--;
                if (--places._ofAddress[address] == 0)
                {
                    places._ofAddress.Remove(address);
                }
            }
        }
    }
}
