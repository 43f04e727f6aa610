using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
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
            : logged.EncodedBy(Encode, epoch).ToArray();

    /// <summary>An event that another node sent.</summary>
    /// <returns>The event, and whether clients get it in the same form.</returns>
    public static (SessionEvent Event, bool IsSame) FromNode(byte[] frame, TimeProvider time) => EventFrame.Read(frame).Event switch
    {
        // A newer node's: it goes on to clients as it came, and means nothing here.
        null => (new SessionEvent.Status("unknown", ""), true),

        // What is left of the time to answer runs on this node's clock from here.
        SessionEvent.ToolConfirmation question => (question with { AskedAt = time.GetTimestamp() }, false),
        var other => (other, true),
    };

    /// <summary>Reads what <see cref="Encode(SessionEvent)"/> wrote.</summary>
    /// <exception cref="JsonException">It is no event.</exception>
    public static (SessionEvent Event, long Seq) Decode(byte[] frame)
    {
        var read = EventFrame.Read(frame);
        return (read.Event ?? throw new JsonException("Another node sent an event that this one does not know."), read.Seq);
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
