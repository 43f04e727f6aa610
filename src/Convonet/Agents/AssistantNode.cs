using System.Diagnostics.CodeAnalysis;
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
    private readonly List<AgentUpdate> _updates = [];
    private readonly List<(ToolCall Call, IReadOnlyList<AssistantPart> Before)> _ready = [];
    private AttemptFailure? _failure;
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
        try
        {
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
        }
        finally
        {
            // Also where the step breaks: what was shown and begun by then is no less true.
            Message = _claimed || begun.Length > 0 ? _message.ToMessage() : null;
        }

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

            race.Take(signal);
            for (var hasTicked = false; TryTake(race, ref hasTicked, out var said);)
            {
                if (plan.TakeChange() is { } other)
                {
                    yield return other;
                }

                Take(said);
                foreach (var update in _updates)
                {
                    if (update is not AgentUpdate.TextDelta { Text: var text } || _speakable.Completes(text))
                    {
                        run.UserHeard();
                    }

                    yield return update;
                }

                // Written down, then started; until then nothing of a call is shown. Those that are there together go together; none waits for one that is not.
                if (_ready.Count > 0 && !race.HasCallNext())
                {
                    await foreach (var update in tools.StartAsync([.. _ready]))
                    {
                        run.UserHeard();
                        yield return update;
                    }

                    _ready.Clear();
                }
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

    /// <summary>The next that the step is told: what the signal brought, and then what the clock does. Nothing once it has ended, whatever came with what ended it.</summary>
    private bool TryTake(AttemptRace race, ref bool hasTicked, [NotNullWhen(true)] out ModelUpdate? said)
    {
        said = null;
        if (!_ended && race.TryTake(out said))
        {
            return true;
        }

        if (hasTicked || _ended || _failure is not null || race.Failure is not null || run.HasSignals)
        {
            return false;
        }

        hasTicked = true;
        race.Tick();
        return race.TryTake(out said);
    }

    /// <summary>Turns what the model said into <see cref="_updates"/>.</summary>
    private void Take(ModelUpdate said)
    {
        // One list for all: this runs for each piece of text.
        _updates.Clear();
        switch (said)
        {
            case ModelUpdate.TextDelta text:
                Take(text);
                break;
            case ModelUpdate.ToolCallStarted started when _claimed:
                _updates.Add(_cards.Show(started));
                break;
            case ModelUpdate.ToolCallStarted started:
                _cards.Hold(started);
                break;
            case ModelUpdate.ToolCallReady ready:
                Claim(but: ready.Call.Id);
                _cards.Close(ready.Call.Id);
                _ready.Add((ready.Call with { Name = ToolName.Clean(ready.Call.Name) }, _message.SinceLastCall()));
                _message.Add(tools.Remembered(_ready[^1].Call));
                break;
            case ModelUpdate.Completed completed:
                Complete(completed.Reason);
                break;
        }
    }

    private void Take(ModelUpdate.TextDelta said)
    {
        // Blank text claims nothing: a model that sends a line break and fails can still be replaced.
        var delta = run.Bounded(said);
        _message.Add(delta);
        if (delta.Text.Length > 0 && (_claimed || !delta.IsBlank))
        {
            Claim();
            if (_shown.Show(delta.Text) is { Length: > 0 } text)
            {
                _updates.Add(new AgentUpdate.TextDelta(text));
            }
        }

        if (run.IsFull)
        {
            End(TurnOutcome.Truncated, null);
        }
    }

    /// <summary>From here on something is shown, and with it the cards held back until now, but for that of a call that starts.</summary>
    private void Claim(string? but = null)
    {
        if (_claimed)
        {
            return;
        }

        _claimed = true;
        _updates.AddRange(_cards.ShowHeld().Where(card => card.CallId != but));
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

    private void End(TurnOutcome? outcome, TurnError? error) => (_ended, Outcome, Error) = (true, outcome, error);
}
