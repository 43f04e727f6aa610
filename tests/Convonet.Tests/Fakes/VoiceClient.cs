using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Convonet.Audio;

namespace Convonet.Tests.Fakes;

/// <summary>An event as a client got it.</summary>
internal sealed record WireEvent(string Name, JsonElement Data, long? Seq, int? Epoch, string Raw)
{
    /// <summary>A field of its data as text; null when it is missing.</summary>
    public string? this[string field] => Data.TryGetProperty(field, out var value) ? value.ToString() : null;

    /// <summary>The number of its turn.</summary>
    public int Turn => Data.GetProperty("turn").GetInt32();

    /// <summary>Whether it is the last event of a turn.</summary>
    public bool EndsTurn(int turn) => Name == "agent_response" && Turn == turn;

    public static WireEvent Parse(byte[] frame)
    {
        var root = JsonElement.Parse(frame, new JsonDocumentOptions { MaxDepth = 128 });
        return new(
            root.GetProperty("event").GetString()!,
            root.GetProperty("data"),
            root.TryGetProperty("seq", out var seq) ? seq.GetInt64() : null,
            root.TryGetProperty("epoch", out var epoch) ? epoch.GetInt32() : null,
            Encoding.UTF8.GetString(frame));
    }
}

/// <summary>A client of the server's WebSocket. Every wait is bounded, so a test that would hang fails.</summary>
internal sealed class VoiceClient : IDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly HttpMessageInvoker _connections;

    private VoiceClient(ClientWebSocket socket, HttpMessageInvoker connections)
    {
        _socket = socket;
        _connections = connections;
    }

    /// <summary>Whether it is told that the user's conversations have changed. Tests of turns need not know that each first message tells it.</summary>
    public bool HearsOfConversations { get; set; }

    /// <summary>Where speech goes that comes between the events; null in tests where none may come.</summary>
    public List<AudioFrame>? Speech { get; set; }

    /// <summary>The first event.</summary>
    public WireEvent Hello { get; private set; } = null!;

    /// <summary>The conversation that was offered in <see cref="Hello"/>.</summary>
    public string Conversation => Hello["conversation"]!;

    /// <summary>Connects and reads the first event.</summary>
    /// <param name="server">The server.</param>
    /// <param name="origin">As a browser would send it.</param>
    /// <param name="http">Version 2 opens the WebSocket within an HTTP/2 connection.</param>
    /// <param name="address">Another address of the server.</param>
    /// <param name="from">The client's address, another one of the loopback.</param>
    /// <param name="headers">Further headers.</param>
    /// <exception cref="WebSocketException">The server refused.</exception>
    public static async Task<VoiceClient> ConnectAsync(
        TestServer server, string? origin = null, Version? http = null, Uri? address = null, IPAddress? from = null, params IEnumerable<(string Name, string Value)> headers)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        if (http is not null)
        {
            (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (http, HttpVersionPolicy.RequestVersionExact);
        }

        var client = new VoiceClient(socket, new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = (context, token) => ConnectSmallAsync(from, context, token) }));
        try
        {
            using var patience = Wait();
            await socket.ConnectAsync(address ?? server.Voice, client._connections, patience.Token);
            client.Hello = await client.NextAsync();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The status with which the server refuses a client.</summary>
    public static async Task<HttpStatusCode> RefusalAsync(TestServer server, string? origin = null, params IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/voice"));
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==") })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var patience = Wait();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        return response.StatusCode;
    }

    /// <summary>Sends an event.</summary>
    public Task SendAsync(string name, object? data = null) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { @event = name, data = data ?? new { } }));

    /// <summary>Asks something.</summary>
    public Task AskAsync(string text, string? id = null) => SendAsync("user_message", new { text, client_msg_id = id ?? Guid.NewGuid().ToString("N") });

    /// <summary>Sends any frame.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using var patience = Wait();
        await _socket.SendAsync(frame, type, endOfMessage: true, patience.Token);
    }

    /// <summary>Sends a piece of a frame that goes on.</summary>
    public async Task SendFragmentAsync(ReadOnlyMemory<byte> fragment, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using var patience = Wait();
        await _socket.SendAsync(fragment, type, endOfMessage: false, patience.Token);
    }

    /// <summary>Sends any text.</summary>
    public Task SendTextAsync(string frame) => SendAsync(Encoding.UTF8.GetBytes(frame));

    /// <summary>The next event.</summary>
    public async Task<WireEvent> NextAsync() =>
        await ReadAsync() is { } frame ? WireEvent.Parse(frame)
        : throw new InvalidOperationException($"Closed with {_socket.CloseStatus}: {_socket.CloseStatusDescription}");

    /// <summary>Reads a piece of a frame, and no more of it: the server is in the middle of sending it.</summary>
    public async Task ReadPieceAsync()
    {
        using var patience = Wait();
        Assert.False((await _socket.ReceiveAsync(new byte[100].AsMemory(), patience.Token)).EndOfMessage);
    }

    /// <summary>The next events up to the first that matches, which is the last of them.</summary>
    public async Task<List<WireEvent>> UntilAsync(Func<WireEvent, bool> match)
    {
        var events = new List<WireEvent>();
        do
        {
            events.Add(await NextAsync());
        }
        while (!match(events[^1]));

        return events;
    }

    /// <summary>The next events up to the first with this name.</summary>
    public Task<List<WireEvent>> UntilAsync(string name) => UntilAsync(one => one.Name == name);

    /// <summary>Reads speech until so many samples of it are there; nothing else may come before.</summary>
    public async Task<IReadOnlyList<AudioFrame>> HearAsync(long samples)
    {
        while (Speech!.Sum(frame => frame.Pcm.Length / PcmFormat.BytesPerSample) < samples)
        {
            Take(await ReadMessageAsync());
        }

        return Speech!;
    }

    /// <summary>The events until the server closes, and with what.</summary>
    public async Task<(WebSocketCloseStatus? Status, List<WireEvent> Events)> UntilClosedAsync()
    {
        var events = new List<WireEvent>();
        while (await ReadAsync() is { } frame)
        {
            events.Add(WireEvent.Parse(frame));
        }

        using var patience = Wait();
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        return (_socket.CloseStatus, events);
    }

    /// <summary>Closes as a browser does, and waits for the server's answer.</summary>
    public async Task<WebSocketCloseStatus?> CloseAsync()
    {
        using var patience = Wait();
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        return _socket.CloseStatus;
    }

    /// <summary>The connection breaks.</summary>
    public void Cut() => _socket.Abort();

    public void Dispose()
    {
        _socket.Dispose();
        _connections.Dispose();
    }

    private static CancellationTokenSource Wait()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TestServer.Patience);
        return patience;
    }

    private static async ValueTask<Stream> ConnectSmallAsync(IPAddress? from, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 16 * 1024 };
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(from, 0));
        }

        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<byte[]?> ReadAsync()
    {
        byte[]? frame;
        do
        {
            frame = await ReadFrameAsync();
        }
        while (!HearsOfConversations && frame.AsSpan().SequenceEqual("""{"event":"data_changed","data":{"kinds":["conversation"]}}"""u8));

        return frame;
    }

    private async Task<byte[]?> ReadFrameAsync()
    {
        while (true)
        {
            var read = await ReadMessageAsync();
            if (read.Type != WebSocketMessageType.Binary)
            {
                return read.Message;
            }

            Take(read);
        }
    }

    private void Take((WebSocketMessageType Type, byte[]? Message) read)
    {
        Assert.Equal(WebSocketMessageType.Binary, read.Type);
        Assert.NotNull(Speech);
        Assert.True(AudioFrame.TryRead(read.Message, out var sound));
        Speech.Add(sound);
    }

    /// <summary>Reads one message; of a close nothing.</summary>
    private async Task<(WebSocketMessageType Type, byte[]? Message)> ReadMessageAsync()
    {
        using var patience = Wait();
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await _socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return (read.MessageType, null);
            }

            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                return (read.MessageType, message.ToArray());
            }
        }
    }
}
