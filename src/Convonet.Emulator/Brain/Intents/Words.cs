namespace Convonet.Emulator.Brain.Intents;

/// <summary>Pieces of patterns that several rules share.</summary>
internal static class Words
{
    internal const string My = @"(?:my|the|our|your)";
    internal const string List = @"(?:(?:to-?do|task|shopping|grocery|groceries)\s+)?(?:list|to-?dos?|tasks)";
    internal const string Todo = @"(?:to-?do|task|item|todo item|list item)";
    internal const string Calendar = @"(?:calendar|diary|agenda|schedule)";
    internal const string Event = @"(?:event|meeting|appointment|calendar entry|entry)";
    internal const string MealOrMeeting =
        @"(?:event|meeting|appointment|lunch|dinner|breakfast|brunch|coffee|call|interview|party|date|class|lesson|workshop|review|stand-?up)";

    /// <summary>A question, or a wish to see something.</summary>
    internal const string Asks = @"(?:what|when|which|show|list|read|tell|give|do i|am i|is there|are there|have i|any|check|see|how|let me)";

    internal const string Number = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";
    internal const string Amount = @"a couple of|a few|half an|(?:an?|one|two|three) and a half|an?|\d{1,3}|" + Number;

    internal const string Email = @"[^\s@,;:<>()]+@[^\s@,;:<>()]+\w";
    internal const string Role = @"(?:owner|admin|administrator|member|viewer|guest)";

    /// <summary>A team's name with or without the word "team", which is the group <c>word</c>.</summary>
    internal const string Team = @"(?:the\s+)?(?:(?<word>team)\s+)?(?:called\s+)?(?<team>\S.*?)(?:\s+(?<word>team))?";
}
