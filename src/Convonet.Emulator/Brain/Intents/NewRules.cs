using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>Wishes for something new: reminders, events, todos.</summary>
internal static partial class NewRules
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Two ways to say what is to be on the list, and a vague one: the surest first.</summary>
    private static readonly Rule[] Todos = [.. new[] { TodoOnList(), NamesTodo(), NotesTodo(), NeedsTodo() }.Select(pattern => new Rule(pattern, Todo))];

    internal static Intent? ReadReminder(Clause clause)
    {
        if (AddsReminder().Match(clause.Plain) is not { Success: true } match || clause.Title(match.Groups["what"].Value) is not { Length: > 0 } title)
        {
            return null;
        }

        return clause.Read(clause.Text, Recurring.Yes).When.Recurrence is null
            ? new Intent.AddReminder(title, clause.Level, clause.When)
            : new Intent.OutOfReach("make a reminder ring again and again, but an event can: say \"every Monday at nine\" and what");
    }

    internal static Intent? ReadEvent(Clause clause)
    {
        var (when, rest) = clause.Read(clause.Text, Recurring.Yes);
        var match = new[] { EventOnCalendar(), SchedulesEvent() }.Select(pattern => pattern.Match(rest)).FirstOrDefault(found => found.Success);

        // "Add a meeting with Ana at 3": a kind of event and a time make an event of it.
        if (match is null && when.IsNamed && AddsMeeting().Match(rest) is { Success: true } meeting)
        {
            match = meeting;
        }

        // "Every Monday at nine team standup", and whatever else is added again and again.
        if (match is null && when.Recurrence is not null && Recurs().Match(rest) is { Success: true } series)
        {
            match = series;
        }

        // "A 30 minute call": how long it takes is not its title.
        var what = match?.Groups["what"].Value ?? "";
        if (when.Length is null && Long().Match(what) is { Success: true } length)
        {
            (when, what) = (when with { Length = WhenReader.LengthIn(length.Value) }, what[length.Length..]);
        }

        var title = clause.Title(what);
        return title.Length > 0 ? new Intent.AddEvent(title, when) : null;
    }

    internal static Intent? ReadTodo(Clause clause) => Rule.First(Todos, clause.Plain, clause);

    private static Intent.AddTodo? Todo(Match match, Clause clause) =>
        clause.Title(match.Groups["what"].Value) is { Length: > 0 } title ? new Intent.AddTodo(title, clause.Level, clause.When) : null;

    [GeneratedRegex($@"^(?:remind me(?:\s+(?:to|about|of|that))?|(?:set|add|create|make|put|give me)\s+(?:a|an|another|me a)?\s*(?:new\s+)?reminder(?:\s+(?:to|for|about|that|of))?:?|don'?t let me forget(?:\s+(?:to|about))?)\s+(?<what>.+)$", Options)]
    private static partial Regex AddsReminder();

    [GeneratedRegex($@"^(?:put|add|write|enter|place|note|create|make|schedule|book)\s+(?:in\s+)?(?:(?:an?|the|another)\s+)?(?:new\s+)?(?:{Words.Event}\s+(?:called|named|for|titled)\s+)?(?<what>.+?)\s+(?:on|to|onto|in|into)\s+{Words.My}\s+{Words.Calendar}$", Options)]
    private static partial Regex EventOnCalendar();

    [GeneratedRegex($@"^(?:(?:schedule|book|plan|arrange|set up)\s+(?:(?:an?|the|another)\s+)?(?:new\s+)?(?:{Words.Event}\s+(?:called|named|titled|for)\s+)?|(?:create|make|add|put in)\s+(?:(?:an?|the|another)\s+)?(?:new\s+)?(?:(?:calendar|recurring|repeating)\s+)?(?:event|appointment|calendar entry)\s*(?:called|named|titled|for|:)?\s+)(?<what>.+)$", Options)]
    private static partial Regex SchedulesEvent();

    [GeneratedRegex($@"^(?:add|put|create|make)\s+(?:(?:an?|the|another)\s+)?(?:new\s+)?(?<what>(?:[\w-]+\s+)?{Words.MealOrMeeting}\b.*)$", Options)]
    private static partial Regex AddsMeeting();

    [GeneratedRegex($@"^(?:an?\s+)?(?:{Words.Amount})[\s-](?:minutes?|mins?|hours?)\s+(?:long\s+)?(?=(?!with|for|of|at|on|in|to)\w)", Options)]
    private static partial Regex Long();

    [GeneratedRegex($@"^(?!{Words.Asks}\b)(?:(?:add|put|create|make|i have|i've got|we have|there is|there's)\s+)?(?:an?\s+)?(?!(?:remind|{Words.Todo})\b)(?<what>\S.*?)$(?<!{Words.List})", Options)]
    private static partial Regex Recurs();

    [GeneratedRegex($@"^(?:add|put|write|note|jot|place|get)\s+(?:down\s+)?(?:a\s+(?:new\s+)?{Words.Todo}\s+(?:to|for|called|named|:)?\s*)?(?<what>.+?)\s+(?:to|on|onto|in|into)\s+{Words.My}\s+{Words.List}$", Options)]
    private static partial Regex TodoOnList();

    [GeneratedRegex($@"^(?:add|create|make|new)\s+(?:(?:a|an|another)\s+)?(?:new\s+)?{Words.Todo}\s*(?::|to|for|called|named|titled|that says|saying)?\s+(?<what>.+)$|^{Words.Todo}\s*:\s*(?<what>.+)$|^add\s+to\s+{Words.My}\s+{Words.List}\s*:?\s+(?<what>.+)$", Options)]
    private static partial Regex NamesTodo();

    [GeneratedRegex(@"^(?:add|note(?: down)?(?: that)?|write down|jot down)\s+(?<what>.+)$", Options)]
    private static partial Regex NotesTodo();

    [GeneratedRegex(@"^i\s+(?:still\s+)?(?:need|have|must|ought|want)\s+(?:to\s+)?(?!know\b|see\b|hear\b|ask\b|go\b$|an?\b|the\b|some\b|no\b)(?<what>\S+\s+.+)$", Options)]
    private static partial Regex NeedsTodo();
}
