using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Convonet.Conversations;

/// <summary>Puts what a client says into wire format: <c>{"event":NAME,"data":{…}}</c>.</summary>
public static class ClientEventJson
{
    /// <summary>The text frame of an event.</summary>
    public static byte[] Encode(ClientEvent said)
    {
        ArgumentNullException.ThrowIfNull(said);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, said.Name);
            writer.WritePropertyName("data"u8);
            JsonSerializer.Serialize(writer, said, ClientEventJsonContext.Default.GetTypeInfo(said.GetType())!);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>The wire form of what clients say: snake_case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientEvent.UserMessage))]
[JsonSerializable(typeof(ClientEvent.Confirm))]
[JsonSerializable(typeof(ClientEvent.Cancel))]
[JsonSerializable(typeof(ClientEvent.StartRecording))]
[JsonSerializable(typeof(ClientEvent.AudioData))]
[JsonSerializable(typeof(ClientEvent.StopRecording), GenerationMode = JsonSourceGenerationMode.Metadata)] // The other mode writes bytes that are null as an empty string.
[JsonSerializable(typeof(ClientEvent.Played))]
[JsonSerializable(typeof(ClientEvent.Recording))]
[JsonSerializable(typeof(ClientEvent.Authenticate))]
[JsonSerializable(typeof(ClientEvent.SetProvider))]
[JsonSerializable(typeof(ClientEvent.SetSpeech))]
[JsonSerializable(typeof(ClientEvent.ResumeConversation))]
internal sealed partial class ClientEventJsonContext : JsonSerializerContext;
