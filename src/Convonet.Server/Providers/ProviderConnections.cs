using System.Collections.Concurrent;
using Convonet.Emulator;
using Convonet.Models.Http;

namespace Convonet.Server.Providers;

/// <summary>Owns the pooled connections to each provider, and the demo model that stands in where there is no key.</summary>
internal sealed class ProviderConnections(RunningEmulator? emulator, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (ProviderHttp Http, Uri Address)> _pools = new(StringComparer.Ordinal);

    /// <summary>The demo model's address; null when there is none.</summary>
    public Uri? Demo => emulator?.BaseAddress;

    /// <summary>The demo model itself, for tests.</summary>
    public RunningEmulator? Emulator => emulator;

    public TimeProvider Time => time;

    /// <summary>The client for a provider at an address.</summary>
    public HttpClient For(string provider, Uri address) => _pools.GetOrAdd(provider, _ => (new ProviderHttp(time), address)).Http.Client;

    /// <summary>Opens a connection to each provider that was not used for a while, so that the next question pays no handshake.</summary>
    public Task WarmAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_pools.Values.Select(pool => pool.Http.WarmAsync(pool.Address, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var (http, _) in _pools.Values)
        {
            http.Dispose();
        }

        if (emulator is not null)
        {
            await emulator.DisposeAsync();
        }
    }
}
