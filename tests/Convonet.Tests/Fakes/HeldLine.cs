using System.Net;
using System.Net.Sockets;

namespace Convonet.Tests.Fakes;

/// <summary>A line to a port of this machine that can be held, as by a network that loses everything, and that can be cut right behind a word of the client's.</summary>
internal sealed class HeldLine : IAsyncDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource _open = new();
    private Cut? _cut;
    private int _cuts;

    public HeldLine(int target)
    {
        _target = target;
        _open.SetResult();
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How often it was cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>From now on nothing passes.</summary>
    public void Hold() => Volatile.Write(ref _open, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>What was held arrives, and everything passes.</summary>
    public void Pass() => Volatile.Read(ref _open).TrySetResult();

    /// <summary>The next time that a client says this word, which has said the other one since, it arrives, and its answer does not: the connection is gone.</summary>
    public void CutBehind(ReadOnlySpan<byte> word, ReadOnlySpan<byte> after) => Volatile.Write(ref _cut, new(word.ToArray(), after.ToArray()));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
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
            var (isCut, saidBefore) = (false, (Cut?)null);
            Task[] both =
            [
                PumpAsync(near.GetStream(), far.GetStream(), said => Mark(ref isCut, IsLast(said, ref saidBefore)), either.Token),
                PumpAsync(far.GetStream(), near.GetStream(), _ => isCut && Interlocked.Increment(ref _cuts) > 0, either.Token),
            ];
            await Task.WhenAny(both);
            await either.CancelAsync();
            await Task.WhenAll(both);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // One of the two has hung up.
        }
    }

    private static bool Mark(ref bool isCut, bool isLast)
    {
        isCut |= isLast;
        return false;
    }

    /// <param name="said">What the client says now.</param>
    /// <param name="saidBefore">The cut whose first word it has said.</param>
    private bool IsLast(ReadOnlySpan<byte> said, ref Cut? saidBefore)
    {
        if (Volatile.Read(ref _cut) is not { } cut)
        {
            return false;
        }

        saidBefore = saidBefore == cut || said.IndexOf(cut.After) >= 0 ? cut : null;
        return saidBefore == cut && said.IndexOf(cut.Word) >= 0 && Interlocked.CompareExchange(ref _cut, null, cut) == cut;
    }

    /// <param name="from">Where bytes come from.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="look">Looks at what passes. When it is the answer to the last word, it does not pass, and the line is cut.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task PumpAsync(NetworkStream from, NetworkStream to, Look look, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await from.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            await Volatile.Read(ref _open).Task.WaitAsync(cancellationToken);
            if (look(buffer.AsSpan(0, read)))
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private sealed record Cut(byte[] Word, byte[] After);

    private delegate bool Look(ReadOnlySpan<byte> said);
}
