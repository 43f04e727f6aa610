using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>A pattern and what it means.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Make">What a match means in its clause; null when it means nothing after all.</param>
internal sealed record Rule(Regex Pattern, Func<Match, Clause, Intent?> Make)
{
    /// <summary>The first of the rules that makes something of the text, which is the clause or a part of it.</summary>
    internal static Intent? First(IReadOnlyList<Rule> rules, string text, Clause clause) =>
        rules.Select(rule => rule.Pattern.Match(text) is { Success: true } match ? rule.Make(match, clause) : null).FirstOrDefault(intent => intent is not null);
}
