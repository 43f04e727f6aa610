using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Faults;

namespace Convonet.Emulator.Deepgram;

/// <summary>Deepgram's listen socket, <c>/v1/listen</c>: it hears what it was told to, a word for each 0.2 s of audio, and the rest at <c>Finalize</c>.</summary>
/// <see href="https://developers.deepgram.com/reference/speech-to-text/listen-streaming"/>
internal sealed class ListenSocket
{
    internal const string Path = "/v1/listen";

    private const int BytesPerSecond = 32_000;
    private const int BytesPerWord = BytesPerSecond / 5;

    private readonly EmulatorOptions _options;
    private readonly ListenLog _log;
    private readonly StandingFaults _standing;

    internal ListenSocket(EmulatorOptions options, ListenLog log) => (_options, _log, _standing) = (options, log, new StandingFaults(options.Faults));

    /// <summary>Ends connections when the emulator stops.</summary>
    internal CancellationToken Stopping { get; set; }

    internal async Task HandleAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Stopping);
        var faults = _standing.Take();
        if (Refusal(context, faults) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new ListenConnection(context.Request.QueryString.Value ?? "");
        _log.Add(connection);
        var listening = new Listening(this, context, socket, connection, faults);
        try
        {
            await listening.RunAsync(end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException)
        {
            // The client, a fault or the emulator's end broke the connection.
            context.Abort();
        }
        finally
        {
            listening.PutBack();
            connection.End();
        }
    }

    private static int? Refusal(HttpContext context, IReadOnlyList<Fault> faults)
    {
        var query = context.Request.Query;
        return faults.FirstOrDefault(fault => fault.Name == "status") is { } status ? status.Number("code", 500)
            : context.Request.Headers.Authorization.ToString() is not ['T', 'o', 'k', 'e', 'n', ' ', not ' ', ..] ? 401
            : !context.WebSockets.IsWebSocketRequest || query["encoding"] != "linear16" || query["sample_rate"] != "16000" ? 400
            : null;
    }

    /// <summary>One connection: what has come, and what was said about it.</summary>
    private sealed class Listening(ListenSocket owner, HttpContext context, WebSocket socket, ListenConnection connection, IReadOnlyList<Fault> faults)
    {
        private SpokenScript? _script;
        private IReadOnlyList<Fault> _faults = faults;
        private string[] _words = [];
        private int _said;
        private int _settled;
        private long _settledBytes;
        private long _heardBytes;
        private int _results;

        internal async Task RunAsync(CancellationToken cancellationToken)
        {
            var buffer = new byte[64 * 1024];
            while (socket.State == WebSocketState.Open)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Binary)
                {
                    await HearAsync(received.Count, cancellationToken);
                }
                else if (received.MessageType == WebSocketMessageType.Close || !await ObeyAsync(buffer.AsMemory(0, received.Count), cancellationToken))
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                    return;
                }
            }
        }

        internal void PutBack()
        {
            if (_script is not null)
            {
                owner._log.PutBack(new SpokenScript(string.Join(' ', _words[_settled..])));
            }
        }

        private async Task HearAsync(int bytes, CancellationToken cancellationToken)
        {
            if (_script is null)
            {
                _script = owner._log.Take();
                _words = _script.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                _faults = _script.Faults is { } own ? Fault.ParseAll(own) : _faults;
            }

            _heardBytes += bytes;
            connection.Hear(bytes);
            while (_said < _words.Length && _heardBytes - _settledBytes >= (_said - _settled + 1) * BytesPerWord)
            {
                _said++;
                await SendAsync(isFinal: _words[_said - 1] == "|", fromFinalize: false, cancellationToken);
            }
        }

        /// <summary>Does what a text message says; false when it ends the connection.</summary>
        private async Task<bool> ObeyAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
        {
            var type = JsonDocument.Parse(json).RootElement.GetProperty("type").GetString() ?? "";
            connection.Add(type);
            if (type == "Finalize")
            {
                if (Find("delay") is { } delay)
                {
                    await Task.Delay(delay.Milliseconds(10_000), owner._options.Time, cancellationToken);
                }

                _said = _words.Length;
                await SendAsync(isFinal: true, fromFinalize: true, cancellationToken);
                (_script, _words, _said, _settled, _faults) = (null, [], 0, 0, []);
            }

            return type != "CloseStream";
        }

        private async Task SendAsync(bool isFinal, bool fromFinalize, CancellationToken cancellationToken)
        {
            if (Find("cut") is { } cut && cut.Number("after", 1) <= _results)
            {
                if (cut.Text("kind") == "close")
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.InternalServerError, "NET-0001", cancellationToken);
                }

                context.Abort();
                throw new OperationCanceledException("The fault broke the connection.");
            }

            if (Find("stall") is not null)
            {
                return;
            }

            var json = new JsonObject
            {
                ["type"] = "Results",
                ["channel_index"] = new JsonArray(0, 1),
                ["start"] = (double)_settledBytes / BytesPerSecond,
                ["duration"] = (double)(_heardBytes - _settledBytes) / BytesPerSecond,
                ["is_final"] = isFinal,
                ["speech_final"] = isFinal && !fromFinalize,
                ["from_finalize"] = fromFinalize,
                ["channel"] = new JsonObject
                {
                    ["alternatives"] = new JsonArray(new JsonObject
                    {
                        ["transcript"] = string.Join(' ', _words[_settled.._said].Where(word => word != "|")),
                        ["confidence"] = 0.99,
                    }),
                },
            };
            await socket.SendAsync(Encoding.UTF8.GetBytes(json.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            _results++;
            if (isFinal)
            {
                (_settled, _settledBytes) = (_said, _heardBytes);
            }
        }

        private Fault? Find(string name) => _faults.FirstOrDefault(fault => fault.Name == name);
    }
}
