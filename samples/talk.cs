// Says one or more sentences to a running server and prints every event with its time: dotnet run samples/talk.cs -- "Hello" "@claude" "What is on my list?"
// "@claude" switches the provider, "~Delete it" is sent as spoken. Calls that must be allowed are: CONVONET_CONFIRM=no refuses them.
// CONVONET_URL names another server, CONVONET_TOKEN is an access token for one that wants a sign-in (also your own, once its account has a password):
// curl localhost:5080/api/account/token -H 'content-type: application/json' -d '{"email":"…","password":"…"}'
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

var address = Environment.GetEnvironmentVariable("CONVONET_URL") ?? "ws://localhost:5080/voice";
var json = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
using var socket = new ClientWebSocket();
if (Environment.GetEnvironmentVariable("CONVONET_TOKEN") is { Length: > 0 } token)
{
    socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
}

try
{
    await socket.ConnectAsync(new Uri(address), limit.Token);
}
catch (WebSocketException)
{
    Console.Error.WriteLine($"No server at {address}. Start one: dotnet run --project src/Convonet.Server");
    return 1;
}

await ReceiveAsync();
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
        Console.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds,6:0} ms  {name,-20} {received["data"]!.ToJsonString(json)}");
        if (name == "tool_confirmation")
        {
            await SendAsync(("confirm", new JsonObject { ["id"] = (string)received["data"]!["tool_call"]!["id"]!, ["yes"] = Environment.GetEnvironmentVariable("CONVONET_CONFIRM") != "no" }));
        }
    }
}

await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
return 0;

async Task SendAsync((string Event, JsonObject Data) frame) =>
    await socket.SendAsync(Encoding.UTF8.GetBytes(new JsonObject { ["event"] = frame.Event, ["data"] = frame.Data }.ToJsonString()), WebSocketMessageType.Text, true, limit.Token);

async Task<JsonNode> ReceiveAsync()
{
    using var frame = new MemoryStream();
    var buffer = new byte[16 * 1024];
    while (true)
    {
        var read = await socket.ReceiveAsync(buffer, limit.Token);
        frame.Write(buffer, 0, read.Count);
        if (read.EndOfMessage)
        {
            return JsonNode.Parse(frame.ToArray())!;
        }
    }
}
