using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Results;

/// <summary>
/// Reads items from results in text: <c>2 todos:</c> and lines such as <c>- "buy milk" (open, due 2026-11-26) id: 0b0f…</c>, or one thing as in
/// <c>Created todo "buy milk", due 2026-11-26. id: 0b0f…</c>.
/// </summary>
/// <remarks>Titles are JSON strings. They are taken out before anything else is read, so that nothing in a title can pass for a detail or a line.</remarks>
internal static partial class ItemText
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The n-th character from here on stands for the n-th string in what is left of a line.</summary>
    private const char Mark = '\uE000';
    private const char LastMark = '\uF8FF';

    /// <summary>The items of a list; empty when the text is none.</summary>
    internal static IReadOnlyList<Item> List(string text)
    {
        var items = new List<Item>();
        var kind = "";
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                // "- event "lunch" …": a list of several kinds names them line by line.
                if (Read(line[2..], OwnKind().Match(line) is { Success: true } own ? own.Groups["kind"].Value : kind) is { } item)
                {
                    items.Add(item);
                }
            }
            else if (Header().Match(line) is { Success: true } header)
            {
                kind = header.Groups["kind"].Value.ToLowerInvariant();
            }
        }

        return items;
    }

    /// <summary>The one thing that the text tells of; null for a list, or a text without a title.</summary>
    internal static Item? One(string text)
    {
        var line = text.Split('\n')[0].Trim();
        return line.StartsWith('-') || Header().IsMatch(line) || !line.Contains('"', StringComparison.Ordinal) ? null : Read(line, Kind().Match(line).Groups["kind"].Value);
    }

    /// <summary>How many items the list promises: those of its first line, and those that it says it leaves out.</summary>
    internal static int Count(string text) => Number(Header().Match(text.Split('\n')[0].Trim())) + Number(More().Match(text));

    private static int Number(Match match) => int.TryParse(match.Groups["n"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static Item? Read(string line, string kind)
    {
        if (TakeStrings(line) is not (var rest, var strings))
        {
            return null;
        }

        var times = Times().Matches(rest).Select(match => ToolData.ParseTime(match.Value)).OfType<DateTime>().ToList();
        var end = times.Count > 1 && Until().IsMatch(rest) ? times[1] : (DateTime?)null;
        return new Item
        {
            Id = Id().Match(rest).Groups["id"].Value,
            Title = strings.Count > 0 ? strings[0] : "",
            Kind = kind,
            IsDone = Done().IsMatch(rest),
            From = times.Count > 0 ? times[0] : null,
            To = end,
            Level = Value(Level(), rest),
            Email = Value(Email(), rest),
            Role = Value(Role(), rest),
            Team = Team().Match(rest) is { Success: true } team ? Named(team, strings) : null,
            Members = Members().Match(rest) is { Success: true } members ? int.Parse(members.Groups["value"].Value, CultureInfo.InvariantCulture) : null,
            Recurs = Recurs().IsMatch(rest),
        };
    }

    /// <summary>A bare name, or one of the strings.</summary>
    private static string? Named(Match match, List<string> strings) =>
        match.Groups["string"].Value is [var mark] ? strings[mark - Mark] : match.Groups["value"].Value;

    private static string? Value(Regex pattern, string rest) => pattern.Match(rest) is { Success: true } match ? match.Groups["value"].Value.ToLowerInvariant() : null;

    /// <summary>Takes the JSON strings out of a line and leaves a mark for each; null for a string without an end, as in a result that was cut.</summary>
    private static (string Outside, List<string> Strings)? TakeStrings(string line)
    {
        var rest = new StringBuilder();
        var strings = new List<string>();
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                rest.Append(line[at] is >= Mark and <= LastMark ? ' ' : line[at]);
                continue;
            }

            var end = EndOfString(line, at);
            if (end < 0 || Unescape(line[at..(end + 1)]) is not { } value)
            {
                return null;
            }

            rest.Append((char)Math.Min(Mark + strings.Count, LastMark));
            strings.Add(value);
            at = end;
        }

        return (rest.ToString(), strings);
    }

    private static int EndOfString(string line, int start)
    {
        for (var at = start + 1; at < line.Length; at++)
        {
            if (line[at] == '"')
            {
                return at;
            }

            at += line[at] == '\\' ? 1 : 0;
        }

        return -1;
    }

    private static string? Unescape(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?<n>\d+|no)\s+(?<kind>[a-z]+?)s?\b[^""]*[:.]$", Options)]
    private static partial Regex Header();

    [GeneratedRegex(@"^- (?<kind>[a-z]+) """)]
    private static partial Regex OwnKind();

    [GeneratedRegex(@"^(?<n>\d{1,6}) more are not shown\.", Options | RegexOptions.Multiline)]
    private static partial Regex More();

    [GeneratedRegex(@"^[^""]*?(?<kind>\w+)\s*""", Options)]
    private static partial Regex Kind();

    [GeneratedRegex(@"\bid:\s*(?<id>[\w-]+)", Options)]
    private static partial Regex Id();

    [GeneratedRegex(@"(?<![\w-])\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?(?![\w-])", Options)]
    internal static partial Regex Times();

    [GeneratedRegex(@"\d\s*(?:to|until|–)\s+\d{4}-", Options)]
    private static partial Regex Until();

    [GeneratedRegex(@"(?<!\bnot )\b(?:done|completed|delivered)\b", Options)]
    private static partial Regex Done();

    [GeneratedRegex(@"\b(?<value>low|medium|high|urgent)\b", Options)]
    private static partial Regex Level();

    [GeneratedRegex(@"(?<value>[^\s(),;:<>]+@[^\s(),;:<>]+)", Options)]
    private static partial Regex Email();

    [GeneratedRegex(@"\b(?<value>owner|admin|member|viewer)\b", Options)]
    private static partial Regex Role();

    [GeneratedRegex(@"\bteam\s+(?:(?<string>[\uE000-\uF8FE])|(?<value>[\w-]+))", Options)]
    private static partial Regex Team();

    [GeneratedRegex(@"\b(?<value>\d{1,6})\s+members?\b", Options)]
    private static partial Regex Members();

    [GeneratedRegex(@"\b(?:daily|weekly|monthly|yearly|weekdays|every|repeats|recurring|FREQ=)\b", Options)]
    private static partial Regex Recurs();
}
