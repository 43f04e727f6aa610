using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Convonet.Load.Client;

/// <summary>
/// A WebSocket client that does nothing but count: it reads frames where they lie in the buffer, so that it is not what is measured. It knows what a server of ours
/// sends, answers pings, and masks with zeros.
/// </summary>
internal sealed class WireClient : IAsyncDisposable
{
    private const int FirstBuffer = 4 * 1024;
    private const byte TextFrame = 0x81;
    private const byte BinaryFrame = 0x82;
    private const byte PongFrame = 0x8A;
    private const int Text = 1;
    private const int Binary = 2;
    private const int Ping = 9;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SemaphoreSlim _sending = new(1);
    private readonly IFrameSink _sink;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _filled;
    private Task _receiving = Task.CompletedTask;

    private WireClient(IFrameSink sink) => _sink = sink;

    /// <summary>Connects; what comes goes to the sink.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="cookie">Who connects; null where nobody asks.</param>
    /// <param name="sink">Takes the frames.</param>
    public static async Task<WireClient> ConnectAsync(Uri address, string? cookie, IFrameSink sink)
    {
        var client = new WireClient(sink);
        await client._socket.ConnectAsync(address.Host, address.Port);
        await client._socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{(cookie is null ? "" : $"Cookie: {cookie}\r\n")}\r\n"));
        int end;
        while ((end = client._buffer.AsSpan(0, client._filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await client.FillAsync();
        }

        if (!client._buffer.AsSpan(0, end).StartsWith("HTTP/1.1 101"u8))
        {
            throw new InvalidOperationException($"The server refused: {Encoding.ASCII.GetString(client._buffer, 0, Math.Min(end, 40))}");
        }

        client.Drop(end + 4);
        client._receiving = Task.Run(client.ReceiveAsync);
        return client;
    }

    /// <summary>Sends an event, in JSON.</summary>
    public Task SendTextAsync(string message) => SendAsync(TextFrame, Encoding.UTF8.GetBytes(message));

    /// <summary>Sends the same sound several times.</summary>
    public async Task SendSoundAsync(ReadOnlyMemory<byte> frame, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await SendAsync(BinaryFrame, frame);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _receiving;
        _sending.Dispose();
    }

    private async Task SendAsync(byte kind, ReadOnlyMemory<byte> payload)
    {
        var frame = new byte[8 + payload.Length];
        var header = payload.Length < 126 ? 6 : 8;
        frame[0] = kind;
        frame[1] = (byte)(0x80 | (payload.Length < 126 ? payload.Length : 126));
        if (payload.Length >= 126)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)payload.Length));
        }

        payload.CopyTo(frame.AsMemory(header));
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(frame.AsMemory(0, header + payload.Length));
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var at = Stopwatch.GetTimestamp();
                var done = 0;
                while (TryReadFrame(_buffer.AsSpan(done, _filled - done), out var kind, out var start, out var length))
                {
                    if ((kind & 0xF) == Ping)
                    {
                        await SendAsync(PongFrame, _buffer.AsMemory(done + start, length));
                    }
                    else if ((kind & 0xF) is Text or Binary)
                    {
                        // Of a frame in fragments the first says what it is, and is enough to count.
                        _sink.Take(at, _buffer.AsSpan(done + start, length), isText: (kind & 0xF) == Text);
                    }

                    done += start + length;
                }

                Drop(done);
                await FillAsync();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            // Cut, by one side or the other.
        }

        _sink.End();
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> buffer, out byte kind, out int start, out int length)
    {
        (kind, start, length) = (0, 2, 0);
        if (buffer.Length < 2)
        {
            return false;
        }

        (kind, length) = (buffer[0], buffer[1]);
        if (length >= 126)
        {
            start = length == 126 ? 4 : 10;
            if (buffer.Length < start)
            {
                return false;
            }

            length = length == 126 ? BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]) : checked((int)BinaryPrimitives.ReadUInt64BigEndian(buffer[2..]));
        }

        return buffer.Length >= start + length;
    }

    private void Drop(int bytes)
    {
        _filled -= bytes;
        _buffer.AsSpan(bytes, _filled).CopyTo(_buffer);
    }

    private async ValueTask FillAsync()
    {
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 4);
        }

        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
        _filled += read > 0 ? read : throw new IOException("The server closed.");
    }
}

/// <summary>Who takes the frames of a client.</summary>
internal interface IFrameSink
{
    /// <summary>A frame came.</summary>
    void Take(long at, ReadOnlySpan<byte> frame, bool isText);

    /// <summary>Nothing comes any more.</summary>
    void End();
}
