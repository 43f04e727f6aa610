using Convonet.Conversations;
using Convonet.Models;

namespace Convonet.Tests.EndToEnd;

/// <summary>Says what is wrong with a conversation that has come to rest: with the events that clients got, and with the history that models get.</summary>
internal static class ConversationChecker
{
    public static IReadOnlyList<string> Faults(IReadOnlyList<LoggedEvent> log, IReadOnlyList<HistoryItem> history)
    {
        List<string> faults = [];
        faults.AddRange(log.Select((logged, index) => (logged.Seq, Expected: index + 1L)).Where(seq => seq.Seq != seq.Expected).Take(1)
            .Select(seq => $"seq {seq.Seq} stands where {seq.Expected} belongs"));
        foreach (var accepted in log.Select(logged => logged.Event).OfType<SessionEvent.Accepted>())
        {
            CheckTurn(accepted.Turn, [.. log.Select(logged => logged.Event).Where(each => TurnOf(each) == accepted.Turn)], faults);
        }

        CheckHistory(history, faults);
        CheckCalls(log, history, faults);
        return faults;
    }

    private static void CheckTurn(int turn, IReadOnlyList<SessionEvent> events, List<string> faults)
    {
        var ends = events.OfType<SessionEvent.AgentResponse>().ToArray();
        if (ends.Length != 1 || events[^1] != ends[0])
        {
            faults.Add($"turn {turn} has {ends.Length} terminal events and ends with {events[^1].Name}");
            return;
        }

        var shown = string.Concat(events.OfType<SessionEvent.TextChunk>().Select(chunk => chunk.Text));
        if (shown != ends[0].Text)
        {
            faults.Add($"turn {turn} showed '{shown}' and says that it was '{ends[0].Text}'");
        }

        if (ends[0] is { Success: false, Error: null, Outcome: not "cancelled" } or { Success: true, Error: not null })
        {
            faults.Add($"turn {turn} is {ends[0].Outcome} with error '{ends[0].Error?.Code}'");
        }

        CheckCards(turn, events, faults);
    }

    /// <summary>Each call that was shown, asked for or started, ends exactly once, after all else that is told of it.</summary>
    private static void CheckCards(int turn, IReadOnlyList<SessionEvent> events, List<string> faults)
    {
        foreach (var card in events.Where(each => CallOf(each) is not null).GroupBy(each => CallOf(each)!))
        {
            var kinds = string.Join(' ', card.Select(each => each switch
            {
                SessionEvent.ToolProgress { State: "asked" } => "asked",
                SessionEvent.ToolChunk => "started",
                SessionEvent.ToolEnded => "ended",
                _ => "running",
            }).Where(kind => kind != "running"));
            if (kinds is not ("asked started ended" or "started ended" or "asked ended"))
            {
                faults.Add($"turn {turn} tells of call {card.Key}: {kinds}");
            }
        }
    }

    /// <summary>What every provider demands: each message with calls is followed by their results, in call order; nothing is empty.</summary>
    private static void CheckHistory(IReadOnlyList<HistoryItem> history, List<string> faults)
    {
        for (var i = 0; i < history.Count; i++)
        {
            var calls = CallsOf(history[i]).ToArray();
            var results = i + 1 < history.Count && history[i + 1] is HistoryItem.ToolResults next ? next.Results.Select(result => result.CallId).ToArray() : [];
            if (!calls.SequenceEqual(results))
            {
                faults.Add($"item {i} asks for [{string.Join(' ', calls)}] and gets [{string.Join(' ', results)}]");
            }

            if (history[i] is HistoryItem.ToolResults { Results.Count: 0 } or HistoryItem.AssistantMessage { Parts.Count: 0 })
            {
                faults.Add($"item {i} is empty");
            }

            if (history[i] is HistoryItem.AssistantMessage && (i == 0 || history[i - 1] is HistoryItem.AssistantMessage))
            {
                faults.Add($"item {i} follows on nothing that it could answer");
            }
        }
    }

    /// <summary>What started is in the history, once, with the outcome that was shown; and the other way round.</summary>
    private static void CheckCalls(IReadOnlyList<LoggedEvent> log, IReadOnlyList<HistoryItem> history, List<string> faults)
    {
        var started = log.Select(logged => logged.Event).OfType<SessionEvent.ToolChunk>().Select(chunk => chunk.ToolCall.Id).ToArray();
        var asked = history.SelectMany(CallsOf).ToArray();
        if (!started.SequenceEqual(asked))
        {
            faults.Add($"calls [{string.Join(' ', started)}] were started and the history holds [{string.Join(' ', asked)}]");
        }

        var shown = log.Select(logged => logged.Event).OfType<SessionEvent.ToolEnded>().Where(ended => started.Contains(ended.ToolCall.Id))
            .ToLookup(ended => ended.ToolCall.Id, ended => ended.Outcome);
        faults.AddRange(history.OfType<HistoryItem.ToolResults>().SelectMany(results => results.Results)
            .Where(result => shown[result.CallId].Any(outcome => outcome != WireJson.Word(result.Outcome)))
            .Select(result => $"call {result.CallId} was shown as {shown[result.CallId].First()} and is {result.Outcome} in the history"));
    }

    private static IEnumerable<string> CallsOf(HistoryItem item) =>
        item is HistoryItem.AssistantMessage message ? message.Parts.OfType<AssistantPart.ToolUse>().Select(use => use.Call.Id) : [];

    private static int? TurnOf(SessionEvent each) => each switch
    {
        SessionEvent.Accepted accepted => accepted.Turn,
        SessionEvent.TextChunk chunk => chunk.Turn,
        SessionEvent.ToolChunk chunk => chunk.Turn,
        SessionEvent.ToolProgress progress => progress.Turn,
        SessionEvent.ToolEnded ended => ended.Turn,
        SessionEvent.AgentResponse response => response.Turn,
        SessionEvent.Status status => status.Turn,
        _ => null,
    };

    private static string? CallOf(SessionEvent each) => each switch
    {
        SessionEvent.ToolChunk chunk => chunk.ToolCall.Id,
        SessionEvent.ToolProgress progress => progress.ToolCall.Id,
        SessionEvent.ToolEnded ended => ended.ToolCall.Id,
        _ => null,
    };
}
