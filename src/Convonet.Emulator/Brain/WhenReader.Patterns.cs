using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain;

/// <summary>The words for days and times.</summary>
internal sealed partial class WhenReader
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const string Number = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";
    private const string ClockTime = @"(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?|" + Number;
    private const string Half = @"a\.?m\b\.?|p\.?m\b\.?";
    private const string Month = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
    private const string Count = @"a couple of|a few|half an|an?|\d{1,3}|" + Number;

    [GeneratedRegex($@"\b(?:from|between)\s+(?<from>{ClockTime})\s*(?<half1>{Half})?\s*(?:to|until|till|and|-|–)\s*(?<to>{ClockTime})\s*(?<half>{Half})?", Options)]
    private static partial Regex Range();

    [GeneratedRegex($@"\bfor\s+(?<n>{Count})\s+(?<unit>minutes?|mins?|hours?)\b", Options)]
    private static partial Regex Duration();

    [GeneratedRegex($@"\bin\s+(?<n>{Count})\s+(?<unit>minutes?|mins?|hours?|days?|weeks?)(?:'?s? time)?\b", Options)]
    private static partial Regex Relative();

    [GeneratedRegex(@"(?:\b(?:for|on|by|until|the)\s+)*\b(?<day>day after tomorrow|today|tonight|tomorrow|yesterday)(?:'s)?\b", Options)]
    private static partial Regex DayName();

    [GeneratedRegex(@"(?:\b(?:for|on|during|over|at|by)\s+)?\b(?:the\s+)?(?<which>this|next|coming)\s+(?<what>week|weekend)\b(?:'s)?", Options)]
    private static partial Regex Stretch();

    [GeneratedRegex(@"(?:\b(?:for|on|by)\s+)?(?:\b(?<which>this|next|coming)\s+)?\b(?<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b(?:'s)?", Options)]
    private static partial Regex Weekday();

    [GeneratedRegex(@"(?:\b(?:for|on|by)\s+)?(?<date>\d{4}-\d{2}-\d{2})\b", Options)]
    private static partial Regex IsoDate();

    [GeneratedRegex($@"(?:\b(?:for|on|by)\s+)?(?:the\s+)?\b(?<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?<month>{Month})\b", Options)]
    private static partial Regex DayMonth();

    [GeneratedRegex($@"(?:\b(?:for|on|by)\s+)?\b(?<month>{Month})\s+(?:the\s+)?(?<day>\d{{1,2}})(?:st|nd|rd|th)?\b", Options)]
    private static partial Regex MonthDay();

    [GeneratedRegex(@"(?:\b(?:at|by)\s+)?\b(?<name>noon|midday|lunchtime|midnight)\b", Options)]
    private static partial Regex NamedTime();

    [GeneratedRegex($@"(?:\b(?:at|by)\s+)?\b(?<part>half past|quarter past|quarter to)\s+(?<hour>\d{{1,2}}|{Number})\b\s*(?<half>{Half})?", Options)]
    private static partial Regex HalfPast();

    [GeneratedRegex($@"\b(?:at|by)\s+(?<clock>{ClockTime})\b(?:\s*o'?clock\b)?\s*(?<half>{Half})?|\b(?<clock>[01]?\d(?:[:.][0-5]\d)?)\s*(?<half>{Half})|\b(?<clock>(?:[01]?\d|2[0-3]):[0-5]\d)\b", Options)]
    private static partial Regex Moment();

    [GeneratedRegex(@"\b(?:in the |this )?(?<part>morning|afternoon|evening)\b", Options)]
    private static partial Regex PartOfDay();

    [GeneratedRegex(@"\s{2,}")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[\s,]+(?:on|at|for|by|in|the|due)$", Options)]
    private static partial Regex Dangling();
}
