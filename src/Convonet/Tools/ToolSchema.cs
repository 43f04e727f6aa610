using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using NJsonSchema;
using NJsonSchema.Validation;

namespace Convonet.Tools;

/// <summary>Checks a call's arguments against its tool's JSON Schema.</summary>
internal sealed class ToolSchema
{
    /// <summary>
    /// Property of tools that take no argument but those in their schema. It is not said in the schema itself, because Gemini's cannot say it.
    /// </summary>
    internal const string Closed = "convonet.closed";

    private const int MostErrorsTold = 3;
    private const int LongestName = 64;

    private readonly ConditionalWeakTable<AIFunctionDeclaration, Task<JsonSchema>> _schemas = [];

    /// <summary>Parses a call's arguments and checks them.</summary>
    /// <returns>The arguments, or a sentence for the model that says what is wrong with them.</returns>
    public async Task<(Dictionary<string, object?>? Arguments, string? Error)> CheckAsync(AIFunctionDeclaration tool, string arguments)
    {
        var json = arguments.Length == 0 ? "{}" : arguments;
        Dictionary<string, object?> parsed = new(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, "The arguments must be a JSON object.");
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                parsed[property.Name] = property.Value.Clone();
            }
        }
        catch (JsonException)
        {
            return (null, "The arguments are not valid JSON.");
        }

        var schema = await _schemas.GetValue(tool, static one => JsonSchema.FromJsonAsync(one.JsonSchema.GetRawText()));
        var errors = schema.Validate(json);
        return errors.Count > 0 ? (null, Describe(errors))
            : tool.AdditionalProperties.ContainsKey(Closed) && parsed.Keys.FirstOrDefault(name => !schema.Properties.ContainsKey(name)) is { } unknown ? (null, Describe(unknown, schema))
            : (parsed, null);
    }

    private static string Describe(string unknown, JsonSchema schema) =>
        $"The arguments do not fit: there is no '{(unknown.Length <= LongestName ? unknown : unknown[..LongestName])}'. "
        + (schema.Properties.Count == 0 ? "There are no parameters." : $"The parameters are: {string.Join(", ", schema.Properties.Keys)}.");

    private static string Describe(ICollection<ValidationError> errors) =>
        "The arguments do not fit: " + string.Join("; ", errors.Take(MostErrorsTold).Select(SchemaWords.Of)) + ".";
}
