using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain;

/// <summary>Understands a sentence by rules, in the order of the methods: the first that fits wins.</summary>
internal sealed partial class IntentReader(DateTime now)
{
    /// <summary>Everything that the text asks for, in its order.</summary>
    internal IReadOnlyList<Intent> Read(string text)
    {
        var clauses = Clauses.Split(text);
        var intents = clauses.Select(ReadClause).ToList();

        // What is not understood beside what is understood is a side remark.
        return intents.Exists(intent => intent is not Intent.Unknown)
            ? [.. intents.Where(intent => intent is not Intent.Unknown)]
            : [new Intent.Unknown()];
    }

    private Intent ReadClause(string clause) =>
        (SmallTalk.Read(clause) is { } topic ? new Intent.Talk(topic) : null)
        ?? ReadClock(clause)
        ?? ReadReminder(clause)
        ?? ReadList(clause)
        ?? ReadChange(clause)
        ?? ReadEvent(clause)
        ?? ReadTodo(clause)
        ?? ReadOutOfReach(clause)
        ?? (Intent)new Intent.Unknown();

    private static Intent.TellTime? ReadClock(string clause) =>
        AsksDate().IsMatch(clause) ? new Intent.TellTime(IsDate: true) : AsksTime().IsMatch(clause) ? new Intent.TellTime(IsDate: false) : null;

    private Intent? ReadReminder(string clause)
    {
        if (AsksReminders().IsMatch(clause))
        {
            return new Intent.ListReminders();
        }

        var (when, rest, quote) = Open(clause);
        return AddsReminder().Match(WithoutPriority(rest, out var importance)) is { Success: true } match && Close(match.Groups["what"].Value, quote) is { Length: > 0 } what
            ? new Intent.AddReminder(Title(what), importance, when)
            : null;
    }

    private Intent? ReadList(string clause)
    {
        if (AsksCalendar().IsMatch(clause))
        {
            return new Intent.ListEvents(WhenReader.Read(clause, now).When);
        }

        if (AsksTodos().IsMatch(clause))
        {
            return new Intent.ListTodos();
        }

        return AsksDay().IsMatch(clause) && WhenReader.Read(clause, now) is { When.IsNamed: true } read ? new Intent.ListEvents(read.When) : null;
    }

    private static Intent? ReadChange(string clause)
    {
        if (Finishes().Match(clause) is { Success: true } finished)
        {
            return new Intent.FinishTodo(ReadWhich(finished.Groups["what"].Value));
        }

        if (Removes().Match(clause) is not { Success: true } removed)
        {
            return null;
        }

        var what = removed.Groups["what"].Value;
        return RemovesOther().IsMatch(what)
            ? new Intent.OutOfReach(what.Contains("remind", StringComparison.OrdinalIgnoreCase) ? "change a reminder" : "change an event")
            : new Intent.RemoveTodo(ReadWhich(what));
    }

    private Intent.AddEvent? ReadEvent(string clause)
    {
        var (when, rest, quote) = Open(clause);
        var match = EventOnCalendar().Match(rest);
        if (!match.Success)
        {
            match = SchedulesEvent().Match(rest);
        }

        // "Add a meeting with Ana at 3": a kind of event and a time make an event of it.
        if (!match.Success && when.IsNamed)
        {
            match = AddsMeeting().Match(rest);
        }

        var title = match.Success ? Title(Close(match.Groups["what"].Value, quote)) : "";
        return title.Length > 0 ? new Intent.AddEvent(title, when) : null;
    }

    private Intent.AddTodo? ReadTodo(string clause)
    {
        var (when, rest, quote) = Open(clause);
        var plain = WithoutPriority(rest, out var priority);
        foreach (var pattern in (Regex[])[TodoOnList(), NamesTodo(), NotesTodo(), NeedsTodo()])
        {
            if (pattern.Match(plain) is { Success: true } match && Close(match.Groups["what"].Value, quote) is { Length: > 0 } what)
            {
                var title = Title(what);
                return title.Length > 0 ? new Intent.AddTodo(title, priority, when) : null;
            }
        }

        return null;
    }

    private static Intent.OutOfReach? ReadOutOfReach(string clause) =>
        Weather().IsMatch(clause) ? new Intent.OutOfReach("look up the weather")
        : Messages().IsMatch(clause) ? new Intent.OutOfReach("send messages or make calls")
        : Knowledge().IsMatch(clause) ? new Intent.OutOfReach("look things up or play things")
        : null;

    /// <summary>Takes a quoted title out, then the time: what stands in quotes is never read as a time.</summary>
    private (When When, string Remainder, string Quote) Open(string clause)
    {
        var quoted = Quoted().Match(clause);
        var plain = quoted.Success ? clause.Remove(quoted.Index, quoted.Length).Insert(quoted.Index, QuoteMark) : clause;
        var (when, rest) = WhenReader.Read(plain, now);
        return (when, rest, quoted.Success ? quoted.Groups["title"].Value : "");
    }

    private static string Close(string text, string quote) => text.Contains(QuoteMark, StringComparison.Ordinal) ? quote : text;

    private static string Title(string text)
    {
        var title = LeadingArticle().Replace(text.Trim(' ', ',', '.', ':', '"', '\''), "").Trim();
        return title.Length > 200 ? title[..200] : title;
    }

    private static string WithoutPriority(string text, out string? priority)
    {
        var match = Priority().Match(text);
        priority = !match.Success ? null : match.Groups["level"].Value.ToLowerInvariant() switch
        {
            "urgent" => "urgent",
            "low" => "low",
            "medium" or "normal" => "medium",
            _ => "high",
        };
        return match.Success ? text.Remove(match.Index, match.Length).Insert(match.Index, " ").Trim() : text;
    }

    private static Which ReadWhich(string text)
    {
        var title = WhichNoise().Replace(text.Trim(' ', '"', '\'', '.'), "").Trim(' ', '"', '\'');
        if (Everything().IsMatch(text))
        {
            return new Which("", All: true);
        }

        return Ordinal().Match(text) is { Success: true } ordinal
            ? new Which(title, ordinal.Groups["n"].Value.ToLowerInvariant() switch { "first" => 1, "second" => 2, "third" => 3, "fourth" => 4, "fifth" => 5, _ => -1 })
            : new Which(title);
    }
}
