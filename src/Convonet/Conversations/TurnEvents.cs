using Convonet.Agents;
using Convonet.Models;
using Convonet.Telemetry;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>Turns one turn's updates into numbered events, once, and sees to it that the last one is its only <c>agent_response</c>. Whoever has it write wakes the readers afterwards.</summary>
internal sealed class TurnEvents(EventLog log, TurnRecord record, ChatModels models, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private long? _firstTextMs;
    private IChatModel? _model;

    /// <summary>Whether the terminal event was written.</summary>
    public bool HasEnded => record.Outcome is not null;

    private long Now => (long)time.GetElapsedTime(_started).TotalMilliseconds;

    public void Write(AgentUpdate update)
    {
        switch (update)
        {
            case AgentUpdate.TextDelta text:
                Write(text);
                break;
            case AgentUpdate.ToolAsked card:
                log.Add(new SessionEvent.ToolProgress(new(card.CallId, card.Name), "asked", null, record.Number));
                break;
            case AgentUpdate.ToolStarted started:
                var at = Now;
                record.Started(started.Call, at);
                log.Add(new SessionEvent.ToolChunk(
                    new(started.Call.Name, started.Call.Id, WireJson.Arguments(started.Call.Arguments)), record.Number, at));
                break;
            case AgentUpdate.ToolConfirmation question:
                var asked = new SessionEvent.ToolConfirmation(
                    new(question.Call.Name, question.Call.Id, WireJson.Arguments(question.Call.Arguments)), (long)question.Limit.TotalMilliseconds, record.Number)
                {
                    AskedAt = time.GetTimestamp(),
                };
                record.Asked(asked);
                log.Add(asked);
                break;
            case AgentUpdate.ToolProgress progress:
                record.Runs(progress.CallId);
                log.Add(new SessionEvent.ToolProgress(new(progress.CallId, progress.Name), "running", progress.Message, record.Number));
                break;
            case AgentUpdate.ToolFinished finished:
                Write(finished.Result);
                break;
            case AgentUpdate.Status status:
                record.Provider = status.Provider;
                log.Add(new SessionEvent.Status(WireJson.Word(status.Code), status.Message, record.Number, status.Provider));
                break;
            case AgentUpdate.Completed completed:
                _model = completed.Model;
                End(completed.Outcome, completed.Error);
                break;
        }
    }

    /// <summary>Ends a turn that did not begin, or cannot go on.</summary>
    public void EndUnstarted(IChatModel model, TurnOutcome outcome = TurnOutcome.Cancelled, TurnError? error = null)
    {
        _model = model;
        End(outcome, error);
    }

    /// <summary>Writes what is missing of a turn that broke: a result for each open call, then the terminal event.</summary>
    public void Break(IChatModel model, TurnError error)
    {
        foreach (var call in record.Open.ToArray())
        {
            Write(ToolResult.NotKnown(call));
        }

        _model ??= model;
        End(TurnOutcome.Failed, error);
    }

    private void Write(AgentUpdate.TextDelta text)
    {
        if (_firstTextMs is null)
        {
            _firstTextMs = Now;
            ConvonetTelemetry.TimeToFirstText.Record(time.GetElapsedTime(_started).TotalSeconds, new KeyValuePair<string, object?>("gen_ai.agent.name", "Convonet"));
        }

        record.Append(text.Text);
        log.Add(new SessionEvent.TextChunk(text.Text, record.Number));
    }

    private void Write(ToolResult result)
    {
        record.Ended(result);
        log.Add(new SessionEvent.ToolEnded(
            new(result.CallId, result.Name),
            WireJson.Word(result.Outcome),
            WireJson.Result(result),
            (long)result.Elapsed.TotalMilliseconds,
            (long?)result.Limit?.TotalMilliseconds,
            record.Number,
            Now));
    }

    private void End(TurnOutcome outcome, TurnError? error)
    {
        var text = record.Text;
        record.Error = error is null ? null : new ErrorView(error.Code, error.Message, error.Retryable);
        record.Outcome = WireJson.Word(outcome);
        (record.Provider, record.Model) = (_model!.Provider, _model.Model);
        record.Emulated = models.Find(_model.Provider)?.Emulated ?? false;
        record.Timing = new TimingView(_firstTextMs, Now);
        record.SumUp();
        ConvonetTelemetry.TurnDuration.Record(
            time.GetElapsedTime(_started).TotalSeconds,
            new("gen_ai.operation.name", "invoke_agent"), new("gen_ai.agent.name", "Convonet"), new("convonet.turn.outcome", record.Outcome));
        log.Add(new SessionEvent.AgentResponse(
            outcome == TurnOutcome.Completed || (outcome == TurnOutcome.Truncated && text.Length > 0),
            text,
            record.Number,
            record.Outcome,
            record.Error,
            record.Provider,
            record.Model,
            record.Emulated.Value,
            record.Timing,
            record.Used));
    }
}
