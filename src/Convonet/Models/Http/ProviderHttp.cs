using System.Net;

namespace Convonet.Models.Http;

/// <summary>
/// The connections to one provider: one pooled handler and one <see cref="HttpClient"/> that our own client and the SDKs share.
/// Whoever creates it disposes it; SDKs and models that borrow <see cref="Client"/> do not.
/// </summary>
/// <remarks>
/// HTTP/2 where the server speaks it (many streams on one connection, and cancelling is one frame), HTTP/1.1 otherwise. There is no
/// overall time limit: streams are long, and the agent graph bounds silence. Proxies are those of the environment.
/// </remarks>
public sealed class ProviderHttp : IDisposable
{
    /// <summary>How long an unused connection is kept: 2 minutes.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(2);

    /// <summary>How long <see cref="WarmAsync"/> may take: 3 seconds.</summary>
    public static readonly TimeSpan WarmLimit = TimeSpan.FromSeconds(3);

    private const int WarmBodyLimit = 64 * 1024;
    private const int MaxHeaderKilobytes = 32;
    private const long Never = long.MinValue;

    private readonly TimeProvider _time;
    private long _lastUse = Never;

    /// <summary>Creates the pool; no connection is opened yet.</summary>
    /// <param name="time">The clock that says whether a warm-up is due; <see cref="TimeProvider.System"/> when null.</param>
    public ProviderHttp(TimeProvider? time = null)
        : this(time, null)
    {
    }

    internal ProviderHttp(TimeProvider? time, Action<SocketsHttpHandler>? configure)
    {
        _time = time ?? TimeProvider.System;
        var pool = CreatePool();
        configure?.Invoke(pool);
        Client = new HttpClient(new LatestVersion(this) { InnerHandler = pool }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The client to send requests with; owned by this object.</summary>
    public HttpClient Client { get; }

    /// <summary>
    /// Opens a connection to <paramref name="baseAddress"/>, so that the next request pays no handshake. Does nothing when the pool was
    /// used within <see cref="IdleLimit"/>. A server that is away or slow is not an error: the first real request will say so.
    /// </summary>
    /// <param name="baseAddress">Any address of the provider; what it answers does not matter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True when the server answered a request that this call sent.</returns>
    public async Task<bool> WarmAsync(Uri baseAddress, CancellationToken cancellationToken = default)
    {
        var last = Interlocked.Read(ref _lastUse);
        var now = _time.GetTimestamp();
        if (last != Never && _time.GetElapsedTime(last, now) < IdleLimit)
        {
            return false;
        }

        // Of several callers at once the first one warms the pool for all.
        if (Interlocked.CompareExchange(ref _lastUse, now, last) != last)
        {
            return false;
        }

        using var limit = new CancellationTokenSource(WarmLimit, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var answered = false;
        try
        {
            using var response = await Client.GetAsync(baseAddress, HttpCompletionOption.ResponseHeadersRead, stop.Token);

            // An HTTP/1.1 connection returns to the pool only when its answer has been read to the end.
            await BoundedBody.ReadAsync(response.Content, WarmBodyLimit, stop.Token);
            answered = true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The warm-up's own limit: the server is slow.
        }
        catch (Exception error) when (error is HttpRequestException or NotSupportedException or InvalidOperationException or IOException)
        {
            // No connection, or no address that can be connected to.
        }
        finally
        {
            if (!answered)
            {
                Interlocked.Exchange(ref _lastUse, Never);
            }
        }

        return answered;
    }

    /// <summary>Closes every connection.</summary>
    public void Dispose() => Client.Dispose();

    private static SocketsHttpHandler CreatePool() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows changes in DNS
        PooledConnectionIdleTimeout = IdleLimit,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        ConnectTimeout = TimeSpan.FromSeconds(3),

        // By default the handler reads on for up to 2 s to save a cancelled HTTP/1.1 connection, and the model goes on writing.
        MaxResponseDrainSize = 0,
        ResponseDrainTimeout = TimeSpan.Zero,
        MaxResponseHeadersLength = MaxHeaderKilobytes,

        // A redirect would carry the key to another host.
        AllowAutoRedirect = false,
        UseCookies = false,
    };

    private void MarkUsed() => Interlocked.Exchange(ref _lastUse, _time.GetTimestamp());

    /// <summary>Asks for HTTP/2: the SDKs make HTTP/1.1 requests and ignore <see cref="HttpClient.DefaultRequestVersion"/>. Bounds the events of what comes back.</summary>
    private sealed class LatestVersion(ProviderHttp owner) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            var response = await base.SendAsync(request, cancellationToken);
            owner.MarkUsed();
            return GuardedEvents.Guard(response);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // Synchronous requests exist only over HTTP/1.1.
            var response = base.Send(request, cancellationToken);
            owner.MarkUsed();
            return GuardedEvents.Guard(response);
        }
    }
}
