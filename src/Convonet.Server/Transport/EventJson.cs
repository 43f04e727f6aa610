using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Convonet.Conversations;

namespace Convonet.Server.Transport;

/// <summary>Puts events into wire format: <c>{"event":NAME,"data":{…},"seq":N,"epoch":E}</c>.</summary>
internal static class EventJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>An event of a conversation.</summary>
    public static byte[] Encode(LoggedEvent logged, int epoch) => Encode(logged.Event, logged.Seq, epoch);

    /// <summary>An event of this connection only.</summary>
    public static byte[] Encode(SessionEvent sessionEvent) => Encode(sessionEvent, 0, 0);

    private static byte[] Encode(SessionEvent sessionEvent, long seq, int epoch)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, sessionEvent.Name);
            writer.WritePropertyName("data"u8);
            JsonSerializer.Serialize(writer, sessionEvent, EventJsonContext.Default.GetTypeInfo(sessionEvent.GetType())!);
            if (seq > 0)
            {
                writer.WriteNumber("seq"u8, seq);
                writer.WriteNumber("epoch"u8, epoch);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>The wire form of the events: snake_case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionEvent.Connected))]
[JsonSerializable(typeof(SessionEvent.Authenticated))]
[JsonSerializable(typeof(SessionEvent.Accepted))]
[JsonSerializable(typeof(SessionEvent.TextChunk))]
[JsonSerializable(typeof(SessionEvent.ToolChunk))]
[JsonSerializable(typeof(SessionEvent.ToolProgress))]
[JsonSerializable(typeof(SessionEvent.ToolEnded))]
[JsonSerializable(typeof(SessionEvent.AgentResponse), GenerationMode = JsonSourceGenerationMode.Metadata)] // The other mode writes bytes that are null as an empty string.
[JsonSerializable(typeof(SessionEvent.ToolConfirmation))]
[JsonSerializable(typeof(SessionEvent.DataChanged))]
[JsonSerializable(typeof(SessionEvent.ReminderDue))]
[JsonSerializable(typeof(SessionEvent.Status))]
[JsonSerializable(typeof(SessionEvent.Refused))]
[JsonSerializable(typeof(SessionEvent.Snapshot))]
[JsonSerializable(typeof(SessionEvent.Interrupted))]
[JsonSerializable(typeof(SessionEvent.Recording))]
[JsonSerializable(typeof(SessionEvent.Transcription))]
[JsonSerializable(typeof(SessionEvent.Spoken))]
[JsonSerializable(typeof(SessionEvent.SpeechEnd))]
[JsonSerializable(typeof(SessionEvent.AudioPause))]
[JsonSerializable(typeof(SessionEvent.AudioResume))]
[JsonSerializable(typeof(SessionEvent.TurnTiming))]
[JsonSerializable(typeof(SessionEvent.Superseded))]
[JsonSerializable(typeof(SessionEvent.GoingAway))]
[JsonSerializable(typeof(IReadOnlyList<ProviderView>), TypeInfoPropertyName = "ProviderViews")]
internal sealed partial class EventJsonContext : JsonSerializerContext;
