using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Convonet.Models.Gemini;

/// <summary>One conversion of one document; see <see cref="GeminiSchema"/>.</summary>
/// <remarks>
/// The API refuses a whole request for one keyword that it does not know or that does not fit its type, so only what is known to fit
/// is written: a keyword is taken out of a working copy when it is used, and what remains in the copy is lost. A part that cannot be said at all
/// (a recursion, a type that is only null) is null, and its parent leaves it out.
/// </remarks>
internal sealed partial class GeminiSchemaConverter
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 2_000;

    // They describe the schema, not the value.
    private static readonly HashSet<string> Annotations =
    [
        "$schema", "$id", "$anchor", "$comment", "$defs", "$vocabulary", "id", "definitions", "deprecated", "examples", "example",
        "readOnly", "writeOnly", "strict",
    ];

    private readonly List<string> _lost;
    private readonly JsonObject _root;
    private readonly GeminiSchemaFlattener _flattener;
    private int _depth;
    private int _nodes;

    public GeminiSchemaConverter(JsonObject root, List<string> lost)
    {
        _root = root;
        _lost = lost;
        _flattener = new GeminiSchemaFlattener(root, Lose);
    }

    /// <summary>The parameters; null when there are none, or none that can be said.</summary>
    public JsonObject? Convert()
    {
        if (_flattener.Flatten(_root, "$") is not { } flat)
        {
            return null;
        }

        JoinBranches(flat);
        if (flat["properties"] is not JsonObject { Count: > 0 })
        {
            return null;
        }

        flat["type"] = "object";
        return Typed(flat, "$") is { } parameters && parameters["properties"] is JsonObject ? parameters : null;
    }

    private JsonObject? Node(JsonNode? schema, string path)
    {
        if (++_nodes > MaxNodes || _depth >= MaxDepth)
        {
            Lose(path, "nesting");
            return null;
        }

        if (schema is JsonValue literal && literal.TryGetValue<bool>(out var allowed) && !allowed)
        {
            Lose(path, "false");
            return null;
        }

        var open = _flattener.Open;
        _depth++;
        try
        {
            return _flattener.Flatten(schema as JsonObject ?? [], path) is { } flat ? Typed(flat, path) : null;
        }
        finally
        {
            _depth--;
            _flattener.CloseTo(open);
        }
    }

    // The schema is a working copy without references.
    private JsonObject? Typed(JsonObject schema, string path)
    {
        if (schema["anyOf"] is JsonArray anyOf)
        {
            schema.Remove("anyOf");
            return Union(schema, [.. anyOf], path);
        }

        if (schema["oneOf"] is JsonArray oneOf)
        {
            schema.Remove("oneOf");
            return Union(schema, [.. oneOf], path);
        }

        var values = Values(schema);
        var types = Types(schema, values);
        var nullable = types.Remove("null") | (Take(schema, "nullable") is JsonValue flag && flag.TryGetValue<bool>(out var set) && set);
        switch (types.Count)
        {
            case 0 when nullable:
                Lose(path, "null");
                return null;
            case 0:
                Lose(path, "any type");
                return Single("string", schema, values, nullable, path);
            case 1:
                return Single(types[0], schema, values, nullable, path);
            default:
                if (values.Count > 0)
                {
                    schema["enum"] = new JsonArray([.. values.Select(v => v?.DeepClone())]);
                }

                schema.Remove("type");
                JsonNode[] branches = [.. types.Select(t => new JsonObject { ["type"] = t })];
                return Union(schema, nullable ? [.. branches, new JsonObject { ["type"] = "null" }] : branches, path);
        }
    }

    // The values of const or enum, null included.
    private static List<JsonNode?> Values(JsonObject schema)
    {
        var list = Take(schema, "enum") as JsonArray;
        return schema.TryGetPropertyValue("const", out var only) && schema.Remove("const") ? [only] : [.. list ?? []];
    }

    private static List<string> Types(JsonObject schema, List<JsonNode?> values)
    {
        var declared = Take(schema, "type") switch
        {
            JsonArray list => list.Select(t => t?.ToString() ?? "null").Distinct().ToList(),
            JsonValue one => [one.ToString()],
            _ => [],
        };
        declared.RemoveAll(t => t is not ("string" or "integer" or "number" or "boolean" or "array" or "object" or "null"));
        if (declared.Count > 0)
        {
            // A value that is null counts only where the type allows it.
            return declared;
        }

        if (values.Count > 0)
        {
            return [.. values.Select(TypeOf).Distinct()];
        }

        string[] inferred = schema switch
        {
            _ when Has("properties", "required", "additionalProperties", "patternProperties") => ["object"],
            _ when Has("items", "prefixItems", "minItems", "maxItems") => ["array"],
            _ when Has("pattern", "minLength", "maxLength", "format") => ["string"],
            _ when Has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf") => ["number"],
            _ => [],
        };
        return [.. inferred];

        bool Has(params ReadOnlySpan<string> keys)
        {
            foreach (var key in keys)
            {
                if (schema.ContainsKey(key))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E') ? "number" : "integer",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        _ => "object",
    };

    private static JsonNode? Take(JsonObject schema, string key)
    {
        var value = schema[key];
        schema.Remove(key);
        return value;
    }

    private static string Plain(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue v when v.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };

    private void Lose(string path, string keyword)
    {
        var entry = string.Create(CultureInfo.InvariantCulture, $"{path}: {keyword}");
        if (!_lost.Contains(entry))
        {
            _lost.Add(entry);
        }
    }
}
