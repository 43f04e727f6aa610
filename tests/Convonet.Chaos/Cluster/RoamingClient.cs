using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Convonet.Chaos.Parent;

namespace Convonet.Chaos.Cluster;

/// <summary>A client that does what a client is told to do (docs/protocol.md), at whatever node answers: comes back, resumes by number, and sends again what was not accepted.</summary>
internal sealed class RoamingClient(int number, int seed, IReadOnlyList<ClusterNode> nodes, Findings findings)
{
    /// <summary>A move that took longer is told of.</summary>
    private const double LongMs = 3000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HungUp = TimeSpan.FromSeconds(6);

    private readonly Random _random = Seeds.Of(seed, number);
    private readonly Dictionary<int, StringBuilder> _texts = [];
    private readonly Dictionary<string, int> _accepted = new(StringComparer.Ordinal);
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly Queue<string> _last = [];
    private int _heardChunks;
    private bool _hangsUp;
    private string? _conversation;
    private int _epoch;
    private long _seq;
    private int _moved;
    private string _asked = "";
    private string _id = "";
    private bool _done;
    private long _heardAt;
    private bool _movedOn;
    private bool _wasAway;

    /// <summary>Messages that were answered to their end.</summary>
    public List<string> Answered { get; } = [];

    /// <summary>Messages whose turn ended because the store was away.</summary>
    public List<string> Failed { get; } = [];

    /// <summary>From the last sign of a turn until the next, where its owner changed in between and the client had not hung up itself, in milliseconds.</summary>
    public List<double> Moves { get; } = [];

    /// <summary>How often its connection broke or was closed.</summary>
    public int Reconnects { get; private set; }

    public async Task RunAsync(CancellationToken noMore)
    {
        for (var turn = 0; !noMore.IsCancellationRequested; turn++)
        {
            (_asked, _id, _done) = ($"message {number}-{turn}", $"m{number}-{turn}", false);
            _heardAt = Stopwatch.GetTimestamp();
            using var limit = new CancellationTokenSource(Patience);
            while (!_done)
            {
                try
                {
                    await ConnectAsync(limit.Token);
                }
                catch (Exception error) when (IsLoss(error) && !limit.IsCancellationRequested)
                {
                    Reconnects++;
                    Note($"{_moved}:{error.Message}");
                    _moved++;
                    await Task.Delay(_hangsUp ? HungUp : TimeSpan.FromMilliseconds(_random.Next(50, 250)), CancellationToken.None);
                    _hangsUp = false;
                }
                catch (Exception error) when (IsLoss(error))
                {
                    findings.Add("lost", $"{_asked} was not answered (conversation {_conversation}, epoch {_epoch}, seq {_seq}): {string.Join(" ", _last)}");
                    return;
                }
            }
        }
    }

    /// <summary>A socket that got no answer to its ping says that something was cancelled.</summary>
    private static bool IsLoss(Exception error) => error is WebSocketException or IOException or HttpRequestException or InvalidOperationException or OperationCanceledException;

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(1);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(1);
        var address = nodes[(number + _moved) % nodes.Count].Voice ?? throw new WebSocketException("There is no such node now.");
        using var hello = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        hello.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await socket.ConnectAsync(address, hello.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebSocketException("It does not answer.");
        }

        while (!_done)
        {
            var length = 0;
            ValueWebSocketReceiveResult read;
            do
            {
                read = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                length += read.Count;
            }
            while (!read.EndOfMessage);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException("The server closed the connection.");
            }

