using System.Globalization;
using System.Text.Json;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Brain;

/// <summary>Reads a tool's result, whatever wrapping the tool or the client gave it.</summary>
internal sealed class ToolData
{
    private static readonly string[] Wrappers = ["result", "output", "content", "data", "structuredContent"];
    private readonly JsonElement _content;

    internal ToolData(PromptResult result)
    {
        _content = Unwrap(result.Content);
        Error = result.IsError ? Sentence(ErrorOf(_content) ?? Short()) : ErrorOf(_content) is { } error ? Sentence(error) : null;
    }

    /// <summary>What went wrong; null when nothing did.</summary>
    internal string? Error { get; }

    /// <summary>The result as one short line.</summary>
    internal string Short()
    {
        var text = _content.ValueKind switch
        {
            JsonValueKind.Undefined => "nothing",
            JsonValueKind.String => _content.GetString()!,
            _ => _content.GetRawText(),
        };
        return text.Length > 160 ? text[..160] + "…" : text;
    }

    /// <summary>The items of a list: the array itself, or the first array of the object.</summary>
    internal IReadOnlyList<Item> Items()
    {
        var list = _content.ValueKind == JsonValueKind.Array
            ? _content
            : _content.Properties().Select(property => property.Value).FirstOrDefault(value => value.ValueKind == JsonValueKind.Array);
        return [.. list.Items().Select(element => new Item(element))];
    }

    /// <summary>The first time that stands in the result.</summary>
    internal DateTime? Time() => TimesIn(_content).Cast<DateTime?>().FirstOrDefault();

    internal static DateTime? ParseTime(string? text) =>
        text is not null && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time.DateTime : null;

    private static IEnumerable<DateTime> TimesIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => ParseTime(element.GetString()) is { } time ? [time] : [],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => TimesIn(property.Value)),
        _ => [],
    };

    private static JsonElement Unwrap(JsonElement content)
    {
        while (true)
        {
            if (content.AsString() is { } text && WireJson.ParseOrString(text) is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } parsed)
            {
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

    private static string? ErrorOf(JsonElement content)
    {
        if (content.AsString() is { } text)
        {
            return text.StartsWith("error", StringComparison.OrdinalIgnoreCase) ? text["error".Length..].TrimStart(':', ' ') : null;
        }

        var error = content.Get("error");
        return error.IsMissing() || error.ValueKind == JsonValueKind.False
            ? null
            : error.AsString() ?? error.Get("message").AsString() ?? content.Get("message").AsString() ?? "the tool reported an error";
    }

    private static string Sentence(string error)
    {
        var trimmed = error.Trim().TrimEnd('.');
        return trimmed.Length == 0 ? "the tool gave no reason" : trimmed;
    }

    /// <summary>A todo, a reminder or an event.</summary>
    internal sealed class Item(JsonElement element)
    {
        internal string Id => First("id", "todo_id", "event_id") is { ValueKind: not JsonValueKind.Undefined } id ? id.AsString() ?? id.GetRawText() : "";

        internal string Title => element.AsString() ?? First("title", "reminder_text", "text", "name", "summary").AsString() ?? "something without a name";

        internal bool IsDone => First("completed", "done", "is_completed").IsTrue() || First("status").AsString() is "completed" or "done";

        internal DateTime? From => ParseTime(First("due_date", "reminder_date", "event_from", "due", "start", "from", "date").AsString());

        private JsonElement First(params string[] names) =>
            names.Select(name => element.Get(name)).FirstOrDefault(value => !value.IsMissing());
    }
}
