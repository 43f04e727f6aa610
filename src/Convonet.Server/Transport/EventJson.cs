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

    /// <summary>A snapshot may be large; no thread keeps room for one.</summary>
    private const int MostScratch = 16 * 1024;

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>An event of a conversation.</summary>
    public static byte[] Encode(LoggedEvent logged, int epoch) => Encode(logged.Event, logged.Seq, epoch);

    /// <summary>An event of this connection only.</summary>
    public static byte[] Encode(SessionEvent sessionEvent) => Encode(sessionEvent, 0, 0);

    /// <summary>An event as another node gets it: in wire format.</summary>
    public static byte[] ForNode(LoggedEvent logged, int epoch, TimeProvider time) =>
        logged.Event is SessionEvent.ToolConfirmation question
            ? Encode(new LoggedEvent(logged.Seq, question.AsOf(time)), epoch)
            : logged.EncodedBy(one => Encode(one, epoch)).ToArray();

    /// <summary>An event that another node sent.</summary>
    /// <returns>The event, and whether clients get it in the same form.</returns>
    public static (SessionEvent Event, bool IsSame) FromNode(byte[] frame, TimeProvider time) => Decode(frame).Event switch
    {
        // What is left of the time to answer runs on this node's clock from here.
        SessionEvent.ToolConfirmation question => (question with { AskedAt = time.GetTimestamp() }, false),
        var other => (other, true),
    };

    /// <summary>Reads what <see cref="Encode(SessionEvent)"/> wrote.</summary>
    /// <exception cref="JsonException">It is no event.</exception>
    public static (SessionEvent Event, long Seq) Decode(byte[] frame)
    {
        using var document = JsonDocument.Parse(frame);
        var root = document.RootElement;
        var data = root.GetProperty("data"u8);
        var name = root.GetProperty("event"u8).GetString();
        var type = name switch
        {
            "accepted" => typeof(SessionEvent.Accepted),
            "agent_stream_chunk" => data.GetProperty("type"u8).ValueEquals("text"u8) ? typeof(SessionEvent.TextChunk) : typeof(SessionEvent.ToolChunk),
            "agent_tool_progress" => typeof(SessionEvent.ToolProgress),
            "agent_tool_result" => typeof(SessionEvent.ToolEnded),
            "agent_response" => typeof(SessionEvent.AgentResponse),
            "tool_confirmation" => typeof(SessionEvent.ToolConfirmation),
            "interrupted" => typeof(SessionEvent.Interrupted),
            "status" => typeof(SessionEvent.Status),
            "data_changed" => typeof(SessionEvent.DataChanged),
            "snapshot" => typeof(SessionEvent.Snapshot),
            _ => throw new JsonException($"'{name}' is no event that goes from node to node."),
        };
        return ((SessionEvent)data.Deserialize(EventJsonContext.Default.GetTypeInfo(type)!)!, root.TryGetProperty("seq"u8, out var seq) ? seq.GetInt64() : 0);
    }

    private static byte[] Encode(SessionEvent sessionEvent, long seq, int epoch)
    {
        // One a thread, kept for the next event: nothing in here waits.
        var (buffer, writer) = _scratch ??= NewScratch();
        try
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
            writer.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            buffer.ResetWrittenCount();
            writer.Reset();
            _scratch = buffer.Capacity <= MostScratch ? _scratch : null;
        }
    }

    private static Scratch NewScratch()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        return new Scratch(buffer, new Utf8JsonWriter(buffer, Options));
    }

    private sealed record Scratch(ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer);
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
