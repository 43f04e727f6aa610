using System.Net;
using System.Net.Sockets;

namespace Convonet.Server.Mcp;

/// <summary>The HTTP connections to one MCP server: nothing of ours goes along but what is configured, and the address is checked when it is connected to.</summary>
internal static class McpHttp
{
    private const int MaxHeaderKilobytes = 32;

    /// <summary>How long a goodbye may take.</summary>
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>Makes a client.</summary>
    /// <param name="way">The server.</param>
    /// <param name="resolve">Finds the addresses of a host.</param>
    public static HttpClient Create(McpWay.Http way, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) => new(new BoundedResponses(GoodbyeLimit)
    {
        InnerHandler = new SocketsHttpHandler
        {
            // A redirect would carry the configured headers elsewhere, and a proxy would connect where we cannot look.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectLimit,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(
                context.DnsEndPoint, way.AllowPrivateAddresses, resolve ?? Dns.GetHostAddressesAsync, cancellationToken),
        },
    })
    {
        // Streams stay open; calls have their own limits.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>
    /// Connects to an address that was checked. The name is resolved here and nowhere else, so that a name that changes its address between
    /// check and use (DNS rebinding) gains nothing.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint host, bool mayBePrivate, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host.Host, out var literal) ? [literal] : await resolve(host.Host, cancellationToken);
        if (!mayBePrivate && !addresses.All(PublicAddress.Is))
        {
            throw new PrivateAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A server's address leads into this machine or its networks.</summary>
internal sealed class PrivateAddressException() : IOException("Its address is private or reserved; 'allowPrivateAddresses' would allow it.");
