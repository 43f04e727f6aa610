using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Convonet.Chaos.Parent;

namespace Convonet.Chaos.Cuts;

/// <summary>A client whose line breaks all the time. It does what a client is told to do (docs/protocol.md): comes back, resumes by number, and sends again what was not accepted.</summary>
internal sealed class CutClient(int number, Uri address, CutOptions options, Findings findings)
{
    /// <summary>Goes over a line besides an answer: the handshake, who is there, what is asked or where it goes on. Less than was measured (2,150), so that few answers are over before.</summary>
    private const int OtherBytes = 1500;

    /// <summary>Goes over a line for each character of an answer that comes in chunks. Less than was measured (4), as many fewer chunks come from a busy server.</summary>
    private const int BytesOfACharacter = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Random _random = Seeds.Of(options.Seed, number);
    private readonly Dictionary<int, StringBuilder> _texts = [];
    private readonly Dictionary<string, int> _accepted = new(StringComparer.Ordinal);
    private string? _conversation;
    private int _epoch;
    private long _seq;
    private string _asked = "";
    private string _id = "";
    private CuttingStream? _line;
    private int _cutsLeft;
    private int _cutsOfThis;
    private string? _lastError;
    private bool _done;

    /// <summary>How often the line of each message broke before its answer was there.</summary>
    public List<int> Cuts { get; } = [];

    /// <summary>How often that was in the middle of the answer, with some of it here and some not.</summary>
    public int CutsInAnswers { get; private set; }

    /// <summary>How often it was given a snapshot in place of the events that it missed.</summary>
    public int Snapshots { get; private set; }

    public async Task RunAsync(int turns)
    {
        for (var turn = 0; turn < turns; turn++)
        {
            (_asked, _id, _cutsLeft, _done) = ($"message {number}-{turn}", $"m{number}-{turn}", _random.Next(1, 6), false);
            (_cutsOfThis, _lastError) = (0, null);
            using var limit = new CancellationTokenSource(Patience + (options.LongestGap * 6));
            while (!_done)
            {
                try
                {
                    await ConnectAsync(limit.Token);
                }
                catch (Exception error) when (error is WebSocketException or IOException or HttpRequestException or ObjectDisposedException or SocketException)
                {
                    CountCut();
                    await Task.Delay(Gap(), limit.Token);
                }
                catch (OperationCanceledException)
                {
                    findings.Add("lost", $"{_asked} was not answered");
                    return;
                }
            }

            Cuts.Add(_cutsOfThis);
        }
    }

    /// <summary>A line that broke behind the end of the answer, or did not come to break, was not cut.</summary>
    private void CountCut()
    {
        if (_line is { IsCut: true } && !_done)
        {
            _cutsOfThis++;
            _cutsLeft--;
            CutsInAnswers += Shown > 0 ? 1 : 0;
        }
    }

    /// <summary>Characters of the answer that are here.</summary>
    private int Shown => _accepted.TryGetValue(_id, out var turn) ? TextOf(turn).Length : 0;

    /// <summary>Somewhere in what is still to come, which ends with the whole text once more: drawn from more than that, it would be an answer that is not cut.</summary>
    private long BytesUntilCut()
    {
        var whole = CountingModel.AnswerTo(_asked).Sum(static word => word.Length);
        return _random.NextInt64(1, OtherBytes + (Math.Max(0, whole - Shown) * BytesOfACharacter) + whole);
    }

    private TimeSpan Gap() => _random.NextDouble() switch
    {
        < 0.7 => TimeSpan.FromMilliseconds(_random.Next(50)),
        < 0.97 => TimeSpan.FromMilliseconds(_random.Next(50, 1000)),
        _ => options.LongestGap * _random.NextDouble(),
    };

