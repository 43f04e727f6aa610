using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Convonet.Client;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Client;

/// <summary>A server that says what a test tells it to, and the client that is tested, on a clock that only the test moves. Every wait is bounded.</summary>
internal sealed class ScriptedDoor : IAsyncDisposable
{
    public const string Conversation = "c_8d2b41";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<ConnectionStatus> _statuses = Channel.CreateBounded<ConnectionStatus>(1000);
    private readonly List<ConvonetClient> _clients = [];
    private readonly List<DoorConnection> _connections = [];

    public ScriptedDoor() => _listener.Start();

    public FakeTimeProvider Time { get; } = new();

    /// <summary>Bounds a wait of a test.</summary>
    public static CancellationTokenSource Wait()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TestServer.Patience);
        return patience;
    }

    /// <summary>A client of this server. Its waits have their full length.</summary>
    public ConvonetClient Client(Func<ConvonetClientOptions, ConvonetClientOptions>? change = null)
    {
        var options = new ConvonetClientOptions { Address = new Uri("ws://localhost/voice"), Time = Time, Random = static () => 0, OpenAsync = OpenAsync };
        var client = new ConvonetClient(change?.Invoke(options) ?? options);
        client.ConnectionChanged += (_, status) => Assert.True(_statuses.Writer.TryWrite(status));
        _clients.Add(client);
        return client;
    }

    /// <summary>The next change of the connection to this state.</summary>
    public async Task<ConnectionStatus> UntilAsync(ConnectionState state)
    {
        using var patience = Wait();
        while (true)
        {
            if (await _statuses.Reader.ReadAsync(patience.Token) is var status && status.State == state)
            {
                return status;
            }
        }
    }

    /// <summary>The next connection.</summary>
    public async Task<DoorConnection> AcceptAsync()
    {
        using var patience = Wait();
        var tcp = await _listener.AcceptTcpClientAsync(patience.Token);
        var connection = new DoorConnection(tcp, WebSocket.CreateFromStream(tcp.GetStream(), new WebSocketCreationOptions { IsServer = true }));
        _connections.Add(connection);
        return connection;
    }

    /// <summary>The next connection, which is told that it is connected, with a conversation of its own.</summary>
    public async Task<DoorConnection> GreetAsync(string conversation = Conversation)
    {
        var connection = await AcceptAsync();
        await connection.SayAsync("connected", new { session_id = "s_1", conversation, signed_in = true, epoch = 1, provider = "first", providers = Array.Empty<object>(), limits = new { message_chars = 8000, frame_bytes = 65536 } });
        return connection;
    }

    /// <summary>A client that is online, and its connection.</summary>
    public async Task<(ConvonetClient Client, DoorConnection Connection)> OnlineAsync(Func<ConvonetClientOptions, ConvonetClientOptions>? change = null)
    {
        var client = Client(change);
        client.Connect();
        var connection = await GreetAsync();
        await UntilAsync(ConnectionState.Online);
        return (client, connection);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            connection.Cut();
        }

        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        _listener.Dispose();
    }

    private async Task<WebSocket> OpenAsync(Uri address, string? accessToken, CancellationToken cancellationToken)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, cancellationToken);
        return WebSocket.CreateFromStream(tcp.GetStream(), new WebSocketCreationOptions());
    }
}

/// <summary>The server's side of a connection.</summary>
internal sealed class DoorConnection(TcpClient tcp, WebSocket socket)
{
    /// <summary>Sends an event; with a number it is one of the conversation.</summary>
    public Task SayAsync(string name, object data, long? seq = null, int epoch = 1) => SayAsync(seq is null
        ? JsonSerializer.SerializeToUtf8Bytes(new { @event = name, data })
        : JsonSerializer.SerializeToUtf8Bytes(new { @event = name, data, seq, epoch }));

    /// <summary>Sends a piece of an answer.</summary>
    public Task SayTextAsync(long seq, string? text = null, int epoch = 1) => SayAsync("agent_stream_chunk", new { text = text ?? $"w{seq} ", type = "text", turn = 1 }, seq, epoch);

    /// <summary>Answers a <c>resume</c>.</summary>
    public Task SayResumedAsync() => SayAsync("status", new { code = "resumed", message = "You are up to date again." });

    /// <summary>Sends any message.</summary>
    public async Task SayAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using var patience = ScriptedDoor.Wait();
        await socket.SendAsync(message, type, endOfMessage: true, patience.Token);
    }

    /// <summary>What the client says next, as JSON; of sound, its length.</summary>
    public async Task<string> HearAsync()
    {
        using var patience = ScriptedDoor.Wait();
        var buffer = new byte[256 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult read;
        do
        {
            read = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            length += read.Count;
        }
        while (!read.EndOfMessage);
        return read.MessageType switch
        {
            WebSocketMessageType.Text => Encoding.UTF8.GetString(buffer, 0, length),
            WebSocketMessageType.Binary => $"{length} bytes",
            _ => "closed",
        };
    }

    /// <summary>The network breaks.</summary>
    public void Cut()
    {
        socket.Abort();
        tcp.Dispose();
    }
}
