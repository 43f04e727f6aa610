using System.Text.Json.Nodes;

namespace Convonet.Models.Gemini;

// anyOf, oneOf and lists of types.
internal sealed partial class GeminiSchemaConverter
{
    // Parameters must be one object: of a union each branch's properties are allowed, and what all of them require is required.
    private void JoinBranches(JsonObject flat)
    {
        JsonArray? union = (Take(flat, "anyOf"), Take(flat, "oneOf")) switch
        {
            (JsonArray any, _) => any,
            (_, JsonArray one) => one,
            _ => null,
        };
        List<string>? required = null;
        foreach (var branch in union ?? [])
        {
            if (branch is not JsonObject schema || _flattener.Flatten(schema, "$") is not { } part)
            {
                continue;
            }

            var properties = flat["properties"] as JsonObject;
            foreach (var (name, property) in part["properties"] as JsonObject ?? [])
            {
                flat["properties"] = properties ??= [];
                properties.TryAdd(name, property?.DeepClone());
            }

            var needs = (part["required"] as JsonArray ?? []).Select(n => n?.ToString() ?? "");
            required = required is null ? [.. needs] : [.. required.Intersect(needs)];
        }

        if (union is not null)
        {
            Lose("$", "anyOf");
            flat["required"] = new JsonArray(
                [.. (flat["required"] as JsonArray ?? []).Select(n => n?.ToString()).Union(required ?? []).Select(n => JsonValue.Create(n))]);
        }
    }

    /// <summary>A union: its null branch becomes <c>nullable</c>, and nothing may stand beside <c>anyOf</c>.</summary>
    private JsonObject? Union(JsonObject shared, IReadOnlyList<JsonNode?> branches, string path)
    {
        var description = Take(shared, "description");
        var isNullType = (JsonNode? b) => b is JsonObject o && o["type"] is JsonValue type && type.ToString() == "null";
        var nullable = branches.Any(isNullType);
        var converted = new List<JsonObject>();
        foreach (var branch in branches.Where(b => !isNullType(b)))
        {
            var joined = new JsonObject { ["allOf"] = new JsonArray(branch?.DeepClone(), shared.DeepClone()) };
            if (Node(joined, path) is { } option)
            {
                converted.Add(option);
            }
        }

        if (JoinEnums(converted) is { } single)
        {
            converted = [single];
        }

        foreach (var option in converted)
        {
            Describe(option, description, []);
            if (nullable)
            {
                option["nullable"] = true;
            }
        }

        return converted.Count switch
        {
            0 => null,
            1 => converted[0],
            _ => new JsonObject { ["anyOf"] = new JsonArray([.. converted]) },
        };
    }

    // Generators write a set of strings as a union of constants.
    private static JsonObject? JoinEnums(List<JsonObject> options)
    {
        if (options.Count < 2 || !options.TrueForAll(o => o["enum"] is JsonArray && o.All(p => p.Key is "type" or "format" or "enum" or "nullable")))
        {
            return null;
        }

        var values = options.SelectMany(o => o["enum"]!.AsArray()).Select(v => v!.ToString()).Distinct();
        var joined = new JsonObject
        {
            ["type"] = "STRING",
            ["format"] = "enum",
            ["enum"] = new JsonArray([.. values.Select(v => JsonValue.Create(v))]),
        };
        if (options.Exists(o => o.ContainsKey("nullable")))
        {
            joined["nullable"] = true;
        }

        return joined;
    }
}
