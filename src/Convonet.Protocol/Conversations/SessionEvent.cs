using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Convonet.Conversations;

/// <summary>What a client is told. Field names on the wire are these in snake_case; <c>docs/protocol.md</c> describes each.</summary>
public abstract record SessionEvent
{
    private SessionEvent(string name) => Name = name;

    /// <summary>Name of the event on the wire.</summary>
    [JsonIgnore]
    public string Name { get; }

    /// <summary>Characters of what people, models and tools said in it; bounds the memory that kept events take.</summary>
    [JsonIgnore]
    public int Length => this switch
    {
        Accepted accepted => accepted.Text.Length,
        TextChunk chunk => chunk.Text.Length,
        ToolChunk chunk => LengthOf(chunk.ToolCall.Args),
        ToolConfirmation confirmation => LengthOf(confirmation.ToolCall.Args),
        ToolProgress progress => progress.Message?.Length ?? 0,
        ToolEnded ended => LengthOf(ended.Result),
        AgentResponse response => response.Text.Length,
        _ => 0,
    };

    private static int LengthOf(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length;

    /// <summary>The connection's first event.</summary>
    public sealed record Connected(
        string SessionId, string Conversation, bool SignedIn, int Epoch, string Provider, IReadOnlyList<ProviderView> Providers, LimitsView Limits, SpeechView? Speech = null) : SessionEvent("connected");

    /// <summary>Whether a PIN signed the connection in.</summary>
    public sealed record Authenticated(bool Success, string? UserName, string Message) : SessionEvent("authenticated");

    /// <summary>A message became a turn.</summary>
    public sealed record Accepted(string ClientMsgId, int Turn, string Text, string Provider, string Conversation) : SessionEvent("accepted");

    /// <summary>Text to append to a turn's answer.</summary>
    public sealed record TextChunk(string Text, int Turn) : SessionEvent("agent_stream_chunk")
    {
        /// <summary>Tells text chunks from tool chunks.</summary>
        [AllowedValues("text")]
        public string Type { get; } = "text";
    }

    /// <summary>A tool call starts.</summary>
    public sealed record ToolChunk(ToolCallView ToolCall, int Turn, long AtMs) : SessionEvent("agent_stream_chunk")
    {
        /// <summary>Tells tool chunks from text chunks.</summary>
        [AllowedValues("tool")]
        public string Type { get; } = "tool";
    }

    /// <summary>A call is being written (<c>asked</c>) or tells how it is getting on (<c>running</c>).</summary>
    public sealed record ToolProgress(ToolCallReference ToolCall, [property: AllowedValues("asked", "running")] string State, string? Message, int Turn) : SessionEvent("agent_tool_progress");

    /// <summary>A call ended.</summary>
    public sealed record ToolEnded(
        ToolCallReference ToolCall,
        [property: CallOutcomeWord] string Outcome,
        JsonElement Result, long ElapsedMs, long? LimitMs, int Turn, long AtMs) : SessionEvent("agent_tool_result");

    /// <summary>The one terminal event of every turn.</summary>
    public sealed record AgentResponse(
        bool Success,
        string Text,
        int Turn,
        [property: TurnOutcomeWord] string Outcome,
        ErrorView? Error, string Provider, string Model, bool Emulated, TimingView Timing, UsageView? Usage) : SessionEvent("agent_response")
    {
        /// <summary>A WAV file of the answer, base64 on the wire, for a client that asked for it; always written, else null.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public byte[]? Audio { get; init; }
    }

    /// <summary>The user stopped hearing a spoken answer: what comes after is not spoken, and the assistant does not believe that it said it.</summary>
    /// <param name="Turn">The turn.</param>
    /// <param name="Heard">Characters of its text that were heard.</param>
    public sealed record Interrupted(int Turn, int Heard) : SessionEvent("interrupted");

    /// <summary>A turn that has ended used more: its answer is still being spoken.</summary>
    /// <param name="Turn">The turn.</param>
    /// <param name="Usage">All that it used until now, in place of what was told before.</param>
    public sealed record TurnUsage(int Turn, UsageView Usage) : SessionEvent("turn_usage");

    /// <summary>Something worth telling that is not part of an answer.</summary>
    public sealed record Status(string Code, string Message, int? Turn = null, string? Provider = null) : SessionEvent("status");

    /// <summary>Things of the user changed, by a tool, another tab or somebody else: read anew what is shown of these kinds.</summary>
    /// <param name="Kinds"><c>todo</c>, <c>reminder</c>, <c>event</c>, <c>team</c>, <c>member</c>, <c>conversation</c>.</param>
    /// <param name="Change">What the user, or the assistant for the user, did; null when it was somebody else.</param>
    public sealed record DataChanged(IReadOnlyList<string> Kinds, ChangeView? Change) : SessionEvent("data_changed");

    /// <summary>A reminder is due.</summary>
    /// <param name="Id">Its id; the same reminder may be told twice, after a restart.</param>
    /// <param name="Text">What to be reminded of.</param>
    /// <param name="Importance"><c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</param>
    /// <param name="RemindAt">When it was due, on the user's clock.</param>
    public sealed record ReminderDue(string Id, string Text, [property: AllowedValues("low", "medium", "high", "urgent")] string Importance, string RemindAt) : SessionEvent("reminder_due");

    /// <summary>A call waits for the user's yes; the client answers it with <c>confirm</c>.</summary>
    public sealed record ToolConfirmation(ToolCallView ToolCall, long ExpiresMs, int Turn) : SessionEvent("tool_confirmation")
    {
        /// <summary>When it was asked, a timestamp of the server's clock.</summary>
        [JsonIgnore]
        public long? AskedAt { get; init; }

        /// <summary>The question as it stands now: whoever is told late has less time to answer.</summary>
        public ToolConfirmation AsOf(TimeProvider time) =>
            AskedAt is { } asked ? this with { ExpiresMs = Math.Max(0, ExpiresMs - (long)time.GetElapsedTime(asked).TotalMilliseconds) } : this;
    }

    /// <summary>How it stands with the client's microphone: <c>on</c>, <c>hearing</c>, <c>finishing</c> or <c>off</c>.</summary>
    public sealed record Recording([property: AllowedValues("on", "hearing", "finishing", "off")] string State, [property: AllowedValues("hands_free", "push_to_talk")] string Mode) : SessionEvent("recording");

    /// <summary>What was heard of one utterance so far; each replaces the one before it. That of a recording is number -1, and has the recording's id.</summary>
    /// <param name="Success">Whether words were heard.</param>
    /// <param name="Text">The words.</param>
    /// <param name="Final">Whether nothing replaces it any more.</param>
    /// <param name="Utterance">The number.</param>
    /// <param name="ClientMsgId">The id of a recording.</param>
    /// <param name="Message">Why there are no words, for people.</param>
    public sealed record Transcription(bool Success, string Text, bool Final, int Utterance, string? ClientMsgId = null, string? Message = null) : SessionEvent("transcription");

    /// <summary>A recording that comes in one piece may begin.</summary>
    public sealed record RecordingStarted(bool Success) : SessionEvent("recording_started");

    /// <summary>Greets a user who has signed in, in clients that expect it.</summary>
    /// <param name="Text">The greeting.</param>
    /// <param name="Audio">A WAV file of it, base64 on the wire; null when it could not be spoken.</param>
    public sealed record WelcomeGreeting(string Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] byte[]? Audio) : SessionEvent("welcome_greeting");

