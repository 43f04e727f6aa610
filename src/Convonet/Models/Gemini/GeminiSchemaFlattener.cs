using System.Text.Json.Nodes;

namespace Convonet.Models.Gemini;

/// <summary>Takes <c>$ref</c> and <c>allOf</c> out of a schema by copying what they stand for into it.</summary>
/// <param name="root">The whole document, which local references point into.</param>
/// <param name="lose">Told of what cannot be kept: path and keyword.</param>
internal sealed class GeminiSchemaFlattener(JsonObject root, Action<string, string> lose)
{
    private readonly Stack<string> _open = [];

    /// <summary>The references that are being copied right now; a schema inside them that names one of them is recursive.</summary>
    public int Open => _open.Count;

    /// <summary>Forgets the references opened since <see cref="Open"/> was <paramref name="count"/>.</summary>
    public void CloseTo(int count)
    {
        while (_open.Count > count)
        {
            _open.Pop();
        }
    }

    /// <summary>A copy of <paramref name="schema"/> without references; null when it is inside itself.</summary>
    public JsonObject? Flatten(JsonObject schema, string path)
    {
        var flat = new JsonObject();
        if (schema["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var pointer))
        {
            if (_open.Contains(pointer) || pointer is "#")
            {
                lose(path, "recursive $ref");
                return null;
            }

            if (Find(pointer) is { } target)
            {
                _open.Push(pointer);
                if (Flatten(target, path) is not { } copy)
                {
                    return null;
                }

                flat = copy;
            }
            else
            {
                lose(path, "$ref");
            }
        }

        foreach (var (key, value) in schema)
        {
            if (key is not ("$ref" or "allOf"))
            {
                Merge(flat, key, value, overwrite: true);
            }
        }

        return MergeAllOf(flat, schema["allOf"] as JsonArray, path) ? flat : null;
    }

    private bool MergeAllOf(JsonObject flat, JsonArray? parts, string path)
    {
        foreach (var part in (parts ?? []).OfType<JsonObject>())
        {
            if (Flatten(part, path) is not { } copy)
            {
                return false;
            }

            foreach (var (key, value) in copy)
            {
                if (key is "anyOf" or "oneOf" && flat.ContainsKey(key))
                {
                    lose(path, $"{key} in allOf");
                    continue;
                }

                Merge(flat, key, value, overwrite: false);
            }
        }

        return true;
    }

    private static void Merge(JsonObject flat, string key, JsonNode? value, bool overwrite)
    {
        if (!flat.TryGetPropertyValue(key, out var old) || old is null)
        {
            flat[key] = value?.DeepClone();
            return;
        }

        switch (key, old, value)
        {
            case ("properties", JsonObject mine, JsonObject others):
                foreach (var (name, other) in others)
                {
                    mine[name] = mine[name] is JsonObject both && other is JsonObject
                        ? new JsonObject { ["allOf"] = new JsonArray(both.DeepClone(), other.DeepClone()) }
                        : other?.DeepClone();
                }

                break;
            case ("required", JsonArray mine, JsonArray others):
                flat[key] = new JsonArray([.. mine.Concat(others).Select(n => n?.ToString()).Distinct().Select(n => JsonValue.Create(n))]);
                break;
            case ("enum", JsonArray mine, JsonArray others):
                flat[key] = new JsonArray([.. mine.Where(m => others.Any(o => JsonNode.DeepEquals(m, o))).Select(m => m?.DeepClone())]);
                break;
            case ("minimum" or "minLength" or "minItems" or "minProperties", JsonValue mine, JsonValue other):
                flat[key] = (Number(mine) >= Number(other) ? mine : other).DeepClone();
                break;
            case ("maximum" or "maxLength" or "maxItems" or "maxProperties", JsonValue mine, JsonValue other):
                flat[key] = (Number(mine) <= Number(other) ? mine : other).DeepClone();
                break;
            case var _ when overwrite:
                flat[key] = value?.DeepClone();
                break;
        }
    }

    private static double Number(JsonValue value) => value.TryGetValue<double>(out var number) ? number : 0;

    // A local JSON pointer, such as #/$defs/Address.
    private JsonObject? Find(string pointer)
    {
        if (!pointer.StartsWith("#/", StringComparison.Ordinal))
        {
            return null;
        }

        JsonNode? node = root;
        foreach (var segment in pointer[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject map => map[name],
                JsonArray list when int.TryParse(name, out var index) && index >= 0 && index < list.Count => list[index],
                _ => null,
            };
        }

        return node as JsonObject;
    }
}
