using System.Net.WebSockets;
using System.Text.Json;

namespace Convonet.Chaos.Serve;

/// <summary>An event as a client gets it.</summary>
internal sealed record Heard(string Name, JsonElement Data)
{
    /// <summary>A field of its data as text; null when it is missing.</summary>
    public string? this[string field] => Data.TryGetProperty(field, out var value) ? value.ToString() : null;
}

/// <summary>A client of the server with a conversation of its own.</summary>
internal sealed class VoiceLine : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private MemoryStream? _long;

    private VoiceLine()
    {
    }

    /// <summary>The conversation that it was offered.</summary>
    public string Conversation { get; private set; } = "";

    /// <summary>Connects and reads the first event.</summary>
    public static async Task<VoiceLine> ConnectAsync(Uri voice, CancellationToken cancellationToken)
    {
        var line = new VoiceLine();
        try
        {
            await line._socket.ConnectAsync(voice, cancellationToken);
            line.Conversation = (await line.NextAsync(cancellationToken))["conversation"]!;
            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    /// <summary>Sends a message.</summary>
    public Task AskAsync(string text, string id, CancellationToken cancellationToken) => SendAsync("user_message", new { text, client_msg_id = id }, cancellationToken);

    /// <summary>Sends a frame that is there already.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) => _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Sends an event.</summary>
    public Task SendAsync(string name, object data, CancellationToken cancellationToken) =>
        _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { @event = name, data }), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>The next event.</summary>
    /// <exception cref="WebSocketException">The connection ended.</exception>
    public async Task<Heard> NextAsync(CancellationToken cancellationToken) => Parse((await NextFrameAsync(cancellationToken)).Span);

    /// <summary>The next event as it came, until the one behind it is read.</summary>
    /// <exception cref="WebSocketException">The connection ended.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> NextFrameAsync(CancellationToken cancellationToken)
    {
        _long?.SetLength(0);
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException("The server closed the connection.");
            }

            if (read.EndOfMessage && _long is not { Length: > 0 })
            {
                return _buffer.AsMemory(0, read.Count);
            }

            (_long ??= new MemoryStream()).Write(_buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                return _long.ToArray();
            }
        }
    }

    /// <summary>Reads until an event that matches.</summary>
    public async Task<Heard> UntilAsync(Func<Heard, bool> match, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await NextAsync(cancellationToken) is var heard && match(heard))
            {
                return heard;
            }
        }
    }

    /// <summary>Sends a message and waits for what is said of it.</summary>
    /// <returns><c>accepted</c> or <c>error</c>.</returns>
    public async Task<Heard> SubmitAsync(string text, string id, CancellationToken cancellationToken)
    {
        await AskAsync(text, id, cancellationToken);
        return await UntilAsync(heard => heard.Name is "accepted" or "error" && heard["client_msg_id"] == id, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads a frame.</summary>
    public static Heard Parse(ReadOnlySpan<byte> frame)
    {
        var root = JsonElement.Parse(frame);
        return new Heard(root.GetProperty("event").GetString()!, root.GetProperty("data"));
    }
}
