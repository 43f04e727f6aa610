using System.Text.Json;
using System.Text.Json.Nodes;

namespace Convonet.Server.Mcp;

/// <summary>Makes a foreign tool's JSON Schema one that we and every provider can take.</summary>
internal static class McpSchema
{
    /// <summary>In characters; it is sent to the model with each request.</summary>
    private const int Longest = 32 * 1024;

    /// <summary>Whose keys are names that the tool's author chose, not keywords.</summary>
    private static readonly string[] Maps = ["properties", "$defs", "definitions", "dependentSchemas"];

    /// <summary>
    /// Cleans a schema. Regular expressions are taken out: ours would run a foreign one without a limit, and the server checks its arguments itself. So are
    /// alternatives at the top, which some providers refuse, and with them every request that names the tool.
    /// </summary>
    /// <returns>The schema; null when it is too long, or refers to others: a checker would fetch them.</returns>
    public static JsonElement? Clean(JsonElement schema)
    {
        if (schema.GetRawText().Length > Longest || JsonObject.Create(schema) is not { } root || !CleanSchema(root))
        {
            return null;
        }

        foreach (var keyword in new[] { "oneOf", "anyOf", "allOf", "not", "if", "then", "else" })
        {
            root.Remove(keyword);
        }

        return JsonSerializer.SerializeToElement(root);
    }

    /// <summary>Cleans in place.</summary>
    /// <returns>Whether it may be used.</returns>
    private static bool CleanSchema(JsonNode? node) => node switch
    {
        JsonArray items => items.All(CleanSchema),
        JsonObject keywords => CleanKeywords(keywords),
        _ => true,
    };

    private static bool CleanKeywords(JsonObject keywords)
    {
        keywords.Remove("pattern");
        keywords.Remove("patternProperties");
        foreach (var (keyword, value) in keywords)
        {
            var good = keyword switch
            {
                "$ref" or "$dynamicRef" or "$recursiveRef" => value is JsonValue text && text.TryGetValue<string>(out var target) && target.StartsWith('#'),
                "$id" or "id" => value is not JsonValue,
                "default" or "const" or "enum" or "examples" => true,
                _ when Maps.Contains(keyword) => value is not JsonObject map || map.All(entry => CleanSchema(entry.Value)),
                _ => CleanSchema(value),
            };
            if (!good)
            {
                return false;
            }
        }

        return true;
    }
}
