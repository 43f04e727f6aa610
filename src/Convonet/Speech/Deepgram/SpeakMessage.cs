using System.Text.Json.Serialization;

namespace Convonet.Speech.Deepgram;

/// <summary>A text message of the speak socket, as far as it is read or written here.</summary>
internal sealed record SpeakMessage([property: JsonPropertyName("type")] string? Type, [property: JsonPropertyName("text")] string? Text);

[JsonSerializable(typeof(SpeakMessage))]
internal sealed partial class SpeakJson : JsonSerializerContext;
