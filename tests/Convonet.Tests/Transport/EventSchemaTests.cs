using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server.Transport;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Json.Schema;

namespace Convonet.Tests.Transport;

/// <summary>The schema of the events against the golden samples, the server, and both sides' records.</summary>
public sealed class EventSchemaTests
{
    /// <summary>As it is, and with no room for fields that it does not name: what is sent is to be in it.</summary>
    private static readonly JsonSchema Strict = JsonSchema.FromText(Closed().ToJsonString());

    public static TheoryData<string> ServerSamples => [.. WireSamples.Server];

    public static TheoryData<string> ClientSamples => [.. WireSamples.Client];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Schema_OfTheServer_IsTheOneInTheRepository()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        using var http = TestUser.Client(server);

        using var response = await http.GetAsync("/schema/events.json", Token);

        // Should it differ because an event was changed: curl localhost:5080/schema/events.json -o docs/events.schema.json, then `npm run types` in tests/page.
        Assert.Equal((HttpStatusCode.OK, "application/schema+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(await File.ReadAllTextAsync(Repository.PathOf("docs", "events.schema.json"), Token), await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [MemberData(nameof(ServerSamples))]
    [MemberData(nameof(ClientSamples))]
    public void Schema_OfEachGoldenSample_AllowsItWithEveryField(string sample) => AssertValid(WireSamples.Read(sample));

    [Theory]
    [InlineData("""{"event":"interrupted","data":{"turn":3}}""")]
    [InlineData("""{"event":"interrupted","data":{"turn":"3","heard":12}}""")]
    [InlineData("""{"event":"interrupted","data":{"turn":3,"heard":12,"more":1}}""")]
    [InlineData("""{"event":"recording","data":{"state":"loud","mode":"hands_free"}}""")]
    [InlineData("""{"event":"agent_stream_chunk","data":{"text":"a","turn":1,"type":"song"}}""")]
    [InlineData("""{"event":"confirm","data":{"id":"call_1"}}""")]
    [InlineData("""{"event":"cancel","data":{"turn":0}}""")]
    [InlineData("""{"event":"unheard_of","data":{}}""")]
    [InlineData("""{"data":{}}""")]
    public void Schema_OfWhatIsNoEvent_RefusesIt(string frame) => Assert.False(IsValid(Encoding.UTF8.GetBytes(frame)));

    [Fact]
    public void Schema_OfEveryRecord_HasIt()
    {
        var (server, client) = (Records(typeof(SessionEvent)), Records(typeof(ClientEvent)));
        var definitions = JsonNode.Parse(EventSchema.Utf8.Span)!["$defs"]!.AsObject();

        Assert.Equal((server.Length, client.Length), (definitions["server"]!["oneOf"]!.AsArray().Count, definitions["client"]!["oneOf"]!.AsArray().Count));
        Assert.All(server, type => Assert.True(definitions.ContainsKey(type.Name)));
        Assert.All(client, type => Assert.True(definitions.ContainsKey("Client" + type.Name)));
    }

    [Fact]
    public void Words_OfTheRecords_AreThoseOfTheLibrary()
    {
        Assert.Equal(Enum.GetValues<TurnOutcome>().Select(outcome => WireJson.Word(outcome)).Order(), WordsOf(typeof(SessionEvent.AgentResponse), nameof(SessionEvent.AgentResponse.Outcome)).Order());
        Assert.Equal(Enum.GetValues<ToolOutcome>().Select(outcome => WireJson.Word(outcome)).Order(), WordsOf(typeof(SessionEvent.ToolEnded), nameof(SessionEvent.ToolEnded.Outcome)).Order());
    }

    [Theory]
    [MemberData(nameof(ServerSamples))]
    public void Read_EachServerSample_IsTheRecordThatWritesIt(string sample)
    {
        var read = EventFrame.Read(WireSamples.Read(sample));

        var again = read.Seq > 0 ? EventJson.Encode(new LoggedEvent(read.Seq, read.Event!), read.Epoch) : EventJson.Encode(read.Event!);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(WireSamples.Read(sample)), JsonElement.Parse(again)), Encoding.UTF8.GetString(again));
    }

