using System.Text.Json;
using System.Text.Json.Serialization;

namespace Convonet.Speech.Recognition.Deepgram;

/// <summary>A message from Deepgram. Only <c>Results</c> has the other fields.</summary>
/// <see href="https://developers.deepgram.com/reference/speech-to-text/listen-streaming"/>
/// <param name="Type">Its kind.</param>
/// <param name="Start">Where in the connection's audio its part begins, in seconds.</param>
/// <param name="Duration">How long the part is, in seconds.</param>
/// <param name="IsFinal">The part is settled, and the next message goes on behind it.</param>
/// <param name="SpeechFinal">A pause settled it.</param>
/// <param name="FromFinalize">It answers our <c>Finalize</c>.</param>
/// <param name="Channel">The words; other kinds of messages have something else here.</param>
internal sealed record ListenMessage(
    string? Type, double Start, double Duration, bool IsFinal, bool SpeechFinal, bool FromFinalize, JsonElement Channel)
{
    internal string Text =>
        Channel.ValueKind == JsonValueKind.Object && Channel.TryGetProperty("alternatives", out var alternatives)
        && alternatives.ValueKind == JsonValueKind.Array && alternatives.GetArrayLength() > 0
        && alternatives[0].TryGetProperty("transcript", out var transcript)
            ? transcript.GetString() ?? ""
            : "";

    /// <exception cref="RecognitionException">It is not JSON.</exception>
    internal static ListenMessage Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ListenJson.Default.ListenMessage) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new RecognitionException(RecognitionErrorKind.Failed, "Deepgram sent something that is not its protocol.", error);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListenMessage))]
internal sealed partial class ListenJson : JsonSerializerContext;