    /// <summary>One connection, until the turn has ended or the line breaks.</summary>
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _line = null;
        var bytes = _cutsLeft > 0 ? BytesUntilCut() : long.MaxValue;
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => LineAsync(bytes, token) };
        using var http = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, http, cancellationToken);
        var buffer = new byte[1024 * 1024];
        while (!_done)
        {
            var length = 0;
            ValueWebSocketReceiveResult read;
            do
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += read.Count;
            }
            while (!read.EndOfMessage);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException("The server closed the connection.");
            }

            using var frame = JsonDocument.Parse(buffer.AsMemory(0, length));
            await TakeAsync(socket, frame.RootElement, cancellationToken);
        }
    }

    private async ValueTask<Stream> LineAsync(long bytes, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
        return _line = new CuttingStream(new NetworkStream(socket, ownsSocket: true), bytes);
    }

    private async Task TakeAsync(ClientWebSocket socket, JsonElement frame, CancellationToken cancellationToken)
    {
        var (name, data) = (frame.GetProperty("event").GetString(), frame.GetProperty("data"));
        Count(frame);
        _lastError = name == "error" ? $"error event {data.GetRawText()}" : _lastError;
        switch (name)
        {
            case "connected" when _conversation is null:
                _conversation = data.GetProperty("conversation").GetString();
                await AskAsync(socket, cancellationToken);
                break;
            case "connected":
                await SendAsync(socket, "resume", new { conversation = _conversation, after = options.Naive ? 0 : _seq, epoch = options.Naive ? 0 : _epoch }, cancellationToken);
                break;
            case "status" when data.GetProperty("code").GetString() == "resumed":
                await AskAsync(socket, cancellationToken);
                break;
            case "snapshot":
                Take(data);
                await AskAsync(socket, cancellationToken);
                break;
            case "error" when data.GetProperty("code").GetString() == "unknown_conversation":
                // The first message never came through, so there was nothing to resume. Whatever was begun had another number.
                _conversation = null;
                throw new WebSocketException("Begins anew.");
            case "error" when data.GetProperty("code").GetString() is "busy" or "overloaded":
                await Task.Delay(data.TryGetProperty("retry_after_ms", out var later) ? later.GetInt32() : 500, cancellationToken);
                await AskAsync(socket, cancellationToken);
                break;
            case "error":
                findings.Add("refused", data.GetRawText());
                break;
            case "accepted":
                Accept(data, data.GetProperty("turn").GetInt32());
                break;
            case "agent_stream_chunk" when data.TryGetProperty("text", out var text):
                TextOf(data.GetProperty("turn").GetInt32()).Append(text.GetString());
                break;
            case "agent_response":
                End(data.GetProperty("turn").GetInt32(), data.GetProperty("text").GetString()!, data);
                break;
        }
    }

    /// <summary>Numbers of one epoch come without gap and without double.</summary>
    private void Count(JsonElement frame)
    {
        if (!frame.TryGetProperty("seq", out var found))
        {
            return;
        }

        var (seq, epoch) = (found.GetInt64(), frame.GetProperty("epoch").GetInt32());
        if (_epoch != 0 && (epoch != _epoch || seq != _seq + 1) && !options.Naive)
        {
            findings.Add(seq <= _seq ? "doubled" : "lost", $"client {number}: event {epoch}:{seq} after {_epoch}:{_seq}");
        }

        (_epoch, _seq) = (epoch, seq);
    }

    private void Take(JsonElement snapshot)
    {
        Snapshots++;
        (_epoch, _seq) = (snapshot.GetProperty("epoch").GetInt32(), snapshot.GetProperty("seq").GetInt64());
        foreach (var turn in options.Naive ? [] : snapshot.GetProperty("turns").EnumerateArray().ToArray())
        {
            var text = TextOf(turn.GetProperty("turn").GetInt32());
            text.Clear().Append(turn.GetProperty("text").GetString());
            Accept(turn, turn.GetProperty("turn").GetInt32());
            if (turn.TryGetProperty("outcome", out var outcome) && outcome.ValueKind == JsonValueKind.String)
            {
                End(turn.GetProperty("turn").GetInt32(), text.ToString(), turn);
            }
        }
    }

    private void Accept(JsonElement told, int turn)
    {
        // A server that has no keys of messages puts a mark behind each id.
        var id = told.GetProperty("client_msg_id").GetString()!.Split('#')[0];
        findings.Holds(_accepted.TryAdd(id, turn) || _accepted[id] == turn, "doubled", $"{id} was accepted as turn {turn}, too");
    }

    /// <param name="turn">Its number.</param>
    /// <param name="text">All that was said.</param>
    /// <param name="told">The event, or the turn of a snapshot.</param>
    private void End(int turn, string text, JsonElement told)
    {
        if (!_accepted.TryGetValue(_id, out var mine) || mine != turn)
        {
            return;
        }

        if (told.GetProperty("outcome").GetString() is var outcome && outcome != "completed")
        {
            findings.Add("no answer", $"{_asked} (conversation {_conversation}, turn {turn}, number {_epoch}:{_seq}, line cut {_cutsOfThis} times) ended as {outcome}, told as {(told.TryGetProperty("error", out var error) ? error.GetRawText() : "no error")}; {_lastError ?? "no error event"}");
        }

        findings.Holds(text == string.Concat(CountingModel.AnswerTo(_asked)), "wrong text", $"{_asked}: {text.Length} characters in the end");
        findings.Holds(TextOf(turn).ToString() == text, "wrong text", $"{_asked}: {TextOf(turn).Length} characters of {text.Length} came as chunks");
        _done = true;
    }

    private StringBuilder TextOf(int turn) => _texts.TryGetValue(turn, out var text) ? text : _texts[turn] = new StringBuilder();

    /// <summary>Sends the message, unless it is known to have been taken.</summary>
    private async Task AskAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        if (options.Naive || !_accepted.ContainsKey(_id))
        {
            await SendAsync(socket, "user_message", new { text = _asked, client_msg_id = options.Naive ? _id = $"{Guid.NewGuid():N}" : _id }, cancellationToken);
        }
    }

    private static async Task SendAsync(ClientWebSocket socket, string name, object data, CancellationToken cancellationToken) =>
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { @event = name, data }), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
}
