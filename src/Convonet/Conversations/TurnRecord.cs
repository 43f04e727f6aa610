using System.Text;
using System.Text.Json;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>One turn as the user sees it, folded from its events; for snapshots.</summary>
/// <param name="turn">The message that it is made of.</param>
/// <param name="ownerEpoch">The fence of its owner.</param>
/// <param name="usage">Where what it uses is counted.</param>
internal sealed class TurnRecord(NewTurn turn, int ownerEpoch = 1, UsageTally? usage = null)
{
    private readonly List<ShownCall> _tools = [];
    private readonly StringBuilder _text = new();
    private readonly UsageTally _beside = new(usage?.Prices ?? PriceTable.Empty);
    private readonly Dictionary<string, SessionEvent.ToolConfirmation> _questions = new(StringComparer.Ordinal);

    public NewTurn Turn { get; } = turn;

    public int OwnerEpoch { get; } = ownerEpoch;

    public int Number => Turn.Number;

    public string ClientMsgId => Turn.ClientMsgId;

    public string User => Turn.Text;

    /// <summary>Where it goes on, when an earlier process left it unfinished.</summary>
    public KeptTurn? Kept { get; private init; }

    public string Text => _text.ToString();

    public int TextLength => _text.Length;

    /// <summary>Characters of it all, as a snapshot shows it.</summary>
    public int Length { get; private set; } = turn.Text.Length;

    public string? Outcome { get; set; }

    public ErrorView? Error { get; set; }

    /// <summary>Who answers, or answered.</summary>
    public string Provider { get; set; } = turn.Provider;

    /// <summary>The model that spoke last; null until it has ended, and when it ended in an earlier process.</summary>
    public string? Model { get; set; }

    /// <summary>Whether the demo model answered; null where <see cref="Model"/> is.</summary>
    public bool? Emulated { get; set; }

    /// <summary>Where its time went, as far as that is known.</summary>
    public TimingView? Timing { get; set; }

    /// <summary>What its model calls used.</summary>
    public UsageTally Usage { get; } = usage ?? new(PriceTable.Empty);

    /// <summary>What clients are told of that and of its speech, when it has ended.</summary>
    public UsageView? Used { get; private set; }

    /// <summary>How much of <see cref="Text"/> the user heard, in characters, when the answer was interrupted.</summary>
    public int? Heard { get; set; }

    /// <summary>The message as it stands in the history; null before it does.</summary>
    public HistoryItem.UserMessage? Message { get; set; }

    /// <summary>Its place among the turns of the process, given back when it has ended.</summary>
    public IDisposable? Place { get; init; }

    /// <summary>Whether a tool was called.</summary>
    public bool HasTools => _tools.Count > 0;

    /// <summary>The calls that have started and not ended.</summary>
    public IEnumerable<ToolCall> Open => _tools.Where(tool => tool.Result is null).Select(tool => tool.Call);

    /// <summary>What came of a call; null when it has not ended.</summary>
    public ToolResult? ResultOf(string callId) => _tools.Find(tool => tool.Call.Id == callId)?.Result;

    /// <summary>A turn of an earlier process. The calls of an unfinished one's last step are left out: they are told of again when it goes on.</summary>
    public static TurnRecord Of(KeptTurn kept, IDisposable? place, PriceTable prices)
    {
        var record = new TurnRecord(kept.Turn, kept.OwnerEpoch, new UsageTally(prices))
        {
            Outcome = kept.Outcome is { } outcome ? WireJson.Word(outcome) : null,
            Error = kept.Error is { } error ? new ErrorView(error.Code, error.Message, error.Retryable) : null,
            Kept = kept.Outcome is null ? kept : null,
            Heard = kept.Heard,
            Timing = kept.Took is { } took ? new TimingView(null, (long)took.TotalMilliseconds) : null,
            Place = place,
        };
        foreach (var (planned, at) in CallPlaces.Of(kept.Outcome is null ? kept.Steps.SkipLast(1) : kept.Steps, kept.Shown))
        {
            record.Add(new ShownCall(planned.Call, at, (long?)planned.Started?.TotalMilliseconds));
            record.Ended(KeptHistory.ResultOf(planned));
        }

        record.Append(kept.Shown);
        record.Note(kept.Used);
        return record;
    }

    /// <summary>It used something beside its own model calls, which is kept elsewhere: its speech, or what an earlier process kept of it.</summary>
    public void Note(IReadOnlyList<Used> used)
    {
        foreach (var one in used)
        {
            _beside.Take(one);
        }

        if (Outcome is not null)
        {
            SumUp();
        }
    }

    /// <summary>It has ended: all that it used until now is what clients are told.</summary>
    public void SumUp() => Used = UsedView.Of([.. Usage.All, .. _beside.All], Usage.Prices);

    public void Append(string text)
    {
        _text.Append(text);
        Length += text.Length;
    }

    /// <summary>A call starts here in the text.</summary>
    public void Started(ToolCall call, long atMs) => Add(new ShownCall(call, _text.Length, atMs));

    public void Asked(SessionEvent.ToolConfirmation question) => _questions[question.ToolCall.Id] = question;

    /// <summary>A call that runs waits for nobody any more.</summary>
    public void Runs(string callId) => _questions.Remove(callId);

    public void Ended(ToolResult result)
    {
        _questions.Remove(result.CallId);
        var index = _tools.FindIndex(tool => tool.Call.Id == result.CallId);
        if (index >= 0)
        {
            _tools[index] = _tools[index] with { Result = result };
            Length += result.Content.Length;
        }
    }

    public TurnView View(TimeProvider time) => new(Number, ClientMsgId, User, Text, [.. _tools.Select(tool => View(tool, time))], Outcome, Error, Heard)
    {
        Provider = Provider,
        Model = Model,
        Emulated = Emulated,
        Timing = Timing,
        Usage = Used,
        Superseded = Kept?.Shown.Length,
    };

    private ToolView View(ShownCall tool, TimeProvider time)
    {
        var question = _questions.GetValueOrDefault(tool.Call.Id)?.AsOf(time);
        return new ToolView(
            tool.Call.Id,
            tool.Call.Name,
            WireJson.Arguments(tool.Call.Arguments),
            tool.Result is null ? null : WireJson.Word(tool.Result.Outcome),
            tool.Result is null ? (JsonElement?)null : WireJson.Result(tool.Result),
            (long?)tool.Result?.Elapsed.TotalMilliseconds,
            question is null ? null : true)
        {
            At = tool.At,
            AtMs = tool.AtMs,
            LimitMs = (long?)tool.Result?.Limit?.TotalMilliseconds,
            ExpiresMs = question?.ExpiresMs,
        };
    }

    private void Add(ShownCall call)
    {
        _tools.Add(call);
        Length += call.Call.Arguments.Length;
    }

    /// <summary>A call as the user sees it.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="At">Characters of the turn's text before it; null when that is not known.</param>
    /// <param name="AtMs">When it started, from the turn's start; null when that is not known.</param>
    private sealed record ShownCall(ToolCall Call, int? At, long? AtMs)
    {
        public ToolResult? Result { get; init; }
    }
}
