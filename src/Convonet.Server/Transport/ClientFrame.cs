using System.Text.Json;
using Convonet.Conversations;
using Convonet.Voice;

namespace Convonet.Server.Transport;

/// <summary>What a client asks for.</summary>
internal abstract record ClientFrame
{
    private const int LongestId = 64;
    private const int LongestHandle = 254;

    private ClientFrame()
    {
    }

    public sealed record UserMessage(string Text, string? ClientMsgId, bool IsVoice = false, WhenBusy WhenBusy = WhenBusy.Queue) : ClientFrame;

    public sealed record Confirm(string CallId, bool Yes) : ClientFrame;

    /// <summary>Who the client is, by a PIN that must not be printed.</summary>
    public sealed record Authenticate(string? User, string Pin) : ClientFrame
    {
        public override string ToString() => nameof(Authenticate);
    }

    public sealed record Cancel(int? Turn) : ClientFrame;

    public sealed record StartRecording(bool PushToTalk) : ClientFrame;

    public sealed record StopRecording : ClientFrame;

    /// <summary>Sound from the microphone.</summary>
    public sealed record Audio(byte[] Pcm) : ClientFrame;

    /// <summary>The next binary message is a recording.</summary>
    public sealed record Recording(string? ClientMsgId) : ClientFrame;

    /// <summary>A recording, with its place in memory; or why there is none.</summary>
    public sealed record Clip(string? ClientMsgId, ReadOnlyMemory<byte> Bytes, IDisposable? Place, SessionEvent.Refused? Refused = null) : ClientFrame;

    /// <summary>How many samples of a turn's speech have left the loudspeaker.</summary>
    public sealed record Played(int Turn, long Sample, bool Done) : ClientFrame;

    public sealed record SetProvider(string Provider) : ClientFrame;

    public sealed record SetSpeech(SpeechForm Form) : ClientFrame;

    public sealed record Resume(string Conversation, long After, int Epoch) : ClientFrame;

    /// <summary>A frame that cannot be carried out: why, for the client's developer.</summary>
    public sealed record Bad(string Code, string Message, string? ClientMsgId = null) : ClientFrame;

