using System.Text.RegularExpressions;
using Convonet.Emulator.Brain.Replies;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>
/// Cuts what the user said into its requests. A joint such as "and" separates requests only where the words after it begin one, so that
/// "milk and eggs" stays together.
/// </summary>
internal static partial class Clauses
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Words that begin a request.</summary>
    private const string Start =
        @"(?:(?:please|also|then|so|ok(?:ay)?|oh)[\s,]+)*(?:" +
        @"(?:add|put|schedule|book|plan|arrange|create|cancel|delete|remove|erase|drop|mark|complete|finish|tick|list|show|clear|remind|rename|reschedule|postpone|reopen|invite|assign|promote|demote)\s" +
        @"|(?:move|change|shift|update|delay)\s.+?\s(?:to|by)\b|find (?:me|an?|out|user|users|people)\b|make\s.+?\s(?:urgent|important|due|admin|owner|member|viewer|(?:high|low|medium)(?:\s+priority)?)\b" +
        @"|tell me\b|give me\b|read (?:me|out|my)\b|let me know\b|say (?:hello|hi)\b|check (?:off|my|the|what|if)\b|cross (?:off|out)\b|note (?:down|that)\b|write (?:down|me)\b" +
        @"|set (?:a|an|up|another)\b|make (?:a|an)\b|don'?t let me\b" +
        @"|what(?:'?s| is| are| do| time| day| date| can| have| teams)\b|which (?:team|teams|day)\b|when(?:'?s| is| am| are| do| can| could)\b|who(?:'?s| are| is)\b|how (?:are|is|do|does|many|much)\b|how'?s\b" +
        @"|(?:do|did|have|can|could|would|will|am|are|is) (?:i|you|there|we)\b|i (?:need|have|must|finished|did|want|would)\b|i'?(?:ve|d)\b" +
        @"|thanks?\b|hello\b|hi\b|hey\b|bye\b|goodbye\b|good (?:night|bye)\b|help\b)";

    internal static IReadOnlyList<string> Split(string text)
    {
        var clauses = new List<string>();
        foreach (var sentence in SentenceEnd().Split(text))
        {
            clauses.AddRange(Joint().Split(sentence).Select(Clean).Where(clause => clause.Length > 0));
        }

        return clauses;
    }

    private static string Clean(string clause)
    {
        var cleaned = clause.Trim().TrimEnd('.', '!', '?', ',', ';', ' ');
        if (SmallTalk.Read(cleaned) is not null)
        {
            return cleaned;
        }

        string before;
        do
        {
            before = cleaned;
            cleaned = Politeness().Replace(cleaned, "").Trim();
        }
        while (cleaned != before);

        cleaned = TrailingPoliteness().Replace(cleaned, "").Trim();

        // "Hello" alone is polite and a clause of its own.
        return cleaned.Length > 0 ? cleaned : clause.Trim(' ', '.', '!', '?', ',', ';');
    }

    [GeneratedRegex(@"(?<!\b(?:[ap]\.m|[ap]|dr|mrs?|ms|st))[.!?;]+(?:\s+|$)|\n+", Options)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex($@"(?:\s*,)?\s+(?:and then|and also|and|then|plus|but|also)\s+(?={Start})|\s*,\s*(?={Start})|(?<=^(?:please\s+)?(?:show|list|read|tell|give|what|check)\b.*)\s+and\s+(?=my\s+(?:(?:to-?do\s+)?list|to-?dos|tasks|reminders|calendar|agenda|teams)$)", Options)]
    private static partial Regex Joint();

    [GeneratedRegex(
        @"^(?:(?:please|also|then|so|ok(?:ay)?|oh|well|and|now|convonet|assistant|just|hey|hi|hello)\b[\s,]+|(?:can|could|would|will) you (?:please )?(?:just )?(?=\w)"
        + @"|i(?:'d| would) like (?:you )?to (?=\w)|i want (?:you )?to (?=\w)|let'?s (?=\w)|help me (?:to )?(?=\w))",
        Options)]
    private static partial Regex Politeness();

    [GeneratedRegex(@"[\s,]+(?:please|for me|thanks|thank you|if you can)$", Options)]
    private static partial Regex TrailingPoliteness();
}
