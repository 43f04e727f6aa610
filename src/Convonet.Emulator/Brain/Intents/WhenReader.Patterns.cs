using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>The words for days and times.</summary>
internal sealed partial class WhenReader
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const string ClockTime = @"(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?|" + Words.Number;
    private const string Half = @"a\.?m\b\.?|p\.?m\b\.?";
    private const string Month = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
    private const string DayOfWeek = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";

    [GeneratedRegex($@"\b(?:from|between)\s+(?<from>{ClockTime})\s*(?<half1>{Half})?\s*(?:to|until|till|and|-|–)\s*(?<to>{ClockTime})\s*(?<half>{Half})?", Options)]
    private static partial Regex Range();

    [GeneratedRegex($@"\bfor\s+(?<n>{Words.Amount})\s+(?<unit>minutes?|mins?|hours?)(?<half>\s+and a half)?\b", Options)]
    private static partial Regex Duration();

    [GeneratedRegex($@"\b(?<n>{Words.Amount})\s+(?:free\s+)?(?<unit>minutes?|mins?|hours?|days?|weeks?)(?<half>\s+and a half)?\b", Options)]
    private static partial Regex Length();

    [GeneratedRegex($@"\b(?:every|each)\s+(?:(?<day>{DayOfWeek})s?\b(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+)(?:every\s+)?(?<day>{DayOfWeek})s?\b)*|(?<unit>day|weekday|working day|week|month|year|morning|evening|night)\b)|\bon\s+(?<day>{DayOfWeek})s\b(?:(?:\s*,\s*|\s+and\s+)(?:on\s+)?(?<day>{DayOfWeek})s\b)*|\b(?<unit>daily|weekly|monthly|yearly|annually)$", Options)]
    private static partial Regex Series();

    [GeneratedRegex($@"\b(?:in|for|over|during)?\s*(?:the\s+)?(?:next|coming)\s+(?<n>{Words.Amount})\s+(?<unit>days|weeks)\b", Options)]
    private static partial Regex NextDays();

    [GeneratedRegex($@"\bin\s+(?<n>{Words.Amount})\s+(?<unit>minutes?|mins?|hours?|days?|weeks?)(?:'?s? time)?\b", Options)]
    private static partial Regex Relative();

    [GeneratedRegex(@"(?:\b(?:for|on|by|until|the)\s+)*\b(?<day>day after tomorrow|today|tonight|tomorrow|yesterday)(?:'s)?\b", Options)]
    private static partial Regex DayName();

    [GeneratedRegex(@"(?:\b(?:for|on|during|over|at|by)\s+)?\b(?:the\s+)?(?<which>this|next|coming)\s+(?<what>week|weekend|month)\b(?:'s)?", Options)]
    private static partial Regex Stretch();

    [GeneratedRegex($@"(?:\b(?:for|on|by)\s+)?(?:\b(?<which>this|next|coming)\s+)?(?<!\b(?:every|each)\s+)\b(?<day>{DayOfWeek})\b(?:'s)?", Options)]
    private static partial Regex Weekday();

    [GeneratedRegex(@"(?:\b(?:for|on|by)\s+)?(?<date>\d{4}-\d{2}-\d{2})\b", Options)]
    private static partial Regex IsoDate();

    [GeneratedRegex($@"(?:\b(?:for|on|by)\s+)?(?:the\s+)?\b(?<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?<month>{Month})\b", Options)]
    private static partial Regex DayMonth();

    [GeneratedRegex($@"(?:\b(?:for|on|by)\s+)?\b(?<month>{Month})\s+(?:the\s+)?(?<day>\d{{1,2}})(?:st|nd|rd|th)?\b", Options)]
    private static partial Regex MonthDay();

    [GeneratedRegex(@"(?:\b(?:at|by)\s+)?\b(?<name>noon|midday|lunchtime|midnight)\b", Options)]
    private static partial Regex NamedTime();

    [GeneratedRegex($@"(?:\b(?:at|by)\s+)?\b(?<part>half past|quarter past|quarter to)\s+(?<hour>\d{{1,2}}|{Words.Number})\b\s*(?<half>{Half})?", Options)]
    private static partial Regex HalfPast();

    [GeneratedRegex($@"\b(?:at|by)\s+(?<clock>{ClockTime})(?=\b|[ap]\.?m\b)(?:\s*o'?clock\b)?\s*(?<half>{Half})?|\b(?<clock>[01]?\d(?:[:.][0-5]\d)?)\s*(?<half>{Half})|\b(?<clock>(?:[01]?\d|2[0-3]):[0-5]\d)\b", Options)]
    private static partial Regex Moment();

    [GeneratedRegex(@"\b(?:in the |this )?(?<part>morning|afternoon|evening)\b", Options)]
    private static partial Regex PartOfDay();

    [GeneratedRegex(@"\s{2,}")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[\s,]+(?:on|at|for|from|by|in|the|due)$", Options)]
    private static partial Regex Dangling();
}