            using var frame = JsonDocument.Parse(_buffer.AsMemory(0, length));
            await TakeAsync(socket, frame.RootElement, cancellationToken);
        }
    }

    private async Task TakeAsync(ClientWebSocket socket, JsonElement frame, CancellationToken cancellationToken)
    {
        var (name, data) = (frame.GetProperty("event").GetString(), frame.GetProperty("data"));
        Count(frame);
        Note($"{_moved}:{name}{(name is "error" or "status" ? ":" + data.GetProperty("code").GetString() : "")}");
        switch (name)
        {
            case "connected" when _conversation is null:
                _conversation = data.GetProperty("conversation").GetString();
                await AskAsync(socket, cancellationToken);
                break;
            case "connected":
                await SendAsync(socket, "resume", new { conversation = _conversation, after = _seq, epoch = _epoch }, cancellationToken);
                break;
            case "status" when data.GetProperty("code").GetString() == "resumed":
                await AskAsync(socket, cancellationToken);
                break;
            case "snapshot":
                Take(data);
                await AskAsync(socket, cancellationToken);
                break;
            case "error" when data.GetProperty("code").GetString() == "unknown_conversation":
                // The first message never came through, so there was nothing to resume.
                findings.Holds(_accepted.Count == 0, "lost", $"conversation {_conversation}: {string.Join(" ", _last)}");
                _texts.Clear();
                _accepted.Clear();
                _conversation = null;
                throw new WebSocketException("Begins anew.");
            case "error" when data.GetProperty("code").GetString() is "storage_unavailable" or "overloaded" or "busy":
                // As a page does: what was not taken is sent again in a moment.
                await Task.Delay(250, cancellationToken);
                await AskAsync(socket, cancellationToken);
                break;
            case "error":
                findings.Add("refused", data.GetRawText());
                break;
            case "accepted":
                Accept(data.GetProperty("client_msg_id").GetString()!, data.GetProperty("turn").GetInt32());
                break;
            case "agent_stream_chunk" when data.TryGetProperty("text", out var text):
                TextOf(data.GetProperty("turn").GetInt32()).Append(text.GetString());
                Heard();
                HangUpNowAndThen();
                break;
            case "agent_tool_result":
                Heard();
                break;
            case "agent_response" when data.GetProperty("outcome").GetString() != "failed" || data.GetProperty("error").GetProperty("code").GetString() != "superseded":
                End(data.GetProperty("turn").GetInt32(), data.GetProperty("text").GetString()!, data.GetProperty("outcome").GetString()!);
                break;
        }
    }

    /// <summary>What happened to it last, for people who look why it got no answer.</summary>
    private void Note(string what)
    {
        _last.Enqueue($"{DateTime.UtcNow:mm:ss.fff}:{what}");
        if (_last.Count > 12)
        {
            _last.Dequeue();
        }
    }

    /// <summary>Some are gone for a while in the middle of an answer, wherever it goes on meanwhile.</summary>
    private void HangUpNowAndThen()
    {
        if (number % 5 == 4 && ++_heardChunks % 70 == 0)
        {
            _hangsUp = _wasAway = true;
            throw new WebSocketException("The client hangs up.");
        }
    }

    private void Heard()
    {
        if (_movedOn && !_wasAway)
        {
            Moves.Add(Stopwatch.GetElapsedTime(_heardAt).TotalMilliseconds);
            if (Moves[^1] > LongMs)
            {
                findings.Fact($"{Moves[^1]:0} ms to move {_conversation}: {string.Join(" ", _last)}");
            }
        }

        (_movedOn, _wasAway, _heardAt) = (false, false, Stopwatch.GetTimestamp());
    }

    /// <summary>Numbers of one epoch come without gap and without double.</summary>
    private void Count(JsonElement frame)
    {
        if (!frame.TryGetProperty("seq", out var found))
        {
            return;
        }

        var (seq, epoch) = (found.GetInt64(), frame.GetProperty("epoch").GetInt32());
        findings.Holds(epoch != _epoch || seq == _seq + 1, "numbering", $"{_asked}: {_epoch}/{_seq} is followed by {epoch}/{seq}");
        (_epoch, _seq) = (epoch, seq);
    }

    private void Take(JsonElement snapshot)
    {
        var epoch = snapshot.GetProperty("epoch").GetInt32();
        _movedOn = _epoch != 0 && epoch != _epoch;
        (_epoch, _seq) = (epoch, snapshot.GetProperty("seq").GetInt64());
        foreach (var turn in snapshot.GetProperty("turns").EnumerateArray())
        {
            var at = turn.GetProperty("turn").GetInt32();
            var text = turn.GetProperty("text").GetString()!;
            Accept(turn.GetProperty("client_msg_id").GetString()!, at);
            var (shown, said) = (ClusterModel.Unmarked(TextOf(at).ToString()), ClusterModel.Unmarked(text));
            findings.Holds(said.StartsWith(shown, StringComparison.Ordinal) || shown.StartsWith(said, StringComparison.Ordinal), "jump", $"{_asked}: '{Short(shown)}' became '{Short(text)}'");
            TextOf(at).Clear().Append(text);
            if (turn.TryGetProperty("outcome", out var outcome))
            {
                End(at, text, outcome.GetString()!);
            }
        }
    }

    private void Accept(string id, int turn)
    {
        findings.Holds(_accepted.TryAdd(id, turn) || _accepted[id] == turn, "duplicated", $"{id} is turn {turn}, and turn {_accepted[id]}");
    }

    private void End(int turn, string text, string outcome)
    {
        findings.Holds(TextOf(turn).ToString() == text, "text", $"{_asked}: shown '{Short(TextOf(turn).ToString())}', kept '{Short(text)}'");
        if (_done || !_accepted.TryGetValue(_id, out var mine) || mine != turn)
        {
            return;
        }

        _done = true;
        if (outcome == "completed")
        {
            findings.Holds(ClusterModel.IsAnswer(_asked, text), "wrong", $"{_asked}: '{text.ReplaceLineEndings(" ")}' (conversation {_conversation}, turn {turn}): {string.Join(" ", _last)}");
            Answered.Add(_asked);
        }
        else
        {
            Failed.Add($"{_asked} {outcome}");
        }
    }

    private static string Short(string text) => text.Length <= 120 ? text.ReplaceLineEndings(" ") : $"{text[..60]}…{text[^60..]}".ReplaceLineEndings(" ");

    private StringBuilder TextOf(int turn)
    {
        if (!_texts.TryGetValue(turn, out var text))
        {
            _texts[turn] = text = new StringBuilder();
        }

        return text;
    }

    private Task AskAsync(ClientWebSocket socket, CancellationToken cancellationToken) =>
        _done ? Task.CompletedTask : SendAsync(socket, "user_message", new { text = _asked, client_msg_id = _id }, cancellationToken);

    private static async Task SendAsync(ClientWebSocket socket, string name, object data, CancellationToken cancellationToken) =>
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { @event = name, data }), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
}
