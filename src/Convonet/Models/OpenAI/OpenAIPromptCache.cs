using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Convonet.Models.OpenAI;

/// <summary>
/// What OpenAI's prompt cache has to be told. Models before GPT-5.6 find the longest beginning that two requests share. Later ones find only what ends at a mark: the newest message of the user
/// or of a tool has one by itself, but before it stands the clock, which the next turn does not have any more. So what comes before the clock is marked, too.
/// </summary>
/// <seealso href="https://developers.openai.com/api/docs/guides/prompt-caching"/>
internal static partial class OpenAIPromptCache
{
    /// <summary>Marks besides that of the instructions. OpenAI writes four in a request, and the one that it sets by itself is one of them.</summary>
    private const int Messages = 2;

    /// <summary>The first generation that finds nothing without marks, and refuses none.</summary>
    private static readonly Version First = new(5, 6);

    /// <summary>Whether the model takes marks; an address or a model that does not know them refuses the request.</summary>
    public static bool TakesMarks(OpenAIOptions options) =>
        options.CacheMarks && options.IsOwnAddress && Generation().Match(options.Model) is { Success: true } name && new Version(Number(name, "major"), Number(name, "minor")) >= First;

    /// <summary>By what OpenAI brings requests together that begin alike; null for none. Whose they are it does not learn.</summary>
    public static string? KeyFor(ModelRequest request, OpenAIOptions options) =>
        options.IsOwnAddress && request.User.Length > 0 ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"convonet {request.User}")).AsSpan(..16)) : null;

    /// <summary>
    /// Which of the user's messages are marked: the last two that are not the end of the history, as that is found by itself. In a turn's first step the later one is what the next turn will find,
    /// the earlier one what this turn finds; in its other steps the later one is the turn's own.
    /// </summary>
    /// <returns>The first of them.</returns>
    public static int FirstMarked(IReadOnlyList<HistoryItem> history)
    {
        var (first, left) = (history.Count - 1, Messages);
        for (var index = first - 1; index >= 0 && left > 0; index--)
        {
            if (history[index] is HistoryItem.UserMessage)
            {
                (first, left) = (index, left - 1);
            }
        }

        return first;
    }

    /// <summary>Marks the block of content that is being written.</summary>
    public static void Mark(Utf8JsonWriter json)
    {
        json.WriteStartObject("prompt_cache_breakpoint");
        json.WriteString("mode", "explicit");
        json.WriteEndObject();
    }

    private static int Number(Match name, string part) => name.Groups[part] is { Success: true } number ? int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^gpt-(?<major>[0-9]{1,3})(?:\.(?<minor>[0-9]{1,3}))?(?:-|\z)")]
    private static partial Regex Generation();
}
