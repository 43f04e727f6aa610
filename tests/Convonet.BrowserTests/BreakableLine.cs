using System.Net;
using System.Net.Sockets;

namespace Convonet.BrowserTests;

/// <summary>A way to the server that breaks when a test wants it: connections end without a goodbye, as on a network that goes away.</summary>
internal sealed class BreakableLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Lock _lock = new();
    private readonly List<(TcpClient Client, Task Passing)> _open = [];
    private readonly Task _accepting;

    /// <summary>Begins to pass connections on.</summary>
    public BreakableLine(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The server's address by this way.</summary>
    public Uri Address => new UriBuilder(_server) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;

    /// <summary>Breaks all connections that there are. New ones are passed on.</summary>
    public void Break()
    {
        lock (_lock)
        {
            foreach (var (client, _) in _open)
            {
                // One that has ended has no socket any more.
                client.Client?.Close(0);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Break();
        await Task.WhenAll(_open.Select(one => one.Passing));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                lock (_lock)
                {
                    _open.RemoveAll(one => one.Passing.IsCompleted);
                    _open.Add((client, PassAsync(client)));
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), _stop.Token), far.GetStream().CopyToAsync(near.GetStream(), _stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Broken, on either side.
        }

        far.Client.Close(0);
    }
}
