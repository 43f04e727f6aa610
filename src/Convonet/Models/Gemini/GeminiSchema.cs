using System.Text.Json;
using System.Text.Json.Nodes;

namespace Convonet.Models.Gemini;

/// <summary>A tool's parameters in the subset of OpenAPI 3.0 that Gemini's function declarations take.</summary>
/// <param name="Parameters">The <c>Schema</c> object; null when the tool has no parameters.</param>
/// <param name="Lost">What the subset cannot say, as <c>path: keyword</c>. Arguments are still checked against the tool's own schema.</param>
/// <see href="https://ai.google.dev/api/caching#Schema"/>
internal sealed record GeminiSchema(JsonObject? Parameters, IReadOnlyList<string> Lost)
{
    /// <summary>Converts a JSON Schema of any common draft. What cannot be said is left out, never refused.</summary>
    public static GeminiSchema Convert(JsonElement jsonSchema)
    {
        if (jsonSchema.ValueKind != JsonValueKind.Object)
        {
            return new GeminiSchema(null, []);
        }

        var lost = new List<string>();
        var parameters = new GeminiSchemaConverter(JsonObject.Create(jsonSchema)!, lost).Convert();
        return new GeminiSchema(parameters, lost);
    }
}
