using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>One step of the graph: asks the model, streams what it says, starts each tool as soon as its call is ready.</summary>
/// <remarks>
/// An attempt is claimed at its first text or ready call; before that nothing of it is shown and another attempt may take its place.
/// After the claim there is no second attempt: the step ends with what it has. What <c>begun</c> says was shown before the step was cut off; the request asks for the rest.
/// </remarks>
internal sealed class AssistantNode(TurnRun run, AttemptPlan plan, ToolBatch tools, ModelRequest request, string begun = "")
{
    private readonly StepMessage _message = new(begun);
    private readonly ShownText _shown = new(run.Text, isBegun: begun.Length > 0);
    private readonly List<ModelUpdate.ToolCallStarted> _heldCards = [];
    private readonly Dictionary<string, string> _openCards = new(StringComparer.Ordinal);
    private ModelUpdate.Usage? _usage;
    private AttemptFailure? _failure;
    private ToolCall? _ready;
    private bool _claimed;
    private bool _ended;

    /// <summary>Set when the turn ends with this step.</summary>
    public TurnOutcome? Outcome { get; private set; }

    /// <summary>Goes with <see cref="Outcome"/>.</summary>
    public TurnError? Error { get; private set; }

    /// <summary>What was said, for the history; null when nothing was.</summary>
    public HistoryItem.AssistantMessage? Message { get; private set; }

    public async IAsyncEnumerable<AgentUpdate> RunAsync()
    {
        plan.BeginStep();
        while (!_ended)
        {
            await foreach (var update in AttemptAsync())
            {
                yield return update;
            }

            if (_failure is { } failure && !_ended && PlanNext(failure) is var (status, wait))
            {
                run.UserHeard();
                yield return status;
                await run.DelayAsync(wait);
            }
        }

        Message = _claimed || begun.Length > 0 ? _message.ToMessage() : null;
        foreach (var (id, name) in _openCards)
        {
            // The model began to write this call and never finished it; its card must not stay open.
            yield return new AgentUpdate.ToolFinished(new ToolResult(id, name, ToolOutcome.Cancelled, "The model did not finish this call.", TimeSpan.Zero));
        }
    }

    /// <summary>Reads one attempt until it ended, or must end; sets <see cref="_failure"/> when it failed and had shown nothing.</summary>
    private async IAsyncEnumerable<AgentUpdate> AttemptAsync()
    {
        _failure = null;
        _usage = null;
        _heldCards.Clear();
        if (MustEnd())
        {
            yield break;
        }

        using var attempt = new ModelAttempt(plan.Model, request, run);
        while (!_ended && _failure is null)
        {
            var signal = await run.NextAsync();
            if (MustEnd() && signal.Source != tools)
            {
                break;
            }

            // A tool's result is taken even when the step ends now: it is out of the inbox, and would never come again.
            foreach (var update in Take(attempt, signal))
            {
                run.UserHeard();
                yield return update;
            }

            if (Interlocked.Exchange(ref _ready, null) is { } call)
            {
                await foreach (var update in StartAsync(call))
                {
                    run.UserHeard();
                    yield return update;
                }
            }

            if (!_ended && _failure is null && attempt.IsSilent && !run.HasSignals)
            {
                AgentLog.LogModelSilent(run.Logger, attempt.Model.Provider, run.Options.StreamIterationOf(attempt.Model.Provider).TotalSeconds, request.StepId);
                Fail(new AttemptFailure(AttemptFailureKind.Broken, TurnError.NoAnswer), TurnOutcome.Stalled, TurnError.Stalled);
            }

            if (!_ended && _failure is null && run.TakeWatchdog())
            {
                yield return Waiting.For(tools, plan.Model);
            }
        }

        run.Add(attempt.Model, _failure, _usage);
    }

    private IEnumerable<AgentUpdate> Take(ModelAttempt attempt, Signal signal)
    {
        if (signal.Source == tools)
        {
            return tools.Take(signal.Payload) is { } update ? [update] : [];
        }

        if (signal.Source != attempt)
        {
            return []; // A wake-up, or the rest of an attempt that was given up.
        }

        if (signal.Payload is Exception error)
        {
            AgentLog.ModelFailed(run.Logger, attempt.Model.Provider, request.StepId, error);
            var failure = AttemptFailure.Of(error);
            Fail(failure, TurnOutcome.Failed, failure.Error);
            return [];
        }

        var said = (ModelUpdate)signal.Payload!;
        if (said is not ModelUpdate.Usage)
        {
            attempt.Heard();
        }

        return Take(said);
    }

    private IEnumerable<AgentUpdate> Take(ModelUpdate update)
    {
        switch (update)
        {
            case ModelUpdate.TextDelta text:
                return Take(text);
            case ModelUpdate.ToolCallStarted started when !_claimed:
                _heldCards.Add(started);
                return [];
            case ModelUpdate.ToolCallStarted started:
                return [Ask(started)];
            case ModelUpdate.ToolCallReady ready:
                return Take(ready.Call);
            case ModelUpdate.Usage usage:
                _usage = usage;
                return [];
            case ModelUpdate.Completed completed:
                Complete(completed.Reason);
                return [];
            default:
                return [];
        }
    }

