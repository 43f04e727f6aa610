using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Convonet.Emulator.Faults;

namespace Convonet.Emulator.Deepgram;

/// <summary>Deepgram's speak socket, <c>/v1/speak</c>: every text becomes a tone, 60 ms for each character.</summary>
/// <see href="https://developers.deepgram.com/reference/text-to-speech/speak-streaming"/>
internal sealed class SpeakSocket(EmulatorOptions options, SpeakLog log)
{
    internal const string Path = "/v1/speak";

    private const int MsPerCharacter = 60;
    private const int MsPerMessage = 120;

    private static readonly int[] Rates = [8_000, 16_000, 24_000, 32_000, 48_000];

    private readonly StandingFaults _standing = new(options.Faults);

    private int _connections;

    /// <summary>How many connections were accepted.</summary>
    internal int Connections => Volatile.Read(ref _connections);

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

        var query = context.Request.Query;
        var rate = int.Parse(query["sample_rate"].FirstOrDefault() ?? "24000", CultureInfo.InvariantCulture);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        Interlocked.Increment(ref _connections);
        try
        {
            var id = Guid.NewGuid();
            await SendAsync(socket, $$"""{"type":"Metadata","request_id":"{{id}}","model_name":"{{query["model"]}}","model_version":"2026-01-01.0","model_uuid":"{{id}}"}""", end.Token);
            await TalkAsync(context, socket, rate, faults, end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // The client, a fault or the emulator's end broke the connection.
            context.Abort();
        }
    }

    private static int? Refusal(HttpContext context, IReadOnlyList<Fault> faults)
    {
        var query = context.Request.Query;
        return faults.FirstOrDefault(fault => fault.Name == "status") is { } status ? status.Number("code", 500)
            : !context.Request.Headers.Authorization.ToString().StartsWith("Token ", StringComparison.Ordinal) || context.Request.Headers.Authorization.ToString().Length < 7 ? 401
            : !context.WebSockets.IsWebSocketRequest || query["encoding"].FirstOrDefault() is not (null or "linear16") || !IsKnownRate(query["sample_rate"]) || !query["model"].ToString().StartsWith("aura-", StringComparison.Ordinal) ? 400
            : null;
    }

    private static bool IsKnownRate(string? rate) => rate is null || (int.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out var hertz) && Rates.Contains(hertz));

    private async Task TalkAsync(HttpContext context, WebSocket socket, int rate, IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        var (text, sequence, isFirst) = (new StringBuilder(), 0, true);
        while (await ReceiveAsync(socket, cancellationToken) is { } json)
        {
            log.Add(json);
            using var message = JsonDocument.Parse(json);
            switch (message.RootElement.GetProperty("type").GetString())
            {
                case "Speak":
                    text.Append(message.RootElement.GetProperty("text").GetString());
                    break;
                case "Flush":
                    // The first answer's faults were taken with the handshake.
                    var (characters, due) = (text.Length, isFirst ? faults : _standing.Take());
                    isFirst = false;
                    text.Clear();
                    if (await SpeakAsync(context, socket, characters, rate, due, cancellationToken))
                    {
                        await SendAsync(socket, $$"""{"type":"Flushed","sequence_id":{{sequence++}}}""", cancellationToken);
                    }

                    break;
                case "Clear":
                    text.Clear();
                    await SendAsync(socket, $$"""{"type":"Cleared","sequence_id":{{sequence}}}""", cancellationToken);
                    break;
                case "Close":
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                    return;
                default:
                    await SendAsync(socket, """{"type":"Warning","description":"Unknown message.","code":"UNKNOWN_MESSAGE"}""", cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Sends the audio of a text; false when a fault keeps its end back.</summary>
    private async Task<bool> SpeakAsync(HttpContext context, WebSocket socket, int characters, int rate, IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        await WaitAsync(faults.FirstOrDefault(fault => fault.Name == "delay")?.Milliseconds(30_000) ?? options.FirstDelay, cancellationToken);
        if (faults.Any(fault => fault.Name == "empty"))
        {
            return true;
        }

        var spoken = faults.FirstOrDefault(fault => fault.Name == "rate");
        var audio = Tone.Of(characters * MsPerCharacter, spoken?.Number("hz", 48_000) ?? rate, withHeader: spoken?.Text("header") is not null);
        var length = rate * MsPerMessage / 1000 * 2;
        for (var (from, count) = (0, 0); from < audio.Length; from += length, count++)
        {
            if (faults.FirstOrDefault(fault => fault.Name is "stall" or "cut" or "inband" && fault.Number("after", 1) == count) is { } fault)
            {
                return await HappenAsync(context, socket, fault, cancellationToken);
            }

            await socket.SendAsync(audio.AsMemory(from, Math.Min(length, audio.Length - from)), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            await WaitAsync(options.Gap, cancellationToken);
        }

        return true;
    }

    private static async Task<bool> HappenAsync(HttpContext context, WebSocket socket, Fault fault, CancellationToken cancellationToken)
    {
        switch (fault.Name)
        {
            case "cut" when fault.Text("kind") == "close":
                await socket.CloseOutputAsync(WebSocketCloseStatus.InternalServerError, "NET-0001", cancellationToken);
                break;
            case "cut":
                context.Abort();
                break;
            case "inband":
                await SendAsync(socket, """{"type":"Warning","description":"Too many.","code":"EXCESSIVE_FLUSH"}""", cancellationToken);
                break;
        }

        return false;
    }

    private static Task SendAsync(WebSocket socket, string json, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private static async Task<string?> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (length < buffer.Length)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }

        return null;
    }

    private Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) => time > TimeSpan.Zero ? Task.Delay(time, options.Time, cancellationToken) : Task.CompletedTask;
}
