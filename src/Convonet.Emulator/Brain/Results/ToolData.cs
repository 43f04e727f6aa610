using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Brain.Results;

/// <summary>A tool's result, whatever wrapping the tool or the client gave it: text as our tools write it, or JSON.</summary>
internal sealed partial class ToolData
{
    private const int Longest = 160;
    private static readonly string[] Wrappers = ["result", "output", "content", "data", "structuredContent"];
    private readonly JsonElement _content;

    internal ToolData(PromptResult result)
    {
        _content = Unwrap(result.Content);
        Failure = result.IsError ? Failure.Of(ErrorOf(_content) ?? Short()) : ErrorOf(_content) is { } error ? Failure.Of(error) : null;
        var text = _content.AsString();
        Items = text is null ? ItemJson.List(_content) : ItemText.List(text);
        Total = Math.Max(Items.Count, text is null ? 0 : ItemText.Count(text));
        Thing = text is not null ? ItemText.One(text) : _content.ValueKind == JsonValueKind.Object ? ItemJson.Read(_content, "") : null;
    }

    /// <summary>What went wrong; null when nothing did.</summary>
    internal Failure? Failure { get; }

    /// <summary>The items of a list.</summary>
    internal IReadOnlyList<Item> Items { get; }

    /// <summary>How many items there are; more than <see cref="Items"/> when the result was cut.</summary>
    internal int Total { get; }

    /// <summary>The one thing that was made, changed or deleted; null when the result does not say.</summary>
    internal Item? Thing { get; }

    /// <summary>The result as one short line.</summary>
    internal string Short()
    {
        var text = _content.ValueKind switch
        {
            JsonValueKind.Undefined => "nothing",
            JsonValueKind.String => _content.GetString()!.ReplaceLineEndings(" "),
            _ => _content.GetRawText(),
        };
        return text.Length > Longest ? text[..Longest] + "…" : text;
    }

    /// <summary>The first time that stands in the result.</summary>
    internal DateTime? Time() => TimesIn(_content).Cast<DateTime?>().FirstOrDefault();

    /// <summary>A date, or a date and time, on the clock that it was written for: an offset is dropped.</summary>
    internal static DateTime? ParseTime(string? text) =>
        text is not null && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time.DateTime : null;

    private static IEnumerable<DateTime> TimesIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => ItemText.Times().Matches(element.GetString()!).Select(match => ParseTime(match.Value)).OfType<DateTime>(),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => TimesIn(property.Value)),
        _ => [],
    };

    private static JsonElement Unwrap(JsonElement content)
    {
        while (true)
        {
            if (content.AsString() is { } text)
            {
                var inner = Inner(text);
                var parsed = WireJson.ParseOrString(inner);
                if (parsed.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                {
                    return inner.Length == text.Length ? content : JsonSerializer.SerializeToElement(inner);
                }

                content = parsed;
            }
            else if (content.Properties().ToList() is [var only] && Wrappers.Contains(only.Name))
            {
                content = only.Value;
            }
            else
            {
                return content;
            }
        }
    }

    /// <summary>The text without the marks around data, and without the remark that the call was a repetition.</summary>
    private static string Inner(string text)
    {
        var told = Repeated().Replace(text, "");
        return Marked().Match(told) is { Success: true } marked ? marked.Groups["data"].Value : told;
    }

    private static string? ErrorOf(JsonElement content)
    {
        if (content.AsString() is { } text)
        {
            return ErrorWord().Match(text) is { Success: true } word ? text[word.Length..] : null;
        }

        var error = content.Get("error");
        return error.IsMissing() || error.ValueKind == JsonValueKind.False
            ? null
            : error.AsString() ?? error.Get("message").AsString() ?? content.Get("message").AsString() ?? "the tool reported an error";
    }

    [GeneratedRegex(@"^\s*\[data from [^\n]*\]\n(?<data>.*?)(?:\n\[end of data\])?\s*$", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex(@"^Already done in this turn, not done again:\s*")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"^error(?::\s*|$)", RegexOptions.IgnoreCase)]
    private static partial Regex ErrorWord();
}
