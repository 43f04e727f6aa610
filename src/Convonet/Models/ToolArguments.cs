using System.Text.Json;

namespace Convonet.Models;

/// <summary>Looks at a call's arguments, which are JSON text as a model wrote it and may be anything.</summary>
internal static class ToolArguments
{
    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}");

    /// <summary>Whether the text is one whole JSON value; the beginning of an object is not.</summary>
    public static bool IsWhole(string json) => TryParse(json, out _);

    /// <summary>
    /// The arguments as an object, for a history that goes back to a provider: all of them refuse, or fail to render, a call whose
    /// arguments are no object. Where the model wrote something else it reads in the call's result what was wrong with it.
    /// </summary>
    public static JsonElement ObjectOrEmpty(string json) =>
        TryParse(json, out var value) && value.ValueKind == JsonValueKind.Object ? value : EmptyObject;

    private static bool TryParse(string json, out JsonElement value)
    {
        value = default;
        if (string.IsNullOrWhiteSpace(json))
        {
            return false;
        }

        try
        {
            value = JsonElement.Parse(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
