using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Convonet.Load.Limit;

/// <summary>What the bare relay knows of a provider.</summary>
/// <param name="Name">Its name, as the server has it.</param>
/// <param name="Path">Where it is asked.</param>
/// <param name="EventType">The type of events with text.</param>
/// <param name="Field">The field that is the text.</param>
/// <param name="Before">The request before the question, which is a string in JSON.</param>
/// <param name="After">The request behind it.</param>
internal sealed record RelayProvider(string Name, string Path, string EventType, string Field, string Before, string After)
{
    public static readonly RelayProvider[] All =
    [
        new("gemini", "v1beta/models/gemini-3.5-flash-lite:streamGenerateContent?alt=sse", "message", "text",
            """{"contents":[{"role":"user","parts":[{"text":""", "}]}]}"),
        new("claude", "v1/messages", "content_block_delta", "text",
            """{"model":"claude-haiku-5-5","max_tokens":4096,"stream":true,"messages":[{"role":"user","content":""", "}]}"),
        new("openai", "v1/responses", "response.output_text.delta", "delta",
            """{"model":"gpt-6-luna","stream":true,"store":false,"input":[{"role":"user","content":[{"type":"input_text","text":""", "}]}]}"),
    ];

    private readonly byte[] _field = Encoding.UTF8.GetBytes(Field);

    /// <summary>The request for an answer.</summary>
    public HttpRequestMessage Ask(string question)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(Before + JsonSerializer.Serialize(question) + After, new MediaTypeHeaderValue("application/json")),
        };

        // Each takes its own.
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer none");
        request.Headers.TryAddWithoutValidation("x-api-key", "none");
        request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        request.Headers.TryAddWithoutValidation("x-goog-api-key", "none");
        return request;
    }

    /// <summary>The text of an event; null when it has none.</summary>
    public string? ReadText(string type, ReadOnlySpan<byte> data)
    {
        if (type != EventType)
        {
            return null;
        }

        var reader = new Utf8JsonReader(data);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(_field))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    return reader.GetString();
                }
            }
        }

        return null;
    }
}
