using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Convonet.Emulator.Wire;

/// <summary>Reading requests and writing events. Text goes out as UTF-8, not as <c>\u</c> escapes, as the providers send it.</summary>
internal static class WireJson
{
    internal static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Text(JsonNode node) => node.ToJsonString(Relaxed);

    /// <summary>The JSON that the text holds, or the text itself as a JSON string.</summary>
    internal static JsonElement ParseOrString(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }

    /// <summary>The JSON object that the text holds, or an empty one.</summary>
    internal static JsonNode ParseObject(string text) =>
        ParseOrString(text) is { ValueKind: JsonValueKind.Object } parsed ? JsonObject.Create(parsed)! : [];

    internal static JsonElement Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>Gemini takes both <c>camelCase</c> and <c>snake_case</c>.</summary>
    internal static JsonElement Get(this JsonElement element, string name, string otherName) =>
        element.Get(name) is { ValueKind: not JsonValueKind.Undefined } found ? found : element.Get(otherName);

    internal static bool IsMissing(this JsonElement element) => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    internal static string? AsString(this JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    internal static bool IsTrue(this JsonElement element) => element.ValueKind == JsonValueKind.True;

    /// <summary>The items of an array; nothing for anything else.</summary>
    internal static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    /// <summary>The properties of an object; nothing for anything else.</summary>
    internal static IEnumerable<JsonProperty> Properties(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : [];
}