    [Theory]
    [InlineData("""{"event":"unheard_of","data":{"more":1},"seq":7,"epoch":2}""", 7, 2)]
    [InlineData("""{"event":"agent_stream_chunk","data":{"type":"song"}}""", 0, 0)]
    public void Read_OfAnEventOfALaterVersion_KeepsItsNumber(string frame, long seq, int epoch) =>
        Assert.Equal(new EventFrame(null, seq, epoch), EventFrame.Read(Encoding.UTF8.GetBytes(frame)));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event":"interrupted","data":[]}""")]
    [InlineData("""{"event":7,"data":{}}""")]
    [InlineData("""{"event":"\ud800","data":{}}""")]
    [InlineData("""{"event":"interrupted","data":{"turn":"three"}}""")]
    [InlineData("""{"event":"status","data":{"code":"\ud800"}}""")]
    [InlineData("""{"event":"interrupted","data":{"turn":3,"heard":1},"seq":1.5}""")]
    public void Read_OfWhatIsNoFrame_Throws(string frame) => Assert.ThrowsAny<JsonException>(() => EventFrame.Read(Encoding.UTF8.GetBytes(frame)));

    [Fact]
    public void Encode_EachKindOfClientEvent_IsItsGoldenSampleAndUnderstood()
    {
        (string Sample, ClientEvent Said)[] all =
        [
            ("client.user_message", new ClientEvent.UserMessage("Add buy milk to my list", "m1")),
            ("client.confirm", new ClientEvent.Confirm("call_3_0_0", true)),
            ("client.authenticate", new ClientEvent.Authenticate("204731", "anna@example.com")),
            ("client.cancel", new ClientEvent.Cancel()),
            ("client.set_provider", new ClientEvent.SetProvider("claude")),
            ("client.start_recording", new ClientEvent.StartRecording("push_to_talk")),
            ("client.audio_data", new ClientEvent.AudioData([0x1A, 0x45, 0xDF, 0xA3])),
            ("client.stop_recording", new ClientEvent.StopRecording()),
            ("client.stop_recording.whole", new ClientEvent.StopRecording([0x1A, 0x45, 0xDF, 0xA3], "m5")),
            ("client.played", new ClientEvent.Played(3, 16_000, false)),
            ("client.recording", new ClientEvent.Recording("m4")),
            ("client.set_speech", new ClientEvent.SetSpeech("whole")),
            ("client.resume", new ClientEvent.ResumeConversation("c_8d2b41", 11, 1)),
        ];

        Assert.Equal(WireSamples.Client, all.Select(one => one.Sample).Order(StringComparer.Ordinal));
        Assert.Equal(Records(typeof(ClientEvent)).Length, all.Select(one => one.Said.GetType()).Distinct().Count());
        Assert.All(all, one =>
        {
            var encoded = ClientEventJson.Encode(one.Said);
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(WireSamples.Read(one.Sample)), JsonElement.Parse(encoded)), Encoding.UTF8.GetString(encoded));
            Assert.IsNotType<ClientFrame.Bad>(ClientFrame.Parse(encoded, new TransportOptions()));
        });
    }

    [Fact]
    public void Print_OfAPin_DoesNotShowIt() => Assert.DoesNotContain("204731", new ClientEvent.Authenticate("204731").ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task Events_OfRealTurns_AreAllInTheSchema()
    {
        await using var server = await TestServer.StartAsync(demo: true);
        using var client = await VoiceClient.ConnectAsync(server);
        client.HearsOfConversations = true;
        var seen = new List<WireEvent> { client.Hello };

        await client.SendAsync("set_speech", new { speech = "none" });
        seen.AddRange(await client.UntilAsync(one => one.Name is "error" or "status"));
        await client.AskAsync("Add buy milk to my to-do list");
        seen.AddRange(await client.UntilAsync("agent_response"));
        await client.SendAsync("user_message", new { text = "Delete buy milk from my list", voice = true });
        seen.AddRange(await client.UntilAsync("tool_confirmation"));
        await client.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 7 });
        seen.AddRange(await client.UntilAsync("snapshot"));
        await client.SendAsync("confirm", new { id = seen.Last(one => one.Name == "tool_confirmation").Data.GetProperty("tool_call").GetProperty("id").GetString(), yes = true });
        seen.AddRange(await client.UntilAsync("agent_response"));
        await client.SendAsync("set_provider", new { provider = "nobody" });
        seen.AddRange(await client.UntilAsync("error"));
        await client.SendAsync("start_recording");
        seen.AddRange(await client.UntilAsync(one => one.Name is "error" or "recording"));

        Assert.Superset(
            new HashSet<string> { "connected", "accepted", "agent_stream_chunk", "agent_tool_progress", "agent_tool_result", "tool_confirmation", "data_changed", "snapshot", "error", "agent_response" },
            seen.Select(one => one.Name).ToHashSet());
        Assert.All(seen, one => AssertValid(Encoding.UTF8.GetBytes(one.Raw)));
        Assert.All(seen, one => Assert.NotNull(EventFrame.Read(Encoding.UTF8.GetBytes(one.Raw)).Event));
    }

    private static void AssertValid(byte[] frame) => Assert.True(IsValid(frame), Encoding.UTF8.GetString(frame));

    private static bool IsValid(byte[] frame) => Strict.Evaluate(JsonNode.Parse(frame)).IsValid;

    private static Type[] Records(Type all) => [.. all.GetNestedTypes().Where(type => type.IsSubclassOf(all))];

    private static IEnumerable<string> WordsOf(Type record, string property) =>
        record.GetProperty(property)!.GetCustomAttributes(typeof(AllowedValuesAttribute), true).Cast<AllowedValuesAttribute>().Single().Values.Cast<string>();

    private static JsonNode Closed()
    {
        var schema = JsonNode.Parse(EventSchema.Utf8.Span)!;
        foreach (var definition in schema["$defs"]!.AsObject().Select(one => one.Value!.AsObject()).Where(one => one["oneOf"] is null))
        {
            definition["additionalProperties"] = false;
        }

        return schema;
    }
}
