using System.Text.Json;
using Convonet.Conversations;
using Convonet.Server.Transport;
using Convonet.Voice;

namespace Convonet.Tests.Transport;

/// <summary>The events against the golden samples, which the page's tests read too.</summary>
public sealed class EventJsonTests
{
    private static readonly ToolCallReference CreateTodo = new("call_3_0_0", "create_todo");
    private static readonly JsonElement Milk = JsonElement.Parse("""{"title":"buy milk"}""");
    private static readonly JsonElement Todo = JsonElement.Parse("""{"id":"7","title":"buy milk"}""");

    /// <summary>How each WebM file begins.</summary>
    private static readonly byte[] WebM = [0x1A, 0x45, 0xDF, 0xA3];

    private static readonly JsonElement TodoId = JsonElement.Parse("""{"id":"0b0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88"}""");

    /// <summary>Sample, number in the conversation (0 for none), event.</summary>
    private static readonly (string Sample, long Seq, SessionEvent Event)[] Events =
    [
        ("connected", 0, new SessionEvent.Connected(
            "s_5f1c", "c_8d2b41", true, 1, "gemini",
            [new("gemini", "gemini-2.5-flash", false, true), new("claude", "claude-haiku-4-5", true, false)],
            new(8000, 65536),
            new(new("pocketsphinx"), new("flite", "rms"), null))),
        ("authenticated", 0, new SessionEvent.Authenticated(true, "Anna Muster", "Welcome back, Anna Muster!")),
        ("authenticated.failed", 0, new SessionEvent.Authenticated(false, null, "Invalid PIN. Please try again.")),
        ("accepted", 11, new SessionEvent.Accepted("m1", 3, "Add buy milk to my list", "gemini", "c_8d2b41")),
        ("agent_stream_chunk.text", 12, new SessionEvent.TextChunk("I added ", 3)),
        ("agent_stream_chunk.tool", 13, new SessionEvent.ToolChunk(new("create_todo", "call_3_0_0", Milk), 3, 412)),
        ("agent_tool_progress", 14, new SessionEvent.ToolProgress(CreateTodo, "running", "Looking for duplicates", 3)),
        ("agent_tool_result", 15, new SessionEvent.ToolEnded(CreateTodo, "ok", Todo, 38, null, 3, 450)),
        ("agent_tool_result.timeout", 16, new SessionEvent.ToolEnded(
            new("call_3_0_1", "get_calendar_events"), "timeout",
            JsonElement.Parse("\"get_calendar_events did not finish within 6 s.\""), 6000, 6000, 3, 6412)),
        ("status", 17, new SessionEvent.Status("waiting", "Still waiting for get_calendar_events…", 3)),
        ("agent_response", 18, new SessionEvent.AgentResponse(
            true, "I added buy milk to your list.", 3, "completed", null, "gemini", "gemini-2.5-flash", true, new(620, 1840), new(512, 48, 256) { Cost = 0.0001916m, Currency = "USD" })),
        ("agent_response.cached", 19, new SessionEvent.AgentResponse(
            true, "You can ask me to write things down.", 1, "completed", null, "claude", "claude-haiku-4-5", false, new(3, 5), new(0, 0, 0) { Cost = 0, Currency = "USD", Cached = true })),
        ("agent_response.budget", 24, new SessionEvent.AgentResponse(
            false, "", 5, "failed", new("budget_spent", "You have used up what there is for today. It begins anew tomorrow.", false),
            "claude", "claude-haiku-4-5", false, new(null, 2), null)),
        ("agent_response.failed", 22, new SessionEvent.AgentResponse(
            false, "", 4, "failed", new("overloaded", "The assistant is overloaded right now. Please try again in a moment.", true),
            "claude", "claude-haiku-4-5", false, new(null, 96), null)),
        ("error", 0, new SessionEvent.Refused("missing_field", "'user_message' needs a text.", "m7")),
        ("snapshot", 0, new SessionEvent.Snapshot("c_8d2b41", 1, 18, "gemini",
        [
            new(3, "m1", "Add buy milk to my list", "I added buy milk to your list.", [new("call_3_0_0", "create_todo", Milk, "ok", Todo, 38) { At = 8, AtMs = 412 }], "completed", null)
            {
                Provider = "gemini", Model = "gemini-2.5-flash", Emulated = true, Timing = new(620, 1840),
                Usage = new(512, 48, 256) { Cost = 0.0001916m, Currency = "USD", Characters = 30, AudioMs = 1800 },
            },
            new(4, "m4", "Delete it again", "One moment, ", [new("call_4_0_0", "delete_todo", TodoId, null, null, null, true) { At = 12, AtMs = 390, ExpiresMs = 18_000 }], null, null)
            {
                Provider = "gemini",
            },
        ])),
        ("tool_confirmation", 21, new SessionEvent.ToolConfirmation(
            new("delete_todo", "call_3_0_0", TodoId), 30_000, 3)),
        ("data_changed", 0, new SessionEvent.DataChanged(["todo"], new("5f0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88", "Added “buy milk”.", "create_todo", "call_3_0_0"))),
        ("reminder_due", 0, new SessionEvent.ReminderDue("7a0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88", "call Anna", "high", "2026-11-25T17:00:00")),
        ("superseded", 0, new SessionEvent.Superseded("c_8d2b41", 3, 34, 2)),
        ("interrupted", 23, new SessionEvent.Interrupted(3, 12)),
        ("turn_usage", 24, new SessionEvent.TurnUsage(3, new(1_512, 48, 1_024) { Cost = 0.0508m, Currency = "USD", Characters = 500 })),
        ("recording", 0, new SessionEvent.Recording("hearing", "hands_free")),
        ("transcription", 0, new SessionEvent.Transcription(true, "add buy milk to my list", true, 4)),
        ("recording_started", 0, new SessionEvent.RecordingStarted(true)),
        ("welcome_greeting", 0, new SessionEvent.WelcomeGreeting("Welcome back, Anna Muster! I'm your Convonet productivity assistant. How can I help you today?", "RIFF"u8.ToArray())),
        ("speech", 0, new SessionEvent.Spoken(3, 0, 0, 30)),
        ("speech_end", 0, new SessionEvent.SpeechEnd(3, 36_000)),
        ("audio_pause", 0, new SessionEvent.AudioPause(3)),
        ("audio_resume", 0, new SessionEvent.AudioResume(3)),
        ("turn_timing", 0, new SessionEvent.TurnTiming(3, 320, 410, 455, 490)),
        ("going_away", 0, new SessionEvent.GoingAway(500, "The server is restarting.")),
    ];

