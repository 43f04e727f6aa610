using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>One step of the graph: asks the model, streams what it says, starts each tool as soon as its call is ready.</summary>
/// <remarks>
/// Until an attempt has claimed the step (<see cref="AttemptRace"/>) nothing of it gets here, and another may take its place. After the claim there is no second
/// attempt: the step ends with what it has. What <c>begun</c> says was shown before the step was cut off; the request asks for the rest.
/// </remarks>
internal sealed class AssistantNode(TurnRun run, AttemptPlan plan, ToolBatch tools, ModelRequest request, string begun = "")
{
    private readonly StepMessage _message = new(begun);
    private readonly ShownText _shown = new(run.Text, isBegun: begun.Length > 0);
    private readonly SpeakableText _speakable = new();
    private readonly CallCards _cards = new();
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
        foreach (var unfinished in _cards.Unfinished)
        {
            yield return unfinished;
        }
    }

    /// <summary>Reads one try until it ended, or must end; sets <see cref="_failure"/> when it failed and had shown nothing.</summary>
    private async IAsyncEnumerable<AgentUpdate> AttemptAsync()
    {
        _failure = null;
        if (MustEnd())
        {
            yield break;
        }

        using var race = new AttemptRace(run, plan, request, isBegun: begun.Length > 0);
        while (!_ended && _failure is null)
        {
            if (plan.TakeChange() is { } change)
            {
                run.UserHeard();
                yield return change;
            }

            var signal = await run.NextAsync();
            if (MustEnd() && signal.Source != tools)
            {
                break;
            }

            // A tool's result is taken even when the step ends now: it is out of the inbox, and would never come again.
            if (signal.Source == tools && tools.Take(signal.Payload) is { } done)
            {
                run.UserHeard();
                yield return done;
            }

            await foreach (var update in TellAsync(Said(race, signal)))
            {
                yield return update;
            }

            if (!_ended && _failure is null && race.Failure is { } failure)
            {
                Fail(failure);
            }

            if (!_ended && _failure is null && run.TakeWatchdog())
            {
                yield return Waiting.For(tools, plan.Model);
            }
        }

        race.GivenUpFor = _failure;
    }

    /// <summary>What a signal lets the step know of its attempt, and then the clock.</summary>
    private IEnumerable<ModelUpdate> Said(AttemptRace race, Signal signal)
    {
        foreach (var said in race.Take(signal))
        {
            yield return said;
        }

        if (!_ended && _failure is null && race.Failure is null && !run.HasSignals)
        {
            foreach (var said in race.Tick())
            {
                yield return said;
            }
        }
    }

    private async IAsyncEnumerable<AgentUpdate> TellAsync(IEnumerable<ModelUpdate> said)
    {
        foreach (var one in said)
        {
            if (plan.TakeChange() is { } change)
            {
                yield return change;
            }

            foreach (var update in Take(one))
            {
                if (update is not AgentUpdate.TextDelta { Text: var text } || _speakable.Completes(text))
                {
                    run.UserHeard();
                }

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
        }
    }

    private IEnumerable<AgentUpdate> Take(ModelUpdate update)
    {
        switch (update)
        {
            case ModelUpdate.TextDelta text:
                return Take(text);
            case ModelUpdate.ToolCallStarted started:
                return _claimed ? [_cards.Show(started)] : _cards.Hold(started);
            case ModelUpdate.ToolCallReady ready:
                return Take(ready.Call);
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
        if (delta.Text.Length == 0 || (!_claimed && delta.IsBlank))
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
        _cards.Close(call.Id);
        return tools.StartAsync(call, before);
    }

    /// <summary>From here on something is shown, and with it the cards held back until now.</summary>
    private IEnumerable<AgentUpdate.ToolAsked> Claim()
    {
        if (_claimed)
        {
            return [];
        }

        _claimed = true;
        return _cards.ShowHeld();
    }

    private void Complete(FinishReason reason)
    {
        switch (reason)
        {
            case FinishReason.MalformedToolCall:
                Fail(new(AttemptFailureKind.Nonsense, TurnError.MalformedToolCall));
                break;
            case FinishReason.Blocked:
                End(TurnOutcome.Blocked, TurnError.Blocked);
                break;
            case FinishReason.MaxTokens when tools.Count == 0:
                End(TurnOutcome.Truncated, null);
                break;
            case var _ when !_claimed && begun.Length == 0:
                Fail(AttemptFailure.Nothing);
                break;
            default:
                End(tools.Count == 0 ? TurnOutcome.Completed : null, null);
                break;
        }
    }

    /// <summary>Before the claim another attempt may follow; after it the turn ends.</summary>
    private void Fail(AttemptFailure failure)
    {
        if (_claimed)
        {
            var (outcome, error) = failure == AttemptFailure.NoAnswer ? (TurnOutcome.Stalled, TurnError.Stalled) : (TurnOutcome.Failed, failure.Error);
            End(outcome, error);
            return;
        }

        _failure = failure;
        _cards.Forget();
        _message.Clear();
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
                return (plan.TakeChange()!, wait);
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
