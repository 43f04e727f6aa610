using Convonet.Agents;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>Makes of kept turns what models are told of them, and where an unfinished one goes on.</summary>
internal static class KeptHistory
{
    /// <summary>Whether a provider refused the message itself: left in the history it would be refused again with every later one.</summary>
    public static bool IsRefused(string? errorCode) => errorCode is "blocked" or "invalid_request";

    /// <summary>A turn that has ended, as the history has it: valid for every provider, each call with its one result.</summary>
    public static IEnumerable<HistoryItem> ItemsOf(KeptTurn turn)
    {
        if (turn.Steps.Count == 0 && IsRefused(turn.Error?.Code))
        {
            yield break;
        }

        yield return new HistoryItem.UserMessage(turn.Turn.Text);
        foreach (var item in turn.Heard is { } heard ? HeardHistory.CutItems(AnswerOf(turn), heard) : AnswerOf(turn))
        {
            yield return item;
        }
    }

    private static IEnumerable<HistoryItem> AnswerOf(KeptTurn turn)
    {
        // The steps of old turns are not kept for ever; what was shown is.
        if (turn is { Steps.Count: 0, Outcome: not null, Shown.Length: > 0 })
        {
            yield return new HistoryItem.AssistantMessage([new AssistantPart.Text(turn.Shown)]);
        }

        foreach (var step in turn.Steps)
        {
            yield return step.Message();
            if (step.Calls.Count > 0)
            {
                yield return new HistoryItem.ToolResults([.. step.Calls.Select(ResultOf)]);
            }
        }
    }

    /// <summary>The items of an unfinished turn, and the checkpoint that it goes on from: the newest step's calls, of which some may have ended.</summary>
    public static (IReadOnlyList<HistoryItem> Items, Checkpoint? From) Unfinished(KeptTurn turn, int historyLength)
    {
        if (turn.Steps.Count == 0)
        {
            return ([new HistoryItem.UserMessage(turn.Turn.Text)], null);
        }

        // A step that was cut off behind its calls is not asked again: what it said behind them is its end.
        var last = turn.Steps[^1];
        HistoryItem.AssistantMessage said = last.Parts is null && !string.IsNullOrWhiteSpace(turn.Begun) ? new([.. last.Message().Parts, new AssistantPart.Text(turn.Begun)]) : last.Message();
        List<HistoryItem> items = [.. ItemsOf(turn with { Steps = [.. turn.Steps.SkipLast(1)], Error = null }), said];
        return (items, new Checkpoint(turn.Turn.Number, last.Round, GraphNode.Assistant, historyLength + items.Count, last.Outcome, last.Error));
    }

    /// <summary>What was shown of the step that an unfinished turn goes on with.</summary>
    public static string BegunOf(KeptTurn? turn) => turn is null or { Steps: [.., { Parts: null }] } || string.IsNullOrWhiteSpace(turn.Begun) ? "" : turn.Begun;

    /// <summary>Ids of the last step's calls that may have been started and must not be started again.</summary>
    public static IReadOnlySet<string> Unrepeatable(KeptTurn? turn) => turn is { Steps: [.., var last] }
        ? last.Calls.Where(planned => planned is { Result: null, Asks: false } && planned.Effect == ToolEffect.Outside).Select(planned => planned.Call.Id).ToHashSet(StringComparer.Ordinal)
        : new HashSet<string>();

    /// <summary>Ids of the last step's calls that wait for the user's yes.</summary>
    public static IReadOnlySet<string> Unasked(KeptTurn? turn) => turn is { Steps: [.., var last] }
        ? last.Calls.Where(planned => planned is { Result: null, Asks: true }).Select(planned => planned.Call.Id).ToHashSet(StringComparer.Ordinal)
        : new HashSet<string>();

    /// <summary>The kept result, or one that says that there is none.</summary>
    public static ToolResult ResultOf(KeptCall planned) =>
        planned.Result ?? ToolResult.NotKnown(planned.Call);
}
