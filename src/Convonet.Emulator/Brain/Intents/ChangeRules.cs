using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>Wishes to change what is there: tick off, rename, move, delete.</summary>
internal static partial class ChangeRules
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const string Level = @"(?<level>urgent|unimportant|important|high|medium|normal|low)(?:[\s-]+(?:priority|importance))?";

    private static readonly ThingKind[] TodoOnly = [ThingKind.Todo];
    private static readonly ThingKind[] TodoFirst = [ThingKind.Todo, ThingKind.Event, ThingKind.Reminder];
    private static readonly ThingKind[] EventFirst = [ThingKind.Event, ThingKind.Reminder, ThingKind.Todo];
    private static readonly ThingKind[] WithLevel = [ThingKind.Todo, ThingKind.Reminder];

    private static readonly Rule[] Rules =
    [
        new(Reopens(), (match, clause) => new Intent.Change(clause.Which(What(match), TodoOnly), new Edit.Reopen())),
        new(Finishes(), (match, clause) => new Intent.Change(clause.Which(What(match), TodoOnly) with { Kinds = TodoOnly }, new Edit.Finish())),
        new(Ranks(), (match, clause) => new Intent.Change(clause.Which(What(match), WithLevel), new Edit.Rank(Clause.LevelOf(match.Groups["level"].Value)))),
        new(Describes(), (match, clause) => new Intent.Change(clause.Which(What(match), TodoFirst), new Edit.Describe(clause.Title(match.Groups["text"].Value)))),
        new(Delays(), Shifted),
        new(Moves(), Moved),
        new(Repeats(), Repeated),
        new(Renames(), (match, clause) => new Intent.Change(clause.Which(What(match), TodoFirst), new Edit.Rename(clause.Title(match.Groups["title"].Value)))),
        new(Removes(), Removed),
    ];

    internal static Intent? Read(Clause clause) => Rule.First(Rules, clause.Text, clause);

    private static string What(Match match) => match.Groups["what"].Value;

    private static Intent.Change? Shifted(Match match, Clause clause) => WhenReader.LengthIn(match.Groups["by"].Value) is { } length
        ? new Intent.Change(clause.Which(What(match), EventFirst), new Edit.Shift(match.Groups["back"].Success ? -length : length))
        : null;

    /// <summary>"Move the reminder to call Anna to six": the joint is the first "to" with nothing but a time behind it.</summary>
    private static Intent.Change? Moved(Match match, Clause clause)
    {
        var rest = match.Groups["rest"].Value;
        foreach (Match joint in To().Matches(rest))
        {
            if (clause.TimeOnly(rest[(joint.Index + joint.Length)..]) is { } when && rest[..joint.Index].Trim() is { Length: > 0 } what)
            {
                // A time without a day is rather an event's than a todo's.
                return new Intent.Change(clause.Which(what, when.From is null || match.Groups["event"].Success ? EventFirst : TodoFirst), new Edit.Move(when));
            }
        }

        return null;
    }

    /// <summary>"Make it weekly". A day that is named need not be the one that the event is on.</summary>
    private static Intent.Change? Repeated(Match match, Clause clause)
    {
        var (when, rest) = clause.Read(match.Groups["often"].Value, Recurring.Yes);
        return when.Recurrence is not { } rule || rest.Length > 0 ? null
            : new Intent.Change(
                clause.Which(What(match), ThingKind.Event),
                new Edit.Repeat(rule == "weekly" && when.From is { } day ? $"FREQ=WEEKLY;BYDAY={day.DayOfWeek.ToString()[..2].ToUpperInvariant()}" : rule));
    }

    private static Intent Removed(Match match, Clause clause)
    {
        var what = What(match);
        return Team().IsMatch(what)
            ? new Intent.OutOfReach("delete a team")
            : new Intent.Change(clause.Which(what, match.Groups["cancel"].Success ? EventFirst : TodoFirst), new Edit.Delete());
    }

    [GeneratedRegex($@"^(?:mark|set)\s+(?<what>.+?)\s+(?:as\s+|to\s+)?(?:not\s+(?:done|finished|completed?)|undone|open|incomplete|unfinished)$|^(?:reopen|un-?tick|un-?check)\s+(?<what>.+)$", Options)]
    private static partial Regex Reopens();

    [GeneratedRegex($@"^(?:(?:mark|check|tick|set|cross)(?:\s+off|\s+out)?\s+(?<what>.+?)\s+(?:(?:as|to)\s+)?(?:done|completed?|finished|off|out)|(?:complete|finish|tick off|check off|cross off|cross out|close)\s+(?<what>.+?)|i(?:'?ve| have)?\s+(?:already\s+|just\s+)?(?:done|finished|completed)\s+(?:with\s+)?(?<what>.+?)|(?<what>.+?)\s+is\s+(?:done|finished|completed?))(?:\s+(?:on|in|from|off)\s+{Words.My}\s+{Words.List})?$", Options)]
    private static partial Regex Finishes();

    [GeneratedRegex($@"^(?:set|change|raise|lower|update)\s+the\s+(?:priority|importance)\s+(?:of|for)\s+(?<what>.+?)\s+to\s+{Level}$|^(?:make|mark|set|flag|change)\s+(?<what>.+?)\s+(?:(?:as|to)\s+)?(?:an?\s+|of\s+)?{Level}$|^give\s+(?<what>.+?)\s+(?:an?\s+)?{Level}$", Options)]
    private static partial Regex Ranks();

    [GeneratedRegex(@"^add\s+(?:an?\s+|the\s+)?(?:note|description|remark)\s+to\s+(?<what>[^:]+?)\s*:\s*(?<text>.+)$|^(?:set|change)\s+the\s+(?:note|description)\s+of\s+(?<what>[^:]+?)\s+to:?\s+(?<text>.+)$", Options)]
    private static partial Regex Describes();

    [GeneratedRegex(@"^(?:move|reschedule|postpone|delay|shift|push|put off|push back|bring forward|extend|snooze)\s+(?<what>.+?)\s+(?:(?:back|(?<back>forward|up))\s+)?(?:by|for)\s+(?<by>\S+(?:\s\S+){1,4}?)(?:\s+(?:later|(?<back>earlier)))?$|^(?:move|shift|push)\s+(?<what>.+?)\s+(?<by>\S+(?:\s\S+)?)\s+(?:later|(?<back>earlier))$", Options)]
    private static partial Regex Delays();

    [GeneratedRegex(@"^(?:(?<event>reschedule)|move|postpone|delay|shift|push(?: back)?|put off|bring forward|change|set|update)\s+(?!up\b|an?\b|another\b)(?:the\s+(?:due date|deadline|date|time|day|start)\s+(?:of|for)\s+)?(?<rest>.+)$|^(?:make|set)\s+(?<rest>.+?\s+due\s+.+)$", Options)]
    private static partial Regex Moves();

    [GeneratedRegex(@"^(?:make|repeat|change|set)\s+(?!an?\b)(?<what>.+?)\s+(?:(?:to|repeat|recur)\s+)?(?<often>(?:every|each)\s+\S.*|daily|weekly|monthly|yearly)$", Options)]
    private static partial Regex Repeats();

    [GeneratedRegex(@"(?:^|\s+)(?:(?:back|forward|over)\s+)?(?:to\s+be\s+due|due|to|until|till|for|on|at)(?:\s+|$)", Options)]
    private static partial Regex To();

    [GeneratedRegex(@"^(?:rename|retitle|change|update)\s+(?:the\s+(?:title|name|text)\s+of\s+)?(?<what>(?:(?:the|my)\s+(?:reminder|to-?do|task)\s+(?:to\s+)?)?.+?)\s+(?:to|into|as)\s+(?<title>.+)$", Options)]
    private static partial Regex Renames();

    [GeneratedRegex($@"^(?:delete|remove|erase|drop|(?<cancel>cancel|call off)|clear|take|forget about|get rid of)\s+(?<what>.+?)(?:\s+(?:from|off|on|of|in)\s+{Words.My}\s+(?:{Words.List}|{Words.Calendar}|reminders))?$", Options)]
    private static partial Regex Removes();

    [GeneratedRegex($@"^(?:(?:the|my|our)\s+)?team(?:\s+(?!{Words.MealOrMeeting}\b)\S+)?$|^the\s+\S+\s+team$", Options)]
    private static partial Regex Team();
}
