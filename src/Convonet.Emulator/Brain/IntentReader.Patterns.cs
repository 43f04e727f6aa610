using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain;

/// <summary>The rules. Each stands alone, so that one can be read or changed without the others.</summary>
internal sealed partial class IntentReader
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const string QuoteMark = "\u0001";
    private const string ListWords = @"(?:(?:to-?do|task|shopping|grocery|groceries)\s+)?(?:list|to-?dos?|tasks)";
    private const string TodoWord = @"(?:to-?do|task|item|todo item|list item)";
    private const string CalendarWord = @"(?:calendar|diary|agenda|schedule)";
    private const string EventWord = @"(?:event|meeting|appointment|calendar entry|entry)";
    private const string MealOrMeeting = @"(?:event|meeting|appointment|lunch|dinner|breakfast|brunch|coffee|call|interview|party|date|class|lesson|workshop|review|stand-?up)";
    private const string My = @"(?:my|the|our|your)";

    [GeneratedRegex(@"\bwhat(?:'?s| is)? (?:day|date)\b|\bwhat(?:'?s| is) (?:today'?s|the)(?: current)? (?:date|day)\b|\btoday'?s date\b|\bwhich day\b|\b(?:tell|give) me the (?:date|day)\b|\bwhat is today\b", Options)]
    private static partial Regex AsksDate();

    [GeneratedRegex(@"\bwhat(?:'?s| is)? (?:the )?(?:current |exact )?time\b(?! of)|\btell me the time\b|\bcurrent time\b|\bhow late is it\b|\bhave you got the time\b|\bdo you (?:know|have) the time\b|^time$", Options)]
    private static partial Regex AsksTime();

    [GeneratedRegex(@"^(?:what|which|show|list|read|tell|give|do i|are there|have i|any|my|check|see)\b.*\breminders\b|^reminders$|\bwhat (?:should|do) you (?:need to )?remind me\b", Options)]
    private static partial Regex AsksReminders();

    [GeneratedRegex($@"^(?:remind me(?:\s+(?:to|about|of|that))?|(?:set|add|create|make|put|give me)\s+(?:a|an|another|me a)?\s*(?:new\s+)?reminder(?:\s+(?:to|for|about|that|of))?:?|don'?t let me forget(?:\s+(?:to|about))?)\s+(?<what>.+)$", Options)]
    private static partial Regex AddsReminder();

    [GeneratedRegex($@"^(?:what|when|which|show|list|read|tell|give|do i|am i|is there|are there|have i|any|check|see|how|let me)\b.*\b(?:{CalendarWord}|events?|meetings?|appointments?|free|busy)\b|^(?:my )?{CalendarWord}$|^(?:when|what)(?:'?s| is) my next\b", Options)]
    private static partial Regex AsksCalendar();

    [GeneratedRegex($@"^(?:what|which|show|list|read|tell|give|do i|is there|are there|have i|any|check|see|how many|let me)\b.*\b(?:{ListWords}|{TodoWord}s?)\b|^(?:my )?{ListWords}$|\bwhat (?:do|must|should) i (?:still )?(?:have|need)?\s*(?:to )?(?:do|get done)\b|\bwhat(?:'?s| is) (?:left|open|still open)\b", Options)]
    private static partial Regex AsksTodos();

    [GeneratedRegex(@"^(?:(?:tell|show) me )?(?:what(?:'?s| is| do i have| have i got| am i doing)|do i have (?:anything|something|plans)|is there anything|anything|how does|how is|how'?s|what does)\b", Options)]
    private static partial Regex AsksDay();

    [GeneratedRegex($@"^(?:(?:mark|check|tick|set|cross)(?:\s+off|\s+out)?\s+(?<what>.+?)\s+(?:as\s+)?(?:done|completed?|finished|off|out)|(?:complete|finish|tick off|check off|cross off|cross out|close)\s+(?<what>.+)|i(?:'?ve| have)?\s+(?:already\s+|just\s+)?(?:done|finished|completed)\s+(?:with\s+)?(?<what>.+)|(?<what>.+?)\s+is\s+(?:done|finished|completed?))(?:\s+(?:on|in|from)\s+{My}\s+{ListWords})?$", Options)]
    private static partial Regex Finishes();

    [GeneratedRegex($@"^(?:delete|remove|erase|drop|cancel|clear|take|forget about)\s+(?<what>.+?)(?:\s+(?:from|off|on|of|in)\s+{My}\s+{ListWords})?$", Options)]
    private static partial Regex Removes();

    [GeneratedRegex($@"\b(?:reminders?|{EventWord}s?|{CalendarWord}|lunch|dinner)\b", Options)]
    private static partial Regex RemovesOther();

    [GeneratedRegex($@"^(?:put|add|write|enter|place|note|create|make|schedule|book)\s+(?:in\s+)?(?:(?:an?|the|another)\s+)?(?:new\s+)?(?:{EventWord}\s+(?:called|named|for|titled)\s+)?(?<what>.+?)\s+(?:on|to|onto|in|into)\s+{My}\s+{CalendarWord}$", Options)]
    private static partial Regex EventOnCalendar();

    [GeneratedRegex($@"^(?:(?:schedule|book|plan|arrange|set up)\s+(?:(?:an?|the|another)\s+)?(?:new\s+)?(?:{EventWord}\s+(?:called|named|titled|for)\s+)?|(?:create|make|add|put in)\s+(?:(?:an?|the|another)\s+)?(?:new\s+)?(?:calendar\s+)?(?:event|appointment|calendar entry)\s*(?:called|named|titled|for|:)?\s+)(?<what>.+)$", Options)]
    private static partial Regex SchedulesEvent();

    [GeneratedRegex($@"^(?:add|put|create|make)\s+(?:(?:an?|the|another)\s+)?(?:new\s+)?(?<what>(?:[\w-]+\s+)?{MealOrMeeting}\b.*)$", Options)]
    private static partial Regex AddsMeeting();

    [GeneratedRegex($@"^(?:add|put|write|note|jot|place|get)\s+(?:down\s+)?(?:a\s+(?:new\s+)?{TodoWord}\s+(?:to|for|called|named|:)?\s*)?(?<what>.+?)\s+(?:to|on|onto|in|into)\s+{My}\s+{ListWords}$", Options)]
    private static partial Regex TodoOnList();

    [GeneratedRegex($@"^(?:add|create|make|new)\s+(?:(?:a|an|another)\s+)?(?:new\s+)?{TodoWord}\s*(?::|to|for|called|named|titled|that says|saying)?\s+(?<what>.+)$|^{TodoWord}\s*:\s*(?<what>.+)$|^add\s+to\s+{My}\s+{ListWords}\s*:?\s+(?<what>.+)$", Options)]
    private static partial Regex NamesTodo();

    [GeneratedRegex(@"^(?:add|note(?: down)?(?: that)?|write down|jot down)\s+(?<what>.+)$", Options)]
    private static partial Regex NotesTodo();

    [GeneratedRegex(@"^i\s+(?:still\s+)?(?:need|have|must|ought|want)\s+(?:to\s+)?(?!know\b|see\b|hear\b|ask\b|go\b$|an?\b|the\b|some\b|no\b)(?<what>\S+\s+.+)$", Options)]
    private static partial Regex NeedsTodo();

    [GeneratedRegex(@"\bweather\b|\bforecast\b|\b(?:rain|snow|sunny)\b", Options)]
    private static partial Regex Weather();

    [GeneratedRegex(@"^(?:send|email|e-mail|text|message|call|phone|transfer)\b", Options)]
    private static partial Regex Messages();

    [GeneratedRegex(@"^(?:play|search|google|look up|find|translate|calculate|order|buy)\b|^(?:what|who|where|why|when) (?:is|are|was|were) (?!my\b|on\b|your\b)", Options)]
    private static partial Regex Knowledge();

    [GeneratedRegex("[\"“„](?<title>[^\"“”]+)[\"”“]|(?<=\\s)['‘](?<title>[^']{2,}?)['’](?=\\s|$)")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(?:that i (?:need|have) to|to|the following|:)\s+", Options)]
    private static partial Regex LeadingArticle();

    [GeneratedRegex(@"[\s,(]*\b(?:(?:with|as|at|of)\s+)?(?:an?\s+)?(?:(?<level>urgent|high|low|medium|normal|top)[\s-]+(?:priority|importance)|(?<=^|\b(?:as|it's|is)\s+|,\s*)(?<level>urgent|important)\b|(?<level>urgent)$|(?<level>urgent)(?=:)|(?<level>urgent|important)(?=\s+(?:to-?do|task|item|reminder)\b))\)?[\s:]*", Options)]
    private static partial Regex Priority();

    [GeneratedRegex(@"^(?:that\s+)?(?:(?:the|my|a)\s+)?(?:(?:to-?do|task|item|first|second|third|fourth|fifth|last)s?\s+)*(?:(?:one|called|named|about|to-?do|task|item)\s+)*|\s+(?:to-?do|task|item|one)$|\s+off$", Options)]
    private static partial Regex WhichNoise();

    [GeneratedRegex($@"^(?:all|everything|every)\b|^{My}\s+(?:(?:whole|entire)\s+)?{ListWords}$|^all\s", Options)]
    private static partial Regex Everything();

    [GeneratedRegex(@"\b(?<n>first|second|third|fourth|fifth|last)(?:\s+(?:one|to-?do|task|item))?$", Options)]
    private static partial Regex Ordinal();
}
