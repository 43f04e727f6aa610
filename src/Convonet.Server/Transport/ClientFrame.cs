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

    /// <summary>The microphone is on.</summary>
    /// <param name="PushToTalk">Whether silence ends no turn.</param>
    /// <param name="IsWhole">Whether the sound comes in one piece, with <c>stop_recording</c>.</param>
    public sealed record StartRecording(bool PushToTalk, bool IsWhole = false) : ClientFrame;

    /// <summary>The microphone is off.</summary>
    /// <param name="Sound">What was said, as a file in a recorder's format; null when it came before, or comes with nothing.</param>
    /// <param name="ClientMsgId">The client's id of it.</param>
    /// <param name="Place">Its place in memory, where it has one already.</param>
    public sealed record StopRecording(ReadOnlyMemory<byte>? Sound = null, string? ClientMsgId = null, IDisposable? Place = null) : ClientFrame;

    /// <summary>A piece of what is being said: of the recorder's file, or sound from the microphone, as it was turned on.</summary>
    public sealed record AudioData(byte[] Bytes) : ClientFrame;

    /// <summary>A message that concerns only how messages are framed.</summary>
    /// <param name="IsAwaitingMore">Whether it is the beginning of one that goes on with the next.</param>
    public sealed record Nothing(bool IsAwaitingMore = false) : ClientFrame;

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

    public sealed record Resume(string Conversation, long After, int Epoch, bool Begins = false) : ClientFrame;

    /// <summary>A frame that cannot be carried out: why, for the client's developer, and where the frame itself is right, when to send it again.</summary>
    public sealed record Bad(string Code, string Message, string? ClientMsgId = null, long? RetryAfterMs = null) : ClientFrame;

    /// <summary>Reads a text frame of a plain WebSocket; never throws.</summary>
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

            return Read(name, root.TryGetProperty("data", out var found) ? found : default, new FrameContext(limits, ClientDefaults.Plain));
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

    /// <summary>Reads an event.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="data">Its data.</param>
    /// <param name="context">How it came.</param>
    /// <exception cref="InvalidOperationException">A string is not valid Unicode.</exception>
    public static ClientFrame Read(string name, JsonElement data, FrameContext context) =>
        data.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null) ? new Bad("invalid_field", "'data' must be an object.") : name switch
        {
            "user_message" => ParseUserMessage(data, context.Limits),
            "authenticate" => ParseAuthenticate(data),
            "cancel" => ParseCancel(data),
            "confirm" => ParseConfirm(data),
            "set_provider" => TextOf(data, "provider") is { } provider ? new SetProvider(provider) : Missing(name, "provider"),
            "set_speech" => ParseSetSpeech(data),
            "resume" => ParseResume(data),
            "start_recording" => ParseStartRecording(data, context.Defaults),
            "stop_recording" => ParseStopRecording(data, context),
            "audio_data" => BytesOf(data, "audio", context) is { } piece ? new AudioData(piece.ToArray()) : Missing(name, "audio"),
            "recording" => ParseRecording(data),
            "played" => ParsePlayed(data),
            _ => new Bad("unknown_event", $"There is no event '{(name.Length <= 40 ? name : name[..40])}'."),
        };

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
        : new Resume(conversation, after, NumberOf(data, "epoch") is { } epoch and >= 0 and <= int.MaxValue ? (int)epoch : 0, Has(data, "begins") && data.GetProperty("begins").ValueKind == JsonValueKind.True);

    private static ClientFrame ParseStartRecording(JsonElement data, ClientDefaults defaults) => TextOf(data, "mode") switch
    {
        "hands_free" => new StartRecording(PushToTalk: false),
        "push_to_talk" => new StartRecording(PushToTalk: true),
        "whole" => new StartRecording(PushToTalk: false, IsWhole: true),
        null when !Has(data, "mode") => new StartRecording(PushToTalk: false, defaults.RecordsWhole),
        _ => new Bad("invalid_field", "'mode' must be hands_free, push_to_talk or whole."),
    };

    private static ClientFrame ParseStopRecording(JsonElement data, FrameContext context) =>
        WrongId(data) ?? (!Has(data, "audio") ? new StopRecording(ClientMsgId: TextOf(data, "client_msg_id"))
        : BytesOf(data, "audio", context) is { } sound ? new StopRecording(sound, TextOf(data, "client_msg_id"))
        : (ClientFrame)new Bad("invalid_field", "'audio' must be a recording: base64, or a binary attachment where there are any.", TextOf(data, "client_msg_id")));

    /// <summary>Bytes in base64, or attached.</summary>
    private static ReadOnlyMemory<byte>? BytesOf(JsonElement owner, string name, FrameContext context)
    {
        if (!Has(owner, name))
        {
            return null;
        }

        var value = owner.GetProperty(name);
        if (value.ValueKind == JsonValueKind.String)
        {
            // A plain null would become no bytes.
            return value.TryGetBytesFromBase64(out var bytes) ? bytes.AsMemory() : default(ReadOnlyMemory<byte>?);
        }

        return NumberOf(value, "num") is { } number && number >= 0 && number < context.Attachments.Count ? context.Attachments[(int)number] : default(ReadOnlyMemory<byte>?);
    }

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

/// <summary>How an event came.</summary>
/// <param name="Limits">What it may hold.</param>
/// <param name="Defaults">What is meant by what is left out.</param>
internal readonly record struct FrameContext(TransportOptions Limits, ClientDefaults Defaults)
{
    /// <summary>What came with it, in binary.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; init; } = [];
}