    /// <summary>Reads a text frame; never throws.</summary>
    public static ClientFrame Parse(ReadOnlyMemory<byte> utf8, TransportOptions limits)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || TextOf(root, "event") is not { } name)
            {
                return new Bad("missing_field", "A frame is a JSON object with an 'event'.");
            }

            var data = root.TryGetProperty("data", out var found) ? found : default;
            if (data.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null))
            {
                return new Bad("invalid_field", "'data' must be an object.");
            }

            return name switch
            {
                "user_message" => ParseUserMessage(data, limits),
                "authenticate" => ParseAuthenticate(data),
                "cancel" => ParseCancel(data),
                "confirm" => ParseConfirm(data),
                "set_provider" => TextOf(data, "provider") is { } provider ? new SetProvider(provider) : Missing(name, "provider"),
                "set_speech" => ParseSetSpeech(data),
                "resume" => ParseResume(data),
                "start_recording" => ParseStartRecording(data),
                "stop_recording" => new StopRecording(),
                "recording" => ParseRecording(data),
                "played" => ParsePlayed(data),
                _ => new Bad("unknown_event", $"There is no event '{(name.Length <= 40 ? name : name[..40])}'."),
            };
        }
        catch (JsonException)
        {
            return new Bad("invalid_json", "The frame is not valid JSON.");
        }
        catch (InvalidOperationException)
        {
            // A string that is not valid Unicode shows only when it is read.
            return new Bad("invalid_json", "The frame holds invalid text.");
        }
    }

    private static ClientFrame ParseUserMessage(JsonElement data, TransportOptions limits)
    {
        var id = TextOf(data, "client_msg_id");
        if (WrongId(data) is { } wrong)
        {
            return wrong;
        }

        if (Has(data, "text") && TextOf(data, "text") is null)
        {
            return new Bad("invalid_field", "'text' must be a string.", id);
        }

        if (TextOf(data, "text") is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return new Bad("missing_field", "'user_message' needs a text.", id);
        }

        if (WhenBusyOf(data) is not { } whenBusy)
        {
            return new Bad("invalid_field", "'when_busy' must be queue, interrupt or reject.", id);
        }

        return text.Length <= limits.MaxMessageLength
            ? new UserMessage(text, id, Has(data, "voice") && data.GetProperty("voice").ValueKind == JsonValueKind.True, whenBusy)
            : new Bad("message_too_long", $"A message has at most {limits.MaxMessageLength} characters; this one has {text.Length}.", id);
    }

    private static WhenBusy? WhenBusyOf(JsonElement data) => !Has(data, "when_busy") ? WhenBusy.Queue : TextOf(data, "when_busy") switch
    {
        "queue" => WhenBusy.Queue,
        "interrupt" => WhenBusy.Interrupt,
        "reject" => WhenBusy.Reject,
        _ => null,
    };

    private static Bad? WrongId(JsonElement data) =>
        TextOf(data, "client_msg_id") is var id && (id is { Length: 0 or > LongestId } || HasControls(id) || (id is null && Has(data, "client_msg_id")))
            ? new Bad("invalid_field", $"'client_msg_id' must have 1 to {LongestId} characters, without control characters.")
            : null;

    private static ClientFrame ParseRecording(JsonElement data) => WrongId(data) ?? (ClientFrame)new Recording(TextOf(data, "client_msg_id"));

    /// <summary>Whether it can be a PIN at all is not told here: a wrong one and none at all have the same answer.</summary>
    private static ClientFrame ParseAuthenticate(JsonElement data) =>
        TextOf(data, "pin") is not { Length: > 0 and <= LongestId } pin ? Missing("authenticate", "pin")
        : !Has(data, "user") ? new Authenticate(null, pin)
        : TextOf(data, "user") is { Length: > 0 and <= LongestHandle } user && !HasControls(user) ? new Authenticate(user, pin)
        : new Bad("invalid_field", "'user' must be a user name or an e-mail address.");

    /// <summary>Without a turn it means the running one; a turn that is not a number must not come to mean that.</summary>
    private static ClientFrame ParseCancel(JsonElement data) =>
        !Has(data, "turn") ? new Cancel(null)
        : NumberOf(data, "turn") is { } turn and > 0 and <= int.MaxValue ? new Cancel((int)turn)
        : new Bad("invalid_field", "'turn' must be the number of a turn.");

    /// <summary>Only a plain true is a yes.</summary>
    private static ClientFrame ParseConfirm(JsonElement data) =>
        TextOf(data, "id") is not { Length: > 0 and <= LongestId } id ? Missing("confirm", "id")
        : !Has(data, "yes") ? Missing("confirm", "yes")
        : data.GetProperty("yes").ValueKind is JsonValueKind.True or JsonValueKind.False ? new Confirm(id, data.GetProperty("yes").GetBoolean())
        : new Bad("invalid_field", "'yes' must be true or false.");

    private static ClientFrame ParseResume(JsonElement data) =>
        TextOf(data, "conversation") is not { Length: > 0 and <= LongestId } conversation || HasControls(conversation) ? Missing("resume", "conversation")
        : !Has(data, "after") ? Missing("resume", "after")
        : NumberOf(data, "after") is not { } after || after < 0 ? new Bad("invalid_field", "'after' must be a number of an event, or 0.")
        : new Resume(conversation, after, NumberOf(data, "epoch") is { } epoch and >= 0 and <= int.MaxValue ? (int)epoch : 0);

    private static ClientFrame ParseStartRecording(JsonElement data) =>
        !Has(data, "mode") || TextOf(data, "mode") == "hands_free" ? new StartRecording(PushToTalk: false)
        : TextOf(data, "mode") == "push_to_talk" ? new StartRecording(PushToTalk: true)
        : new Bad("invalid_field", "'mode' must be hands_free or push_to_talk.");

    private static ClientFrame ParseSetSpeech(JsonElement data) => TextOf(data, "speech") switch
    {
        "frames" => new SetSpeech(SpeechForm.Frames),
        "whole" => new SetSpeech(SpeechForm.Whole),
        "none" => new SetSpeech(SpeechForm.None),
        null when !Has(data, "speech") => Missing("set_speech", "speech"),
        _ => new Bad("invalid_field", "'speech' must be frames, whole or none."),
    };

    private static ClientFrame ParsePlayed(JsonElement data) =>
        !Has(data, "turn") ? Missing("played", "turn")
        : !Has(data, "sample") ? Missing("played", "sample")
        : NumberOf(data, "turn") is not { } turn || turn is < 0 or > int.MaxValue ? new Bad("invalid_field", "'turn' must be the number of a turn.")
        : NumberOf(data, "sample") is not { } sample || sample < 0 ? new Bad("invalid_field", "'sample' must be a number of samples.")
        : new Played((int)turn, sample, Has(data, "done") && data.GetProperty("done").ValueKind == JsonValueKind.True);

    private static Bad Missing(string name, string field) => new("missing_field", $"'{name}' needs '{field}'.");

    private static bool Has(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Ids and names have none; a store may not take them.</summary>
    private static bool HasControls(string? text) => text is not null && text.Any(char.IsControl);

    private static string? TextOf(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static long? NumberOf(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number : null;
}
