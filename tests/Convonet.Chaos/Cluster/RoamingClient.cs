using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Convonet.Chaos.Parent;

namespace Convonet.Chaos.Cluster;

/// <summary>A client that does what a client is told to do (docs/protocol.md), at whatever node answers: comes back, resumes by number, and sends again what was not accepted.</summary>
internal sealed class RoamingClient(int number, int seed, IReadOnlyList<ClusterNode> nodes, Findings findings)
{
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
    private volatile bool _isHearing;
    private volatile bool _wanders;
    private Silences? _silences;

    /// <summary>Messages that were answered to their end, and the whole answer as it was told then.</summary>
    public List<(string Message, string Text)> Answered { get; } = [];

    /// <summary>Messages whose turn ended because the store was away.</summary>
    public List<string> Failed { get; } = [];

    /// <summary>From the last sign of a turn until the next.</summary>
    public Silences Silences => _silences ??= new(silence => findings.Fact($"{silence:0} ms to move {_conversation}: {string.Join(" ", _last)}"));

    /// <summary>Its conversation; null before the first.</summary>
    public string? Conversation => _conversation;

    /// <summary>Whether some of an answer is here, and not all.</summary>
    public bool IsHearing => _isHearing;

    /// <summary>The node that it talks to.</summary>
    public ClusterNode Node => nodes[(number + _moved) % nodes.Count];

    /// <summary>How often its connection broke or was closed.</summary>
    public int Reconnects { get; private set; }

    /// <summary>With its next message it goes to another node.</summary>
    public void Wander() => _wanders = true;

    public async Task RunAsync(CancellationToken noMore)
    {
        for (var turn = 0; !noMore.IsCancellationRequested; turn++)
        {
            (_asked, _id, _done) = ($"message {number}-{turn}", $"m{number}-{turn}", false);
            (_moved, _wanders) = (_wanders ? _moved + 1 : _moved, false);
            Silences.Begin();
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
                    if (_isHearing)
                    {
                        Silences.LineLost();
                    }

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
        var address = Node.Voice ?? throw new WebSocketException("There is no such node now.");
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
                Accept(data, data.GetProperty("turn").GetInt32());
                break;
            case "agent_stream_chunk" when data.TryGetProperty("text", out var text):
                TextOf(data.GetProperty("turn").GetInt32()).Append(text.GetString());
                _isHearing = true;
                Silences.Heard();
                HangUpNowAndThen();
                break;
            case "agent_tool_result":
                Silences.Heard();
                break;
            case "agent_response" when data.GetProperty("outcome").GetString() != "failed" || data.GetProperty("error").GetProperty("code").GetString() != "superseded":
                End(data.GetProperty("turn").GetInt32(), data.GetProperty("text").GetString()!, OutcomeOf(data));
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
            _hangsUp = true;
            Silences.HangsUp();
            throw new WebSocketException("The client hangs up.");
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
        findings.Holds(epoch != _epoch || seq == _seq + 1, "numbering", $"{_asked}: {_epoch}/{_seq} is followed by {epoch}/{seq}");
        (_epoch, _seq) = (epoch, seq);
    }

    private void Take(JsonElement snapshot)
    {
        var epoch = snapshot.GetProperty("epoch").GetInt32();
        Silences.OwnerMoved(_epoch != 0 && epoch != _epoch);
        (_epoch, _seq) = (epoch, snapshot.GetProperty("seq").GetInt64());
        foreach (var turn in snapshot.GetProperty("turns").EnumerateArray())
        {
            var at = turn.GetProperty("turn").GetInt32();
            var text = turn.GetProperty("text").GetString()!;
            Accept(turn, at);
            var (shown, said) = (ClusterModel.Unmarked(TextOf(at).ToString()), ClusterModel.Unmarked(text));
            findings.Holds(said.StartsWith(shown, StringComparison.Ordinal) || shown.StartsWith(said, StringComparison.Ordinal), "jump", $"{_asked}: '{Short(shown)}' became '{Short(text)}'");
            TextOf(at).Clear().Append(text);
            if (turn.TryGetProperty("outcome", out _))
            {
                End(at, text, OutcomeOf(turn));
            }
        }
    }

    private void Accept(JsonElement told, int turn)
    {
        // A server that has no keys of messages puts a mark behind each id.
        var id = told.GetProperty("client_msg_id").GetString()!.Split('#')[0];
        findings.Holds(_accepted.TryAdd(id, turn) || _accepted[id] == turn, "duplicated", $"{id} is turn {turn}, and turn {_accepted[id]}");
    }

    private void End(int turn, string text, string outcome)
    {
        findings.Holds(TextOf(turn).ToString() == text, "text", $"{_asked}: shown '{Short(TextOf(turn).ToString())}', kept '{Short(text)}'");
        if (_done || !_accepted.TryGetValue(_id, out var mine) || mine != turn)
        {
            return;
        }

        (_done, _isHearing) = (true, false);
        if (outcome == "completed")
        {
            findings.Holds(ClusterModel.IsAnswer(_asked, text), "wrong", $"{_asked}: '{text.ReplaceLineEndings(" ")}' (conversation {_conversation}, turn {turn}): {string.Join(" ", _last)}");
            Answered.Add((_asked, text));
        }
        else
        {
            Failed.Add($"{_asked} {outcome}");
        }
    }

    /// <summary>With the code of its error, if it has one.</summary>
    private static string OutcomeOf(JsonElement end)
    {
        var outcome = end.GetProperty("outcome").GetString()!;
        return end.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? $"{outcome} {error.GetProperty("code").GetString()}" : outcome;
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
