using System.Text.RegularExpressions;
using Convonet.Emulator.Brain.Replies;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>Understands a sentence by rules: of each clause the first that fits wins.</summary>
internal static partial class IntentReader
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Func<Clause, Intent?>[] Readers =
    [
        clause => SmallTalk.Read(clause.Text) is { } topic ? new Intent.Talk(topic) : null,
        ListRules.ReadClock,
        NewRules.ReadReminder,
        TeamRules.Read,
        ListRules.Read,
        ChangeRules.Read,
        NewRules.ReadEvent,
        NewRules.ReadTodo,
        ReadOutOfReach,
    ];

    /// <summary>Everything that the text asks for, in its order.</summary>
    /// <param name="text">What the user said.</param>
    /// <param name="now">The user's clock.</param>
    internal static IReadOnlyList<Intent> Read(string text, DateTime now)
    {
        var quotes = new Quotes();
        var intents = Clauses.Split(quotes.Take(text)).Select(clause => ReadClause(new Clause(clause, quotes, now))).ToList();

        // What is not understood beside what is understood is a side remark.
        return intents.Exists(intent => intent is not Intent.Unknown)
            ? [.. intents.Where(intent => intent is not Intent.Unknown)]
            : [new Intent.Unknown()];
    }

    private static Intent ReadClause(Clause clause) =>
        Readers.Select(read => read(clause)).FirstOrDefault(intent => intent is not null) ?? new Intent.Unknown();

    private static Intent.OutOfReach? ReadOutOfReach(Clause clause) =>
        Weather().IsMatch(clause.Text) ? new Intent.OutOfReach("look up the weather")
        : Timer().IsMatch(clause.Text) ? new Intent.OutOfReach("set timers or alarms, but I can remind you: say \"Remind me in five minutes to stretch\"")
        : Undo().IsMatch(clause.Text) ? new Intent.OutOfReach("undo things, but you can take back what I did on the page")
        : Messages().IsMatch(clause.Text) ? new Intent.OutOfReach("send messages or make calls")
        : Knowledge().IsMatch(clause.Text) ? new Intent.OutOfReach("look things up or play things")
        : null;

    [GeneratedRegex(@"\bweather\b|\bforecast\b|\b(?:rain|snow|sunny)\b", Options)]
    private static partial Regex Weather();

    [GeneratedRegex(@"\b(?:timer|alarm)\b|^wake me\b", Options)]
    private static partial Regex Timer();

    [GeneratedRegex(@"^(?:undo|take (?:that|it) back|revert)\b", Options)]
    private static partial Regex Undo();

    [GeneratedRegex(@"^(?:send|email|e-mail|text|message|call|phone|transfer|invite)\b", Options)]
    private static partial Regex Messages();

    [GeneratedRegex(@"^(?:play|search|google|look up|find|translate|calculate|order|buy)\b|^(?:what|who|where|why|when) (?:is|are|was|were) (?!my\b|on\b|your\b)", Options)]
    private static partial Regex Knowledge();
}
