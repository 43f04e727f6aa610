using System.Text.Json;

namespace Convonet.Conversations;

/// <summary>A text frame of the server.</summary>
/// <param name="Event">What it tells; null when this version does not know such an event, which is to be ignored.</param>
/// <param name="Seq">The event's number in its conversation, from 1; 0 for one that concerns the connection only.</param>
/// <param name="Epoch">The epoch of that number; 0 for an event without one.</param>
public readonly record struct EventFrame(SessionEvent? Event, long Seq, int Epoch)
{
    /// <summary>Reads a frame.</summary>
    /// <param name="utf8">The whole message.</param>
    /// <exception cref="JsonException">It is no frame, or an event that is known has a field of another type.</exception>
    public static EventFrame Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || Member(root, "event") is not { ValueKind: JsonValueKind.String } name
            || Member(root, "data") is not { ValueKind: JsonValueKind.Object } data)
        {
            throw new JsonException("A frame is a JSON object with 'event' and 'data'.");
        }

        try
        {
            var kind = KindOf(name.GetString()!, data);
            return new(
                kind is null ? null : (SessionEvent?)data.Deserialize(EventJsonContext.Default.GetTypeInfo(kind)!),
                Member(root, "seq")?.GetInt64() ?? 0,
                Member(root, "epoch")?.GetInt32() ?? 0);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw new JsonException("Half a character, or a number that is none.", error);
        }
    }

    private static JsonElement? Member(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value : null;

    private static Type? KindOf(string name, JsonElement data) => name switch
    {
        "connected" => typeof(SessionEvent.Connected),
        "authenticated" => typeof(SessionEvent.Authenticated),
        "accepted" => typeof(SessionEvent.Accepted),
        "agent_stream_chunk" => Member(data, "type") switch
        {
            { ValueKind: JsonValueKind.String } type when type.ValueEquals("text"u8) => typeof(SessionEvent.TextChunk),
            { ValueKind: JsonValueKind.String } type when type.ValueEquals("tool"u8) => typeof(SessionEvent.ToolChunk),
            _ => null,
        },
        "agent_tool_progress" => typeof(SessionEvent.ToolProgress),
        "agent_tool_result" => typeof(SessionEvent.ToolEnded),
        "agent_response" => typeof(SessionEvent.AgentResponse),
        "tool_confirmation" => typeof(SessionEvent.ToolConfirmation),
        "interrupted" => typeof(SessionEvent.Interrupted),
        "status" => typeof(SessionEvent.Status),
        "error" => typeof(SessionEvent.Refused),
        "data_changed" => typeof(SessionEvent.DataChanged),
        "reminder_due" => typeof(SessionEvent.ReminderDue),
        "snapshot" => typeof(SessionEvent.Snapshot),
        "superseded" => typeof(SessionEvent.Superseded),
        "going_away" => typeof(SessionEvent.GoingAway),
        "recording" => typeof(SessionEvent.Recording),
        "transcription" => typeof(SessionEvent.Transcription),
        "speech" => typeof(SessionEvent.Spoken),
        "speech_end" => typeof(SessionEvent.SpeechEnd),
        "audio_pause" => typeof(SessionEvent.AudioPause),
        "audio_resume" => typeof(SessionEvent.AudioResume),
        "turn_timing" => typeof(SessionEvent.TurnTiming),
        "turn_usage" => typeof(SessionEvent.TurnUsage),
        "recording_started" => typeof(SessionEvent.RecordingStarted),
        "welcome_greeting" => typeof(SessionEvent.WelcomeGreeting),
        _ => null,
    };
}