    /// <summary>Which characters of a turn's text a sentence of its speech speaks; comes before its audio.</summary>
    public sealed record Spoken(int Turn, int Sentence, int Start, [property: JsonPropertyName("length")] int TextLength) : SessionEvent("speech");

    /// <summary>All audio of a turn was sent.</summary>
    public sealed record SpeechEnd(int Turn, long Samples) : SessionEvent("speech_end");

    /// <summary>The user talks over the speech, perhaps: the player holds still.</summary>
    public sealed record AudioPause(int Turn) : SessionEvent("audio_pause");

    /// <summary>It was nothing: the player goes on.</summary>
    public sealed record AudioResume(int Turn) : SessionEvent("audio_resume");

    /// <summary>Where the time of a spoken turn went, in milliseconds since the end of the user's speech.</summary>
    public sealed record TurnTiming(int Turn, long? Transcript, long? FirstToken, long? FirstClause, long? FirstAudio) : SessionEvent("turn_timing");

    /// <summary>A client's frame was not accepted.</summary>
    /// <param name="Code">Why, for programs.</param>
    /// <param name="Message">Why, for people.</param>
    /// <param name="ClientMsgId">The message that it is about.</param>
    /// <param name="RetryAfterMs">When the same may be tried again, in milliseconds.</param>
    public sealed record Refused(string Code, string Message, string? ClientMsgId = null, long? RetryAfterMs = null) : SessionEvent("error");

    /// <summary>A conversation as it stands, for a client that cannot be brought up to date event by event.</summary>
    public sealed record Snapshot(string Conversation, int Epoch, long Seq, string Provider, IReadOnlyList<TurnView> Turns) : SessionEvent("snapshot");

    /// <summary>Another process, or another node, goes on with a turn: what was shown of its answer behind <paramref name="Keep"/> characters was not kept and is replaced. A snapshot follows.</summary>
    /// <param name="Conversation">The conversation.</param>
    /// <param name="Turn">The turn.</param>
    /// <param name="Keep">Characters of its text that stay.</param>
    /// <param name="Epoch">The epoch of the event numbers from now on.</param>
    public sealed record Superseded(string Conversation, int Turn, int Keep, int Epoch) : SessionEvent("superseded");

    /// <summary>The server stops.</summary>
    public sealed record GoingAway(int AfterMs, string Message) : SessionEvent("going_away");
}
