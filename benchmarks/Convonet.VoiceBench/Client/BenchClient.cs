using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Convonet.Audio;

namespace Convonet.VoiceBench.Client;

/// <summary>A client on a WebSocket that notes when everything came.</summary>
internal sealed class BenchClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Channel<Arrival> _arrivals = Channel.CreateBounded<Arrival>(new BoundedChannelOptions(10_000) { SingleReader = true });
    private Task _receiving = Task.CompletedTask;

    private BenchClient()
    {
    }

    /// <summary>Connects, with the microphone on.</summary>
    public static async Task<BenchClient> ConnectAsync(Uri address)
    {
        var client = new BenchClient();
        await client._socket.ConnectAsync(address, CancellationToken.None);
        client._receiving = Task.Run(client.ReceiveAsync);
        await client.SendAsync("start_recording", new { mode = "hands_free" });
        await client.UntilAsync(one => one.Event == "recording");
        return client;
    }

    /// <summary>Sends an event.</summary>
    public Task SendAsync(string name, object data) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { @event = name, data }), WebSocketMessageType.Text);

    /// <summary>Sends sound.</summary>
    public Task SendSoundAsync(ReadOnlyMemory<byte> pcm) => SendAsync(pcm, WebSocketMessageType.Binary);

    /// <summary>Sends the same frame several times, without waiting for their time to pass.</summary>
    public async Task SendSoundAsync(ReadOnlyMemory<byte> frame, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await SendSoundAsync(frame);
        }
    }

    /// <summary>Says that all of a turn was played.</summary>
    public Task SendPlayedAsync(Arrival speechEnd) =>
        SendAsync("played", new { turn = speechEnd.Turn, sample = speechEnd.Data.GetProperty("samples").GetInt64(), done = true });

    /// <summary>What came next; null when nothing comes any more.</summary>
    public async Task<Arrival?> NextAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _arrivals.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>What comes, up to the first that matches, which is the last of it.</summary>
    public async Task<List<Arrival>> UntilAsync(Func<Arrival, bool> match)
    {
        using var patience = new CancellationTokenSource(Patience);
        var came = new List<Arrival>();
        do
        {
            came.Add(await NextAsync(patience.Token) ?? throw new InvalidOperationException($"The server closed: {_socket.CloseStatusDescription}"));
            if (came[^1].Event == "error")
            {
                throw new InvalidOperationException($"The server refused: {came[^1].Data}");
            }
        }
        while (!match(came[^1]));

        return came;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var (length, result) = (0, default(ValueWebSocketReceiveResult));
                do
                {
                    result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += result.Count;
                }
                while (!result.EndOfMessage);

                var at = Stopwatch.GetTimestamp();
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                await _arrivals.Writer.WriteAsync(Read(at, result.MessageType, buffer.AsMemory(0, length)));
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // Cut, by one side or the other: whoever waits for something hears of it.
        }

        _arrivals.Writer.TryComplete();
    }

    private static Arrival Read(long at, WebSocketMessageType type, ReadOnlyMemory<byte> message)
    {
        if (type == WebSocketMessageType.Binary)
        {
            return AudioFrame.TryRead(message, out var frame) ? new Arrival(at, Arrival.Sound, frame.Turn, default) : throw new InvalidOperationException("A frame of sound is none of ours.");
        }

        var root = JsonElement.Parse(message.Span);
        var data = root.GetProperty("data");
        return new Arrival(at, root.GetProperty("event").GetString()!, data.TryGetProperty("turn", out var turn) && turn.ValueKind == JsonValueKind.Number ? turn.GetInt32() : 0, data);
    }
}
