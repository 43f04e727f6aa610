using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Convonet.Tests.EndToEnd;

/// <summary>A TCP peer that takes every connection and everything that is sent, says at most one thing, and never closes.</summary>
internal sealed class DeafServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _readers = [];
    private readonly string _says;
    private readonly Task _accepting;
    private int _connections;

    public DeafServer(string says = "")
    {
        _says = says;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How many connections it has taken.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Closes every connection at last.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _sockets.ForEach(socket => socket.Dispose());
        await Task.WhenAll(_readers);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _sockets.Add(socket);
                _readers.Add(ReadAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ReadAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var said = false;
        try
        {
            while (await socket.ReceiveAsync(buffer, _stop.Token) > 0)
            {
                if (!said && _says.Length > 0)
                {
                    said = true;
                    await socket.SendAsync(Encoding.UTF8.GetBytes(_says), _stop.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over, or the client broke the connection.
        }
    }
}
