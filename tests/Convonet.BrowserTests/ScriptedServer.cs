using System.Text.Json.Nodes;

namespace Convonet.BrowserTests;

/// <summary>Stands in for the server's end of a page's socket and plays events in the words of the golden samples.</summary>
internal sealed class ScriptedServer(IWebSocketRoute socket)
{
    private int _seq;

    /// <summary>Called with what the user says to a question.</summary>
    public Action<JsonNode>? OnConfirm { get; set; }

    /// <summary>Called with what the page tells of the voice (`start_recording`, `stop_recording`, `played`) and with `cancel`.</summary>
    public Action<string, JsonNode>? OnVoice { get; set; }

    /// <summary>Called with each binary frame.</summary>
    public Action<byte[]>? OnSound { get; set; }

    /// <summary>Sends a binary frame.</summary>
    public void Sound(byte[] frame) => socket.Send(frame);

    /// <summary>Sends an event of the connection alone.</summary>
    public void Say(JsonNode frame) => socket.Send(frame.ToJsonString());

    /// <summary>Sends events of the conversation, numbered on.</summary>
    public void Play(params JsonNode[] frames)
    {
        foreach (var frame in frames)
        {
            frame["seq"] = ++_seq;
            Say(frame);
        }
    }

    public void Answer(JsonNode message, Action<ScriptedServer, JsonNode> onQuestion)
    {
        if ((string?)message["event"] == "user_message")
        {
            onQuestion(this, message["data"]!);
        }
        else if ((string?)message["event"] == "confirm")
        {
            OnConfirm?.Invoke(message["data"]!);
        }
        else if ((string?)message["event"] == "resume")
        {
            Say(Event("snapshot", null));
        }
        else
        {
            OnVoice?.Invoke((string)message["event"]!, message["data"]!);
        }
    }

    /// <summary>Answers the page in the place of the server.</summary>
    /// <param name="page">The page, not yet loaded.</param>
    /// <param name="onQuestion">Called with each message of the user.</param>
    /// <param name="onConnected">Called when the page has connected.</param>
    /// <param name="speech">What `connected` says of its speech engines.</param>
    public static Task StandInAsync(IPage page, Action<ScriptedServer, JsonNode> onQuestion, Action<ScriptedServer>? onConnected = null, JsonNode? speech = null) =>
        page.RouteWebSocketAsync(url => url.EndsWith("/voice", StringComparison.Ordinal), route =>
        {
            var server = new ScriptedServer(route);
            route.OnMessage(frame => server.Take(frame, onQuestion));
            onConnected?.Invoke(server);
            var connected = Event("connected", null);
            connected["data"]!["speech"] = speech?.DeepClone();
            server.Say(connected);
        });

    public static JsonNode Accepted(JsonNode question, int turn) =>
        Event("accepted", turn, ("text", (string)question["text"]!), ("client_msg_id", (string)question["client_msg_id"]!));

    /// <summary>A golden sample, in that turn and with those values.</summary>
    public static JsonNode Event(string sample, int? turn, params (string Name, string Value)[] values)
    {
        var frame = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "wire", $"{sample}.json")))!;
        var data = frame["data"]!;
        if (turn is not null)
        {
            data["turn"] = turn;
        }

        foreach (var (name, value) in values)
        {
            data[name] = value;
        }

        return frame;
    }

    private void Take(IWebSocketFrame frame, Action<ScriptedServer, JsonNode> onQuestion)
    {
        // Playwright gives a text for binary frames too, and does not say which of the two it was.
        if (frame.Text is { } text && text.StartsWith("{\"event\":", StringComparison.Ordinal))
        {
            Answer(JsonNode.Parse(text)!, onQuestion);
        }
        else
        {
            OnSound?.Invoke(frame.Binary!);
        }
    }
}