    public static TheoryData<string> ServerSamples => [.. WireSamples.Server];

    public static TheoryData<string> ClientSamples => [.. WireSamples.Client];

    [Theory]
    [MemberData(nameof(ServerSamples))]
    public void Encode_EachEvent_IsItsGoldenSample(string sample)
    {
        var (_, seq, sessionEvent) = Assert.Single(Events, one => one.Sample == sample);

        var encoded = seq > 0 ? EventJson.Encode(new LoggedEvent(seq, sessionEvent), 1) : EventJson.Encode(sessionEvent);

        var (expected, actual) = (JsonElement.Parse(WireSamples.Read(sample)), JsonElement.Parse(encoded));
        Assert.True(JsonElement.DeepEquals(expected, actual), $"Expected {expected}\nbut got {actual}");
    }

    /// <summary>What nodes tell each other. Audio of answers is made at each connection's own node.</summary>
    [Theory]
    [InlineData("accepted")]
    [InlineData("agent_stream_chunk.text")]
    [InlineData("agent_stream_chunk.tool")]
    [InlineData("agent_tool_progress")]
    [InlineData("agent_tool_result")]
    [InlineData("agent_tool_result.timeout")]
    [InlineData("agent_response")]
    [InlineData("agent_response.failed")]
    [InlineData("agent_response.cached")]
    [InlineData("agent_response.budget")]
    [InlineData("tool_confirmation")]
    [InlineData("interrupted")]
    [InlineData("turn_usage")]
    [InlineData("status")]
    [InlineData("snapshot")]
    [InlineData("data_changed")]
    public void Decode_WhatNodesTellEachOther_IsTheSameEventAgain(string sample)
    {
        var (_, seq, sessionEvent) = Assert.Single(Events, one => one.Sample == sample);
        var encoded = EventJson.Encode(new LoggedEvent(seq, sessionEvent), 1);

        var (decoded, number) = EventJson.Decode(encoded);

        Assert.Equal((sessionEvent.GetType(), seq), (decoded.GetType(), number));
        Assert.Equal(encoded, EventJson.Encode(new LoggedEvent(seq, decoded), 1));
    }

    [Fact]
    public void Encode_EveryKindOfEvent_HasASample()
    {
        var kinds = typeof(SessionEvent).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(SessionEvent)));

        Assert.Equal(kinds.OrderBy(type => type.Name), Events.Select(one => one.Event.GetType()).Distinct().OrderBy(type => type.Name));
        Assert.Equal(WireSamples.Server.Order(), Events.Select(one => one.Sample).Order());
    }

    [Theory]
    [MemberData(nameof(ClientSamples))]
    public void Parse_EachClientSample_IsUnderstood(string sample)
    {
        ClientFrame expected = sample switch
        {
            "client.user_message" => new ClientFrame.UserMessage("Add buy milk to my list", "m1"),
            "client.confirm" => new ClientFrame.Confirm("call_3_0_0", true),
            "client.authenticate" => new ClientFrame.Authenticate("anna@example.com", "204731"),
            "client.cancel" => new ClientFrame.Cancel(null),
            "client.set_provider" => new ClientFrame.SetProvider("claude"),
            "client.start_recording" => new ClientFrame.StartRecording(PushToTalk: true),
            "client.stop_recording" => new ClientFrame.StopRecording(),
            "client.audio_data" => new ClientFrame.AudioData(WebM),
            "client.stop_recording.whole" => new ClientFrame.StopRecording(WebM, "m5"),
            "client.played" => new ClientFrame.Played(3, 16_000, Done: false),
            "client.recording" => new ClientFrame.Recording("m4"),
            "client.set_speech" => new ClientFrame.SetSpeech(SpeechForm.Whole),
            "client.resume" => new ClientFrame.Resume("c_8d2b41", 11, 1),
            _ => throw new InvalidOperationException($"No test knows the sample {sample}."),
        };

        // Records compare bytes by where they are.
        Assert.Equal(Comparable(expected), Comparable(ClientFrame.Parse(WireSamples.Read(sample), new TransportOptions())));
    }

    private static object Comparable(ClientFrame frame) => frame switch
    {
        ClientFrame.AudioData data => Convert.ToHexString(data.Bytes),
        ClientFrame.StopRecording { Sound: { } sound } stop => (stop.ClientMsgId, stop.Place, Convert.ToHexString(sound.Span)),
        _ => frame,
    };
}
