using System.Text;
using System.Text.Json;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>One turn as the user sees it, folded from its events; for snapshots.</summary>
/// <param name="turn">The message that it is made of.</param>
/// <param name="ownerEpoch">The fence of its owner.</param>
internal sealed class TurnRecord(NewTurn turn, int ownerEpoch = 1)
{
    private readonly List<(ToolCall Call, ToolResult? Result)> _tools = [];
    private readonly StringBuilder _text = new();

    private readonly HashSet<string> _questions = [];

    public NewTurn Turn { get; } = turn;

    public int OwnerEpoch { get; } = ownerEpoch;

    public int Number => Turn.Number;

    public string ClientMsgId => Turn.ClientMsgId;

    public string User => Turn.Text;

    /// <summary>Where it goes on, when an earlier process left it unfinished.</summary>
    public KeptTurn? Kept { get; private init; }

    public string Text => _text.ToString();

    /// <summary>Characters of it all, as a snapshot shows it.</summary>
    public int Length { get; private set; } = turn.Text.Length;

    public string? Outcome { get; set; }

    public ErrorView? Error { get; set; }

    /// <summary>How much of <see cref="Text"/> the user heard, in characters, when the answer was interrupted.</summary>
    public int? Heard { get; set; }

    /// <summary>The message as it stands in the history; null before it does.</summary>
    public HistoryItem.UserMessage? Message { get; set; }

    /// <summary>Its place among the turns of the process, given back when it has ended.</summary>
    public IDisposable? Place { get; init; }

    /// <summary>The calls that have started and not ended.</summary>
    public IEnumerable<ToolCall> Open => _tools.Where(tool => tool.Result is null).Select(tool => tool.Call);

    /// <summary>What came of a call; null when it has not ended.</summary>
    public ToolResult? ResultOf(string callId) => _tools.FirstOrDefault(tool => tool.Call.Id == callId).Result;

    /// <summary>A turn of an earlier process. The calls of an unfinished one's last step are left out: they are told of again when it goes on.</summary>
    public static TurnRecord Of(KeptTurn kept, IDisposable? place)
    {
        var record = new TurnRecord(kept.Turn, kept.OwnerEpoch)
        {
            Outcome = kept.Outcome is { } outcome ? WireJson.Word(outcome) : null,
            Error = kept.Error is { } error ? new ErrorView(error.Code, error.Message, error.Retryable) : null,
            Kept = kept.Outcome is null ? kept : null,
            Heard = kept.Heard,
            Place = place,
        };
        record.Append(kept.Shown);
        foreach (var planned in (kept.Outcome is null ? kept.Steps.SkipLast(1) : kept.Steps).SelectMany(step => step.Calls))
        {
            record.Started(planned.Call);
            record.Ended(KeptHistory.ResultOf(planned));
        }

        return record;
    }

    public void Append(string text)
    {
        _text.Append(text);
        Length += text.Length;
    }

    public void Started(ToolCall call)
    {
        _tools.Add((call, null));
        Length += call.Arguments.Length;
    }

    public void Asked(ToolCall call) => _questions.Add(call.Id);

    public void Ended(ToolResult result)
    {
        _questions.Remove(result.CallId);
        var index = _tools.FindIndex(tool => tool.Call.Id == result.CallId);
        if (index >= 0)
        {
            _tools[index] = (_tools[index].Call, result);
            Length += result.Content.Length;
        }
    }

    public TurnView View() => new(
        Number,
        ClientMsgId,
        User,
        Text,
        [.. _tools.Select(tool => new ToolView(
            tool.Call.Id,
            tool.Call.Name,
            WireJson.Arguments(tool.Call.Arguments),
            tool.Result is null ? null : WireJson.Word(tool.Result.Outcome),
            tool.Result is null ? (JsonElement?)null : WireJson.Result(tool.Result),
            (long?)tool.Result?.Elapsed.TotalMilliseconds,
            _questions.Contains(tool.Call.Id) ? true : null))],
        Outcome,
        Error,
        Heard);
}
