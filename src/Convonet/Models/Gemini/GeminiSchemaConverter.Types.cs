using System.Text.Json.Nodes;

namespace Convonet.Models.Gemini;

// What each type may carry.
internal sealed partial class GeminiSchemaConverter
{
    private JsonObject? Single(string type, JsonObject schema, List<JsonNode?> values, bool nullable, string path)
    {
        var result = new JsonObject { ["type"] = type.ToUpperInvariant() };
        var notes = new List<string>();
        Limit(type, values, result, notes, path);
        Format(type, schema, result, notes, path);
        var fits = type switch
        {
            "string" => Strings(schema, result),
            "integer" or "number" => Numbers(type, schema, result),
            "array" => Arrays(schema, result, path),
            "object" => Objects(schema, result, notes, path),
            _ => true,
        };
        if (!fits)
        {
            return null;
        }

        if (nullable)
        {
            result["nullable"] = true;
        }

        // The API takes a default and ignores it; said in words the model knows it.
        if (Take(schema, "default") is { } standard)
        {
            notes.Add($"Default: {Plain(standard)}.");
        }

        Move(schema, result, "title");
        Describe(result, Take(schema, "description"), notes);
        foreach (var (key, _) in schema)
        {
            if (!Annotations.Contains(key))
            {
                Lose(path, key);
            }
        }

        return result;
    }

    // Only strings can be limited to a list of values.
    private void Limit(string type, List<JsonNode?> values, JsonObject result, List<string> notes, string path)
    {
        var fitting = values.Where(v => TypeOf(v) == type || (type == "number" && TypeOf(v) == "integer")).ToList();
        if (type != "string")
        {
            if (fitting.Count > 0)
            {
                notes.Add($"One of: {string.Join(", ", fitting.Select(Plain))}.");
                Lose(path, "enum");
            }

            return;
        }

        // An empty value is refused.
        var names = fitting.Select(Plain).Where(v => v.Length > 0).Distinct().ToList();
        if (names.Count < fitting.Count && fitting.Exists(v => Plain(v).Length == 0))
        {
            Lose(path, "empty enum value");
        }

        if (names.Count > 0)
        {
            result["format"] = "enum";
            result["enum"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]);
        }
    }

    private void Format(string type, JsonObject schema, JsonObject result, List<string> notes, string path)
    {
        if (Take(schema, "format") is not JsonValue value || !value.TryGetValue<string>(out var format) || result.ContainsKey("format"))
        {
            return;
        }

        if ((type, format) is ("string", "date-time") or ("number", "float" or "double") or ("integer", "int32" or "int64"))
        {
            result["format"] = format;
            return;
        }

        notes.Add($"Format: {format}.");
        Lose(path, $"format {format}");
    }

    private static bool Strings(JsonObject schema, JsonObject result)
    {
        Count(schema, result, "minLength");
        Count(schema, result, "maxLength");
        Move(schema, result, "pattern");
        return true;
    }

    private static bool Numbers(string type, JsonObject schema, JsonObject result)
    {
        Move(schema, result, "minimum");
        Move(schema, result, "maximum");
        Exclusive("exclusiveMinimum", "minimum", 1);
        Exclusive("exclusiveMaximum", "maximum", -1);
        return true;

        // Exact for integers; for other numbers the bound itself slips in. In old drafts the keyword is a flag, which stays lost.
        void Exclusive(string keyword, string bound, int step)
        {
            if (schema[keyword] is not JsonValue value || !value.TryGetValue<decimal>(out var limit))
            {
                return;
            }

            var exact = type == "integer" && limit == decimal.Truncate(limit);
            var inside = exact ? limit + step : limit;
            if (result[bound] is not JsonValue other
                || !other.TryGetValue<decimal>(out var existing)
                || (step > 0 ? inside > existing : inside < existing))
            {
                result[bound] = inside;
            }

            if (exact)
            {
                schema.Remove(keyword);
            }
        }
    }

    // Items are compulsory.
    private bool Arrays(JsonObject schema, JsonObject result, string path)
    {
        Count(schema, result, "minItems");
        Count(schema, result, "maxItems");
        var items = Take(schema, "items");
        if ((Take(schema, "prefixItems") ?? items) is JsonArray tuple)
        {
            Lose(path, "tuple");
            items = new JsonObject { ["anyOf"] = tuple.DeepClone() };
        }

        if (items is null)
        {
            Lose(path, "any items");
            items = new JsonObject { ["type"] = "string" };
        }

        if (Node(items, $"{path}[]") is not { } element)
        {
            return false;
        }

        result["items"] = element;
        return true;
    }

    private bool Objects(JsonObject schema, JsonObject result, List<string> notes, string path)
    {
        Count(schema, result, "minProperties");
        Count(schema, result, "maxProperties");
        var properties = new JsonObject();
        var declared = Take(schema, "properties") as JsonObject ?? [];
        foreach (var (name, property) in declared)
        {
            if (Node(property, $"{path}.{name}") is { } kept)
            {
                properties[name] = kept;
            }
        }

        if (properties.Count == 0 && declared.Count > 0)
        {
            return false;
        }

        if (properties.Count == 0)
        {
            // An object without properties is refused; one property stands for whatever names are allowed.
            var any = schema["additionalProperties"] as JsonObject ?? new JsonObject { ["type"] = "string" };
            if (Node(any, $"{path}.*") is not { } value)
            {
                return false;
            }

            properties["key"] = value;
            notes.Add("Any property names are allowed; \"key\" stands for them.");
            Lose(path, "any properties");
        }

        result["properties"] = properties;
        var required = (Take(schema, "required") as JsonArray ?? [])
            .Select(n => n?.ToString() ?? "").Distinct().Where(properties.ContainsKey).Select(n => JsonValue.Create(n)).ToArray();
        if (required.Length > 0)
        {
            result["required"] = new JsonArray(required);
        }

        return true;
    }

    private static void Describe(JsonObject result, JsonNode? description, List<string> notes)
    {
        var own = result["description"]?.ToString() ?? (description is JsonValue text ? text.ToString() : null);
        var all = string.Join(" ", notes.Prepend(own).Where(n => !string.IsNullOrWhiteSpace(n)));
        if (all.Length > 0)
        {
            result["description"] = all;
        }
    }

    // Whole numbers are int64 in the API, and so strings in its JSON.
    private static void Count(JsonObject schema, JsonObject result, string keyword)
    {
        if (schema[keyword] is JsonValue value && value.TryGetValue<decimal>(out var number) && number >= 0 && number == decimal.Truncate(number))
        {
            schema.Remove(keyword);
            result[keyword] = ((long)number).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private static void Move(JsonObject schema, JsonObject result, string keyword)
    {
        if (schema[keyword] is JsonValue value)
        {
            schema.Remove(keyword);
            result[keyword] = value.DeepClone();
        }
    }
}
