// Says one or more sentences to a running server and prints every event with its time: dotnet run samples/talk.cs -- "Hello" "@claude" "What is on my list?"
// "@claude" switches the provider, "~Delete it" is sent as spoken. Calls that must be allowed are: CONVONET_CONFIRM=no refuses them.
// CONVONET_URL names another server, CONVONET_TOKEN is an access token for one that wants a sign-in (also your own, once its account has a password):
// curl localhost:5080/api/account/token -H 'content-type: application/json' -d '{"email":"…","password":"…"}'
// It ends with 1, and one sentence, when there is no server, or when the server refuses or closes.
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

if (args.All(static word => word.Length == 0) || args is ["--help" or "-h"])
{
    Console.Error.WriteLine("""
        Usage: dotnet run samples/talk.cs -- "Hello" "@claude" "What is on my list?"
        "@claude" switches the provider, "~Delete it" is sent as spoken. In the environment: CONVONET_URL (ws://localhost:5080/voice), CONVONET_TOKEN, CONVONET_CONFIRM=no.
        """);
    return args is ["--help" or "-h"] ? 0 : 2;
}

var address = Environment.GetEnvironmentVariable("CONVONET_URL") ?? "ws://localhost:5080/voice";
var json = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
using var socket = new ClientWebSocket();
socket.Options.CollectHttpResponseDetails = true;
if (Environment.GetEnvironmentVariable("CONVONET_TOKEN") is { Length: > 0 } token)
{
    socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
}

try
{
    return await TalkAsync() ? 0 : 1;
}
catch (Exception error) when (error is WebSocketException or InvalidDataException or OperationCanceledException or UriFormatException or ArgumentException)
{
    Console.Error.WriteLine(error switch
    {
        UriFormatException or ArgumentException => $"CONVONET_URL is '{address}': it has to begin with ws:// or wss://, as ws://localhost:5080/voice.",
        OperationCanceledException => "There was no answer within two minutes.",
        InvalidDataException => error.Message,
        _ when socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"The server at {address} does not let you in ({(int)socket.HttpStatusCode}): CONVONET_TOKEN has to be an access token that holds. The first lines of this file say how to get one.",
        _ when socket.HttpStatusCode is not (0 or HttpStatusCode.SwitchingProtocols) => $"{address} answers with HTTP {(int)socket.HttpStatusCode} and opens no WebSocket: the path is usually /voice, and 503 means that there is no place just now.",
        _ => $"No server at {address}, or it is gone. Start one: dotnet run --project src/Convonet.Server",
    });
    return 1;
}

async Task<bool> TalkAsync()
{
    await socket.ConnectAsync(new Uri(address), limit.Token);
    await ReceiveAsync();
    var isRefused = false;
    foreach (var said in args.Where(word => word.Length > 0))
    {
        var started = Stopwatch.GetTimestamp();
        await SendAsync(said[0] == '@'
            ? ("set_provider", new JsonObject { ["provider"] = said[1..] })
            : ("user_message", new JsonObject { ["text"] = said.TrimStart('~'), ["voice"] = said[0] == '~' }));
        for (var name = ""; name is not ("agent_response" or "error") && !(said[0] == '@' && name == "status");)
        {
            var received = await ReceiveAsync();
            name = (string)received["event"]!;
            isRefused |= name == "error";
            Console.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds,6:0} ms  {name,-20} {received["data"]!.ToJsonString(json)}");
            if (name == "tool_confirmation")
            {
                await SendAsync(("confirm", new JsonObject { ["id"] = (string)received["data"]!["tool_call"]!["id"]!, ["yes"] = Environment.GetEnvironmentVariable("CONVONET_CONFIRM") != "no" }));
            }
        }
    }

    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    return !isRefused;
}

async Task SendAsync((string Event, JsonObject Data) frame) =>
    await socket.SendAsync(Encoding.UTF8.GetBytes(new JsonObject { ["event"] = frame.Event, ["data"] = frame.Data }.ToJsonString()), WebSocketMessageType.Text, true, limit.Token);

async Task<JsonNode> ReceiveAsync()
{
    using var frame = new MemoryStream();
    var buffer = new byte[16 * 1024];
    while (true)
    {
        var read = await socket.ReceiveAsync(buffer, limit.Token);
        if (read.MessageType == WebSocketMessageType.Close)
        {
            throw new InvalidDataException($"The server closed the connection ({(int)read.CloseStatus!}): {read.CloseStatusDescription}");
        }

        frame.Write(buffer, 0, read.Count);
        if (read.EndOfMessage)
        {
            return JsonNode.Parse(frame.ToArray())!;
        }
    }
}
