using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Convonet.Conversations;

/// <summary>What a client says. Field names on the wire are these in snake_case, and what is null is left out; <c>docs/protocol.md</c> describes each.</summary>
public abstract record ClientEvent
{
    private const int LongestId = 64;
    private const string OnStrings = "On a string the attribute reflects on nothing, and the schema alone is made of it.";

    private ClientEvent(string name) => Name = name;

    /// <summary>Name of the event on the wire.</summary>
    [JsonIgnore]
    public string Name { get; }

    /// <summary>A message of the user.</summary>
    /// <param name="Text">1 to 8,000 characters.</param>
    /// <param name="ClientMsgId">The same id never makes a second turn.</param>
    /// <param name="Voice">True when it was spoken.</param>
    /// <param name="WhenBusy">What becomes of it while a turn runs or waits; null is <c>queue</c>.</param>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = OnStrings)]
    public sealed record UserMessage(
        [property: MinLength(1)] string Text,
        [property: StringLength(LongestId, MinimumLength = 1)] string? ClientMsgId = null,
        bool? Voice = null,
        [property: AllowedValues("queue", "interrupt", "reject")] string? WhenBusy = null) : ClientEvent("user_message");

    /// <summary>Answers a <see cref="SessionEvent.ToolConfirmation"/>.</summary>
    /// <param name="Id">Of the call.</param>
    /// <param name="Yes">Whether it may run.</param>
    public sealed record Confirm([property: StringLength(LongestId, MinimumLength = 1)] string Id, bool Yes) : ClientEvent("confirm");

    /// <summary>Stops a turn, and what is spoken.</summary>
    /// <param name="Turn">Null: the one that runs.</param>
    public sealed record Cancel([property: Range(1, int.MaxValue)] int? Turn = null) : ClientEvent("cancel");

    /// <summary>Sound of the microphone follows.</summary>
    /// <param name="Mode">Null is <c>hands_free</c>; <c>whole</c>: the sound comes in one piece, with <see cref="StopRecording"/>.</param>
    public sealed record StartRecording([property: AllowedValues("hands_free", "push_to_talk", "whole")] string? Mode = null) : ClientEvent("start_recording");

    /// <summary>A piece of what is being said, as base64: sound from the microphone, or of the recorder's file.</summary>
    /// <param name="Audio">The piece.</param>
    public sealed record AudioData(byte[] Audio) : ClientEvent("audio_data");

    /// <summary>The microphone is off.</summary>
    /// <param name="Audio">What was said, as a file in a recorder's format, base64 on the wire; null when it came before.</param>
    /// <param name="ClientMsgId">The same id never makes a second turn.</param>
    public sealed record StopRecording(byte[]? Audio = null, [property: StringLength(LongestId, MinimumLength = 1)] string? ClientMsgId = null) : ClientEvent("stop_recording");

    /// <summary>How much of a turn's speech has left the loudspeaker.</summary>
    /// <param name="Turn">The turn; 0 is speech of none.</param>
    /// <param name="Sample">Samples.</param>
    /// <param name="Done">Nothing is left to play.</param>
    public sealed record Played([property: Range(0, int.MaxValue)] int Turn, [property: Range(0d, long.MaxValue)] long Sample, bool? Done = null) : ClientEvent("played");

    /// <summary>The next binary message is a whole recording.</summary>
    /// <param name="ClientMsgId">The same id never makes a second turn.</param>
    public sealed record Recording([property: StringLength(LongestId, MinimumLength = 1)] string? ClientMsgId = null) : ClientEvent("recording");

    /// <summary>Says by PIN who the user is.</summary>
    /// <param name="Pin">4 to 6 digits.</param>
    /// <param name="User">User name or e-mail address; null where one account alone has a PIN.</param>
    public sealed record Authenticate([property: StringLength(LongestId, MinimumLength = 1)] string Pin, [property: StringLength(254, MinimumLength = 1)] string? User = null) : ClientEvent("authenticate")
    {
        /// <summary>Without the PIN, which must not be printed.</summary>
        public override string ToString() => nameof(Authenticate);
    }

    /// <summary>Chooses who answers the turns that begin after it.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = OnStrings)]
    public sealed record SetProvider([property: MinLength(1)] string Provider) : ClientEvent("set_provider");

    /// <summary>How this connection wants to be spoken to.</summary>
    public sealed record SetSpeech([property: AllowedValues("frames", "whole", "none")] string Speech) : ClientEvent("set_speech");

    /// <summary>Follows a conversation.</summary>
    /// <param name="Conversation">Which one.</param>
    /// <param name="After">The last number that is known; 0 for all.</param>
    /// <param name="Epoch">Of that number.</param>
    /// <param name="Begins">True for a conversation that another connection was given and of which nothing was ever told: where none of it is kept, it begins on this one.</param>
    public sealed record ResumeConversation(
        [property: StringLength(LongestId, MinimumLength = 1)] string Conversation, [property: Range(0d, long.MaxValue)] long After, int Epoch, bool? Begins = null) : ClientEvent("resume");
}
