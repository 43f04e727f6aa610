using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>Puts values into the form that clients get.</summary>
internal static partial class WireJson
{
    /// <summary>Longer arguments are refused by the tool runner, and clients get their beginning only.</summary>
    private const int LongestArguments = 32_768;

    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

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
            var parsed = JsonElement.Parse(arguments);
            return CanBeWritten(parsed) ? parsed : JsonSerializer.SerializeToElement(arguments);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            // Not JSON, or half a character in it.
            return JsonSerializer.SerializeToElement(arguments);
        }
    }

    /// <summary>A result as the page shows it: JSON where the tool returned an object or an array, else text.</summary>
    public static JsonElement Result(ToolResult result) =>
        result.Data is { } data && CanBeWritten(data) ? data : JsonSerializer.SerializeToElement(result.Content);

    /// <summary>An enum's value in snake_case.</summary>
    public static string Word(Enum value) => Humps().Replace(value.ToString(), "_$0").ToLowerInvariant();

    /// <summary>
    /// Half a surrogate pair, escaped, parses as JSON and fails when it is written. Such an event would stay in the log and end the
    /// connection of everybody who reads it, again and again.
    /// </summary>
    private static bool CanBeWritten(JsonElement value)
    {
        if (JsonMarshal.GetRawUtf8Value(value).IndexOf(@"\u"u8) < 0)
        {
            return true;
        }

        try
        {
            using var writer = new Utf8JsonWriter(Stream.Null);
            value.WriteTo(writer);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Humps();
}
