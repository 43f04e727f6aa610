using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>Puts aside what stands in quotes, so that no rule takes a title for a time, a joint or a request.</summary>
internal sealed partial class Quotes
{
    private const char First = '\uE000';
    private const char Last = '\uF8FF';
    private readonly List<string> _titles = [];

    /// <summary>The text with one strange character in the place of each quoted title.</summary>
    internal string Take(string text) => Quoted().Replace(Strange().Replace(text, " "), match =>
    {
        if (First + _titles.Count > Last)
        {
            return match.Value;
        }

        _titles.Add(match.Groups["title"].Value.Trim());
        return ((char)(First + _titles.Count - 1)).ToString();
    });

    /// <summary>The text with its titles back in their places, without the marks.</summary>
    internal string Restore(string text) => Strange().Replace(text, match => match.Value[0] - First is var index && index < _titles.Count ? _titles[index] : "");

    /// <summary>The quoted title in the text; null when there is none.</summary>
    internal string? TitleIn(string text) => Strange().Match(text) is { Success: true } match ? Restore(match.Value) : null;

    [GeneratedRegex("[\"“„](?<title>[^\"“”„]*[^\\s\"“”„][^\"“”„]*)[\"”“]|(?<=\\s)['‘](?<title>[^']{2,}?)['’](?=[\\s.,;:!?]|$)")]
    private static partial Regex Quoted();

    [GeneratedRegex("[\uE000-\uF8FF]")]
    private static partial Regex Strange();
}
