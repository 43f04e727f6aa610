using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Convonet.Tools;

namespace Convonet.Models.Gemini;

/// <summary>What Gemini wants back with a part of the history, beside the text or the call itself.</summary>
/// <param name="Signature">The thought signature, in base64 as it came.</param>
/// <param name="CallId">Gemini's own id of a function call.</param>
/// <param name="Thought">The text of a thought part, which is never shown; null for any other part.</param>
/// <see href="https://ai.google.dev/gemini-api/docs/thought-signatures"/>
internal readonly record struct GeminiPartData(string? Signature, string? CallId = null, string? Thought = null)
{
    /// <summary>The adapter's name in <see cref="ProviderData.Provider"/>.</summary>
    public const string Provider = "gemini";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads what this adapter wrote; empty for a part that another provider wrote.</summary>
    public static GeminiPartData Read(ProviderData? data)
    {
        if (data is not { Provider: Provider })
        {
            return default;
        }

        using var json = JsonDocument.Parse(data.Json);
        return new GeminiPartData(Text("thoughtSignature"), Text("id"), Text("thought"));

        string? Text(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    /// <summary>The data as it is kept in the history; null when there is nothing to keep.</summary>
    public ProviderData? ToProviderData()
    {
        if (Signature is null && CallId is null)
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Plain))
        {
            writer.WriteStartObject();
            Write(writer, "id", CallId);
            Write(writer, "thought", Thought);
            Write(writer, "thoughtSignature", Signature);
            writer.WriteEndObject();
        }

        return new ProviderData(Provider, Encoding.UTF8.GetString(json.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