    private IEnumerable<AgentUpdate> Take(ModelUpdate.TextDelta delta)
    {
        // Blank text claims nothing: a model that sends a line break and fails can still be replaced.
        _message.Add(delta);
        if (delta.Text.Length == 0 || (!_claimed && string.IsNullOrWhiteSpace(delta.Text)))
        {
            yield break;
        }

        foreach (var card in Claim())
        {
            yield return card;
        }

        if (_shown.Show(delta.Text) is { Length: > 0 } text)
        {
            yield return new AgentUpdate.TextDelta(text);
        }
    }

    private IEnumerable<AgentUpdate> Take(ToolCall written)
    {
        _ready = written with { Name = ToolName.Clean(written.Name) };
        return Claim().Where(card => card.CallId != written.Id);
    }

    /// <summary>Writes the call down, then starts it; until it is written down nothing of it is shown.</summary>
    private IAsyncEnumerable<AgentUpdate> StartAsync(ToolCall call)
    {
        var before = _message.SinceLastCall();
        _message.Add(tools.Remembered(call));
        _openCards.Remove(call.Id);
        return tools.StartAsync(call, before);
    }

    /// <summary>Makes this the step's only attempt and shows the cards held back until now.</summary>
    private IEnumerable<AgentUpdate.ToolAsked> Claim()
    {
        if (_claimed)
        {
            yield break;
        }

        _claimed = true;
        foreach (var card in _heldCards)
        {
            yield return Ask(card);
        }
    }

    private AgentUpdate.ToolAsked Ask(ModelUpdate.ToolCallStarted started)
    {
        var name = ToolName.Clean(started.Name);
        _openCards[started.Id] = name;
        return new AgentUpdate.ToolAsked(started.Id, name);
    }

    private void Complete(FinishReason reason)
    {
        switch (reason)
        {
            case FinishReason.MalformedToolCall:
                Fail(new(AttemptFailureKind.Nonsense, TurnError.MalformedToolCall), TurnOutcome.Failed, TurnError.MalformedToolCall);
                break;
            case FinishReason.Blocked:
                End(TurnOutcome.Blocked, TurnError.Blocked);
                break;
            case FinishReason.MaxTokens when tools.Count == 0:
                End(TurnOutcome.Truncated, null);
                break;
            case var _ when !_claimed && begun.Length == 0:
                Fail(new(AttemptFailureKind.Nonsense, TurnError.EmptyAnswer), TurnOutcome.Failed, TurnError.EmptyAnswer);
                break;
            default:
                End(tools.Count == 0 ? TurnOutcome.Completed : null, null);
                break;
        }
    }

    /// <summary>Before the claim the attempt failed and another may follow; after it the turn ends.</summary>
    private void Fail(AttemptFailure unclaimed, TurnOutcome claimedOutcome, TurnError claimedError)
    {
        if (_claimed)
        {
            End(claimedOutcome, claimedError);
        }
        else
        {
            _failure = unclaimed;
            _message.Clear();
        }
    }

    /// <summary>Moves the plan on; ends the turn when nothing is left to try.</summary>
    private (AgentUpdate.Status Status, TimeSpan Wait)? PlanNext(AttemptFailure failure)
    {
        var before = plan.Model;
        var (next, wait) = plan.After(failure);
        switch (next)
        {
            case NextAttempt.Same:
                AgentLog.LogRetry(run.Logger, before.Provider, wait.TotalSeconds, request.StepId);
                return (new(StatusCode.Retrying, $"{ProviderTitle.Of(before.Provider)} {failure.Words}. Asking again…", before.Provider), wait);
            case NextAttempt.Other:
                AgentLog.LogFallback(run.Logger, plan.Model.Provider, before.Provider, request.StepId);
                return (new(StatusCode.Fallback, $"{ProviderTitle.Of(before.Provider)} {failure.Words}. Asking {ProviderTitle.Of(plan.Model.Provider)} instead…", plan.Model.Provider), wait);
            default:
                End(TurnOutcome.Failed, failure.Error);
                return null;
        }
    }

    /// <summary>Whether the user's cancel or the turn's time ends the step now.</summary>
    private bool MustEnd()
    {
        if (run.IsCancelled)
        {
            End(TurnOutcome.Cancelled, null);
        }
        else if (run.IsTextExpired || (run.IsExpired && !_shown.Any))
        {
            End(TurnOutcome.TimedOut, TurnError.TimedOut);
        }
        else if (run.IsExpired)
        {
            tools.Stop(ToolOutcome.Timeout);
        }

        return _ended;
    }

    private void End(TurnOutcome? outcome, TurnError? error)
    {
        _ended = true;
        Outcome = outcome;
        Error = error;
    }
}
