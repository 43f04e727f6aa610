using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>One request in the user's words, and what every rule needs to know of it.</summary>
internal sealed partial class Clause
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const int LongestTitle = 200;
    private readonly Quotes _quotes;
    private readonly DateTime _now;

    /// <param name="text">The words, quoted titles put aside.</param>
    /// <param name="quotes">The titles.</param>
    /// <param name="now">The user's clock.</param>
    internal Clause(string text, Quotes quotes, DateTime now)
    {
        (Text, _quotes, _now) = (text, quotes, now);
        (When, Timeless) = Read(text);
        (Level, Plain) = LevelIn(Timeless);
    }

    /// <summary>The words, quoted titles put aside.</summary>
    internal string Text { get; }

    /// <summary>The days and times in it.</summary>
    internal When When { get; }

    /// <summary>It without days and times.</summary>
    internal string Timeless { get; }

    /// <summary>How much the thing matters: low, medium, high or urgent.</summary>
    internal string? Level { get; }

    /// <summary>It without days and times, and without how much the thing matters.</summary>
    internal string Plain { get; }

    internal (When When, string Remainder) Read(string text, Recurring recurring = Recurring.No) => WhenReader.Read(text, _now, recurring);

    /// <summary>The time that the text is, and nothing else; null when it is anything else. "Nine" is a time here, as "at nine" is.</summary>
    internal When? TimeOnly(string text) => new[] { text, "at " + text, "on " + text }.Select(tried => Read(tried))
        .Where(read => read.When.IsNamed && read.Remainder.Length == 0).Select(read => read.When).FirstOrDefault();

    /// <summary>The words as a title.</summary>
    internal string Title(string text)
    {
        var title = _quotes.Restore(LeadingArticle().Replace(text.Trim(' ', ',', '.', ':', '"', '\''), "")).Trim();
        return title.Length > LongestTitle ? title[..LongestTitle] : title;
    }

    /// <summary>Which thing the words mean.</summary>
    /// <param name="text">The words.</param>
    /// <param name="usual">The kinds that it may be when the words do not say.</param>
    internal Which Which(string text, params IReadOnlyList<ThingKind> usual)
    {
        var kinds = KindsIn(text) ?? KindsOfPlace(Text) ?? usual;
        if (_quotes.TitleIn(text) is { } quoted)
        {
            return new Which(quoted, kinds, When.Never);
        }

        var (when, rest) = Read(text);
        var plain = rest.Trim(' ', '"', '\'', '.');
        var title = LeadingKind().Replace(Article().Replace(plain, ""), "");
        return new Which(TrailingKind().Replace(title, "").Trim(), kinds, when)
        {
            All = Everything().IsMatch(plain),
            IsLast = Pronoun().IsMatch(plain),
            Place = Ordinal().Match(plain) is not { Success: true } ordinal ? null : ordinal.Groups["n"].Value.ToLowerInvariant() switch { "first" => 1, "second" => 2, "third" => 3, "fourth" => 4, "fifth" => 5, _ => -1 },
        };
    }

    internal static string LevelOf(string word) => word.ToLowerInvariant() switch
    {
        "urgent" => "urgent",
        "low" or "unimportant" => "low",
        "medium" or "normal" => "medium",
        _ => "high",
    };

    /// <summary>The kinds that the words name; null when they name none.</summary>
    private static IReadOnlyList<ThingKind>? KindsIn(string text) =>
        NamesReminder().IsMatch(text) ? [ThingKind.Reminder]
        : NamesEvent().IsMatch(text) ? [ThingKind.Event]
        : NamesTodo().IsMatch(text) ? [ThingKind.Todo]
        : NamesMeal().IsMatch(text) ? [ThingKind.Event, ThingKind.Todo, ThingKind.Reminder]
        : null;

    /// <summary>"… from my calendar".</summary>
    private static IReadOnlyList<ThingKind>? KindsOfPlace(string text) => Place().Match(text) is not { Success: true } place ? null
        : [place.Groups["calendar"].Success ? ThingKind.Event : place.Groups["reminders"].Success ? ThingKind.Reminder : ThingKind.Todo];

    private static (string? Level, string Plain) LevelIn(string text) => Priority().Match(text) is { Success: true } match
        ? (LevelOf(match.Groups["level"].Value), text.Remove(match.Index, match.Length).Insert(match.Index, " ").Trim())
        : (null, text);

    [GeneratedRegex(@"^(?:that i (?:need|have) to|to|the following|:)\s+", Options)]
    private static partial Regex LeadingArticle();

    [GeneratedRegex(@"[\s,(]*\b(?:(?:with|as|at|of)\s+)?(?:an?\s+)?(?:(?<level>urgent|high|low|medium|normal|top)[\s-]+(?:priority|importance)|(?<=^|\b(?:as|it's|is)\s+|,\s*)(?<level>urgent|important)\b|(?<level>urgent)$|(?<level>urgent)(?=:)|(?<level>urgent|important)(?=\s+(?:to-?do|task|item|reminder)\b))\)?[\s:]*", Options)]
    private static partial Regex Priority();

    [GeneratedRegex(@"^(?:(?:that|the|my|our|an?|all|every)\s+)+", Options)]
    private static partial Regex Article();

    [GeneratedRegex(@"^(?:to-?do|task|item|reminder|event)s?\s*(?::|(?:called|named|titled|about|to|for|of|that says)\b)?\s+", Options)]
    private static partial Regex LeadingKind();

    [GeneratedRegex(@"(?:^|\s+)(?:to-?dos?|tasks?|items?|one|reminders?|events?)$|\s+off$", Options)]
    private static partial Regex TrailingKind();

    [GeneratedRegex($@"^(?:all|everything|every)\b|^{Words.My}\s+(?:(?:whole|entire)\s+)?{Words.List}$|^all\s", Options)]
    private static partial Regex Everything();

    [GeneratedRegex(@"^(?:it|that|this|that one|this one)(?:\s+(?:one|to-?do|task|item|reminder|event|meeting|appointment))?$", Options)]
    private static partial Regex Pronoun();

    [GeneratedRegex(@"^(?:(?:the|my|our|that)\s+)?(?<n>first|second|third|fourth|fifth|last)(?:\s+(?:one|to-?do|task|item|reminder|event|appointment|meeting))?$", Options)]
    private static partial Regex Ordinal();

    [GeneratedRegex(@"\breminders?\b", Options)]
    private static partial Regex NamesReminder();

    [GeneratedRegex($@"\b{Words.Event}s?\b", Options)]
    private static partial Regex NamesEvent();

    [GeneratedRegex($@"\b(?:from|on|in|of|off)\s+{Words.My}\s+(?:(?<calendar>{Words.Calendar})|(?<reminders>reminders)|{Words.List})\b", Options)]
    private static partial Regex Place();

    [GeneratedRegex($@"\b(?:{Words.Todo}|{Words.List})s?\b", Options)]
    private static partial Regex NamesTodo();

    [GeneratedRegex(@"\b(?:lunch|dinner|breakfast|brunch|coffee|stand-?up|interview|class|workshop|party|dentist|doctor)\b", Options)]
    private static partial Regex NamesMeal();
}
