using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Convonet.Tests.Fakes;

/// <summary>A client that speaks Engine.IO and Socket.IO byte by byte, right or wrong. It answers pings unless it is told not to. Every wait is bounded.</summary>
internal sealed class SocketIoPeer : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _acks = [];

    /// <summary>What the server says as the session opens.</summary>
    public JsonElement Opened { get; private set; }

    /// <summary>What the server says as the namespace is connected to.</summary>
    public JsonElement Connected { get; private set; }

    /// <summary>The cookie that the server has set.</summary>
    public string? Cookie { get; private set; }

    /// <summary>Whether it answers pings.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Pings that have come.</summary>
    public int Pings { get; private set; }

    /// <summary>Opens a session, without a namespace.</summary>
    public static async Task<SocketIoPeer> OpenAsync(TestServer server, string? origin = null, string? cookie = null)
    {
        var peer = new SocketIoPeer();
        peer._socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
        {
            peer._socket.Options.SetRequestHeader("Origin", origin);
        }

        if (cookie is not null)
        {
            peer._socket.Options.SetRequestHeader("Cookie", cookie);
        }

        try
        {
            using var patience = Wait();
            await peer._socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/socket.io/", Query = "EIO=4&transport=websocket" }.Uri, patience.Token);
            peer.Cookie = peer._socket.HttpResponseHeaders!.TryGetValue("Set-Cookie", out var set) ? set.First().Split(';')[0] : cookie;
            var open = await peer.TextAsync();
            Assert.Equal('0', open[0]);
            peer.Opened = JsonElement.Parse(open[1..]);
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Opens a session, connects to the namespace, and reads up to the first event.</summary>
    public static async Task<SocketIoPeer> ConnectAsync(TestServer server, object? auth = null, string? cookie = null)
    {
        var peer = await OpenAsync(server, cookie: cookie);
        await peer.SendAsync("40/voice," + (auth is null ? "" : JsonSerializer.Serialize(auth)));
        var connected = await peer.TextAsync();
        Assert.StartsWith("40/voice,", connected);
        peer.Connected = JsonElement.Parse(connected["40/voice,".Length..]);
        Assert.Equal("connected", (await peer.NextAsync()).Name);
        return peer;
    }

    /// <summary>Sends text as it is.</summary>
    public async Task SendAsync(string text)
    {
        using var patience = Wait();
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, patience.Token);
    }

    /// <summary>Sends a binary message.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = Wait();
        await _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, patience.Token);
    }

    /// <summary>Sends an event.</summary>
    public Task EmitAsync(string name, object? data = null) => SendAsync($"42/voice,{JsonSerializer.Serialize(data is null ? [name] : new[] { name, data })}");

    /// <summary>The next text message, but for pings.</summary>
    public async Task<string> TextAsync()
    {
        var (type, bytes) = await MessageAsync();
        Assert.Equal(WebSocketMessageType.Text, type);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads up to the server's answer to the packet with this number. It may have come among the events before, in whose order it has no place.</summary>
    public async Task AckAsync(int id)
    {
        while (!_acks.Remove(id.ToString(CultureInfo.InvariantCulture)))
        {
            Keep(await TextAsync());
        }
    }

    /// <summary>The next event.</summary>
    public async Task<WireEvent> NextAsync()
    {
        while (true)
        {
            var text = await TextAsync();
            if (text.StartsWith("43", StringComparison.Ordinal))
            {
                Keep(text);
                continue;
            }

            Assert.StartsWith("42/voice,[", text);
            var packet = JsonElement.Parse(text["42/voice,".Length..]);
            var offset = packet.GetArrayLength() > 2 ? packet[2].GetString()!.Split('.') : null;
            var found = new WireEvent(packet[0].GetString()!, packet[1], offset is null ? null : long.Parse(offset[1]), offset is null ? null : int.Parse(offset[0]), text);

            // As other clients of tests: that a conversation has begun is told to all.
            if (found.Name != "data_changed")
            {
                return found;
            }
        }
    }

    /// <summary>The next events up to the first with this name, which is the last of them.</summary>
    public Task<List<WireEvent>> UntilAsync(string name) => UntilAsync(one => one.Name == name);

    /// <summary>The next events up to the first that is meant, which is the last of them.</summary>
    public async Task<List<WireEvent>> UntilAsync(Func<WireEvent, bool> isLast)
    {
        var events = new List<WireEvent>();
        do
        {
            events.Add(await NextAsync());
        }
        while (!isLast(events[^1]));

        return events;
    }

    /// <summary>The next message, but for pings.</summary>
    /// <exception cref="InvalidOperationException">The server has closed.</exception>
    public async Task<(WebSocketMessageType Type, byte[] Bytes)> MessageAsync()
    {
        while (true)
        {
            var (type, bytes) = await ReadAsync();
            if (type == WebSocketMessageType.Close)
            {
                throw new InvalidOperationException($"Closed with {_socket.CloseStatus}: {_socket.CloseStatusDescription}");
            }

            if (!bytes.AsSpan().SequenceEqual("2"u8))
            {
                return (type, bytes);
            }

            Pings++;
            if (AnswersPings)
            {
                await SendAsync("3");
            }
        }
    }

    /// <summary>Waits for the next ping, whatever comes before it, and does not answer it.</summary>
    public async Task PingAsync()
    {
        while (!(await ReadAsync()).Bytes.AsSpan().SequenceEqual("2"u8))
        {
            Assert.Equal(WebSocketState.Open, _socket.State);
        }

        Pings++;
    }

    /// <summary>Reads until the server closes, and with what.</summary>
    public async Task<(WebSocketCloseStatus? Status, List<string> Texts)> UntilClosedAsync()
    {
        var texts = new List<string>();
        while (await ReadAsync() is var (type, bytes) && type != WebSocketMessageType.Close)
        {
            texts.Add(Encoding.UTF8.GetString(bytes));
        }

        using var patience = Wait();
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        return (_socket.CloseStatus, texts);
    }

    /// <summary>Closes as a page does that is left.</summary>
    public async Task CloseAsync()
    {
        using var patience = Wait();
        await _socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "", patience.Token);
    }

    /// <summary>The connection breaks.</summary>
    public void Cut() => _socket.Abort();

    public void Dispose() => _socket.Dispose();

    private void Keep(string text)
    {
        if (text.StartsWith("42/voice,[\"data_changed\"", StringComparison.Ordinal))
        {
            return;
        }

        const string ack = "43/voice,";
        Assert.StartsWith(ack, text);
        _acks.Add(text[ack.Length..text.IndexOf('[', StringComparison.Ordinal)]);
    }

    private static CancellationTokenSource Wait()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TestServer.Patience);
        return patience;
    }

    private async Task<(WebSocketMessageType Type, byte[] Bytes)> ReadAsync()
    {
        using var patience = Wait();
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await _socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage || read.MessageType == WebSocketMessageType.Close)
            {
                return (read.MessageType, message.ToArray());
            }
        }
    }
}
