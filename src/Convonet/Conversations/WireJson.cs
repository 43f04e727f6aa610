using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>Puts values into the form that clients get.</summary>
internal static partial class WireJson
{
    /// <summary>Longer arguments are refused by the tool runner, and clients get their beginning only.</summary>
    private const int LongestArguments = 32_768;

    private static readonly JsonElement NoArguments = JsonDocument.Parse("{}").RootElement;

    /// <summary>A call's arguments as JSON; text that is not JSON goes out as a string.</summary>
    public static JsonElement Arguments(string arguments)
    {
        if (arguments.Length == 0)
        {
            return NoArguments;
        }

        if (arguments.Length > LongestArguments)
        {
            return JsonSerializer.SerializeToElement(arguments[..1000] + "…");
        }

        try
        {
            return JsonElement.Parse(arguments);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(arguments);
        }
    }

    /// <summary>A result as the page shows it: JSON where the tool returned an object or an array, else text.</summary>
    public static JsonElement Result(ToolResult result) => result.Data ?? JsonSerializer.SerializeToElement(result.Content);

    /// <summary>An enum's value in snake_case.</summary>
    public static string Word(Enum value) => Humps().Replace(value.ToString(), "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Humps();
}
