using Convonet.Agents;
using Convonet.Models;
using Convonet.Speech;

namespace Convonet.Voice;

/// <summary>What is said again and again in the same words: made once, so that it is there at once when it is needed.</summary>
public static class FixedPhrases
{
    internal const string Filler = "One moment, please.";
    internal const string Confirm = "Please confirm on the page.";

    /// <summary>Speaks all of them into the engines' cache, one after the other, where they stay. What cannot be spoken now is made when it is needed.</summary>
    public static async Task MakeAsync(SpeechEngines engines, CancellationToken cancellationToken)
    {
        foreach (var phrase in Of(engines.Options))
        {
            await SentenceMaker.KeepAsync(phrase, engines, cancellationToken);
        }
    }

    internal static IEnumerable<string> Of(SpeechOptions options) =>
        new[] { Filler, Confirm, options.Greeting }
            .Concat(Errors.Select(static error => error.Message))
            .Concat(Enum.GetValues<ModelErrorKind>().Select(static kind => TurnError.Of(kind).Message))
            .Where(static phrase => phrase.Length > 0)
            .Distinct(StringComparer.Ordinal);

    private static TurnError[] Errors =>
    [
        TurnError.Blocked, TurnError.Stalled, TurnError.NoAnswer, TurnError.TimedOut, TurnError.EmptyAnswer, TurnError.CutOff, TurnError.MalformedToolCall,
        TurnError.NotKept, TurnError.Interrupted, TurnError.BudgetSpent, TurnError.Internal,
    ];
}
