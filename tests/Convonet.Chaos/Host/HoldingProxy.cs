using System.Net;
using System.Net.Sockets;

namespace Convonet.Chaos.Host;

/// <summary>Passes bytes on to a port of this machine, or holds them back as a network does that loses everything: what was sent arrives when it is well again.</summary>
internal sealed class HoldingProxy : IAsyncDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource _open = Opened();

    /// <param name="target">The port behind it.</param>
    public HoldingProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port in front of it.</summary>
    public int Port { get; }

    /// <summary>From now on nothing passes.</summary>
    public void Hold() => Volatile.Write(ref _open, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>From now on everything passes, and what was held back first.</summary>
    public void Pass() => Volatile.Read(ref _open).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                lines.RemoveAll(static line => line.IsCompleted);
                lines.Add(RelayAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target, either.Token);
            var (left, right) = (PumpAsync(near.GetStream(), far.GetStream(), either.Token), PumpAsync(far.GetStream(), near.GetStream(), either.Token));
            await Task.WhenAny(left, right);
            await either.CancelAsync();
            await Task.WhenAll(left, right);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // One of the two has hung up, or the campaign is over.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await from.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            await Volatile.Read(ref _open).Task.WaitAsync(cancellationToken);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
