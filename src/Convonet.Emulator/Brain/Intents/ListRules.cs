using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>Questions for what is there: lists, the calendar, the agenda, free time, and the clock.</summary>
internal static partial class ListRules
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Rule[] Clock =
    [
        new(AsksDate(), (_, _) => new Intent.TellTime(IsDate: true)),
        new(AsksTime(), (_, _) => new Intent.TellTime(IsDate: false)),
    ];

    private static readonly Rule[] Lists =
    [
        new(AsksReminders(), (_, _) => new Intent.ListReminders()),
        new(AsksFreeTime(), (_, clause) => new Intent.FindFreeTime(LengthOf(clause), clause.When)),
        new(AsksAgenda(), (match, clause) => new Intent.TellAgenda(clause.When.IsNamed ? clause.When : Stretch(match.Groups["what"].Value))),
        new(AsksWhen(), (match, clause) => new Intent.Change(clause.Which(match.Groups["what"].Value, ThingKind.Event, ThingKind.Reminder, ThingKind.Todo), new Edit.Tell())),
        new(AsksTeamTodos(), (match, clause) => new Intent.ListTodos(clause.Title(match.Groups["team"].Value))),
        new(AsksCalendar(), (_, clause) => new Intent.ListEvents(clause.When)),
        new(AsksTodos(), (_, _) => new Intent.ListTodos()),
        new(AsksDay(), (_, clause) => clause.When.IsNamed ? new Intent.TellAgenda(clause.When) : null),
    ];

    internal static Intent? ReadClock(Clause clause) => Rule.First(Clock, clause.Text, clause);

    internal static Intent? Read(Clause clause) => Rule.First(Lists, clause.Text, clause);

    /// <summary>Between two and five there are three hours, but they are not what is asked for.</summary>
    private static TimeSpan? LengthOf(Clause clause) => (clause.When.Until is null ? clause.When.Length : null) ?? WhenReader.LengthIn(clause.Text);

    private static When Stretch(string word) => When.Never with { Words = word.Contains("week", StringComparison.OrdinalIgnoreCase) ? "this week" : "today" };

    [GeneratedRegex(@"\bwhat(?:'?s| is)? (?:day|date)\b|\bwhat(?:'?s| is) (?:today'?s|the)(?: current)? (?:date|day)\b|\btoday'?s date\b|\bwhich day\b|\b(?:tell|give) me the (?:date|day)\b|\bwhat is today\b", Options)]
    private static partial Regex AsksDate();

    [GeneratedRegex(@"\bwhat(?:'?s| is)? (?:the )?(?:current |exact )?time\b(?! of| (?:do|am|are|can|could) (?:i|we)| is (?!it\b|now\b))|\btell me the time\b|\bcurrent time\b|\bhow late is it\b|\bhave you got the time\b|\bdo you (?:know|have) the time\b|^time$", Options)]
    private static partial Regex AsksTime();

    [GeneratedRegex(@"^(?:what|which|show|list|read|tell|give|do i|are there|have i|any|my|check|see)\b.*\breminders\b|^reminders$|\bwhat (?:should|do) you (?:need to )?remind me\b", Options)]
    private static partial Regex AsksReminders();

    [GeneratedRegex($@"^(?:when|what times?)\b.*\b(?:free|available|have (?:some |any )?time|got time|meet|fit)\b|^(?:find|look for|search for|suggest|get|give|show)\s+(?:me\s+|us\s+)?(?:an?\s+|some\s+|my\s+|all\s+|the\s+)?(?:next\s+)?(?:(?:free|open)\s+)?(?:time|(?:time\s+)?slots?|gaps?)\b|^(?:find|look for|get|give)\s+(?:me\s+|us\s+)?(?:{Words.Amount})\s+(?:free\s+)?(?:minutes?|mins?|hours?)\b|^(?:do i have|have i got|is there|are there)\s+(?:any\s+|some\s+|an?\s+)?(?:free\s+)?(?:time|(?:time\s+)?slots?|gaps?)\b|^(?:do i have|have i got)\s+(?:{Words.Amount})\s+(?:free\s+)?(?:minutes?|mins?|hours?)\b|^free (?:time|slots)\b", Options)]
    private static partial Regex AsksFreeTime();

    [GeneratedRegex($@"^{Words.Asks}\b.*\bagenda\b|^(?:my |the )?agenda\b|^(?:what|how)(?:'?s| is| does| will| are)?\s+my\s+(?<what>day|week|weekend|morning|afternoon|evening|plans|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|^(?:what|how)(?:'?s| is| does| will)\s+(?:today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s\s+\w+)?\s+look|^(?:what|which)(?:'?s| is| are)\s+(?:the|my)\s+plans?\b|^my (?<what>day|week)$|^(?:give me |show me )?(?:an? |the )?(?:overview|summary|briefing)\b|^brief me\b|^what(?:'?s| is) (?:coming up|ahead|next)\b", Options)]
    private static partial Regex AsksAgenda();

    [GeneratedRegex(@"^(?:when|what time|what day|which day)(?:'?s| is| does)\s+(?!it\b|now\b|(?:my|the|our) next\b)(?<what>.+?)(?:\s+(?:start|begin|due|take place|happening|scheduled))?$", Options)]
    private static partial Regex AsksWhen();

    [GeneratedRegex($@"^{Words.Asks}\b.*\b(?:on|in|of|from|for)\s+(?:the\s+)?(?:team\s+)?(?!(?:my|the|our|your|to-?do|task|shopping|grocery|groceries|all|any|every|open|list)\b)(?<team>\S+(?:\s\S+)??)(?:'s)?(?:\s+team(?:'s)?)?\s+(?:(?:to-?do|task)\s+)?(?:list|to-?dos|tasks)$|^{Words.Asks}\b.*\b(?:list|to-?dos|tasks)\s+(?:of|for|in)\s+(?:the\s+)?(?:team\s+(?<team>\S.*)|(?<team>\S+(?:\s\S+)??)\s+team)$", Options)]
    private static partial Regex AsksTeamTodos();

    [GeneratedRegex($@"^{Words.Asks}\b.*\b(?:{Words.Calendar}|events?|meetings?|appointments?|free|busy)\b|^(?:my )?{Words.Calendar}$|^(?:when|what)(?:'?s| is) my next\b", Options)]
    private static partial Regex AsksCalendar();

    [GeneratedRegex($@"^(?:what|which|show|list|read|tell|give|do i|is there|are there|have i|any|check|see|how many|let me)\b.*\b(?:{Words.List}|{Words.Todo}s?)\b|^(?:my )?{Words.List}$|\bwhat (?:do|must|should) i (?:still )?(?:have|need)?\s*(?:to )?(?:do|get done|buy|get)\b|\bwhat(?:'?s| is) (?:left|open|still open)\b", Options)]
    private static partial Regex AsksTodos();

    [GeneratedRegex(@"^(?:(?:tell|show) me )?(?:what(?:'?s| is| do i have| have i got| am i doing)|do i have (?:anything|something|plans)|is there anything|anything|how does|how is|how'?s|what does)\b", Options)]
    private static partial Regex AsksDay();
}
