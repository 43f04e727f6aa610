using System.Diagnostics.CodeAnalysis;
using Convonet.Models;
using Convonet.Streams;
using Convonet.Telemetry;

namespace Convonet.Agents;

/// <summary>One try of a step: an attempt, and the rival that it gets when it has shown nothing for too long. The first that says something claims the step; the other ends at once.</summary>
/// <remarks>
/// What has not claimed the step is kept here, so of a loser nothing is shown, journalled or run. Alone an attempt claims at its first words or ready call, so that
/// nothing is delayed; with a rival at its first speakable clause or ready call. Where one of the two fails the other is alone.
/// </remarks>
internal sealed class AttemptRace : IDisposable
{
    private readonly TurnRun _run;
    private readonly AttemptPlan _plan;
    private readonly ModelRequest _request;
    private readonly bool _isBegun;
    private readonly SilenceTimer? _patience;
    private readonly bool _isProbe;
    private readonly Queue<ModelUpdate> _told = [];
    private Contender _first;
    private Contender? _rival;
    private volatile bool _isDue;
    private bool _isClaimed;

    /// <summary>Asks the plan's model.</summary>
    /// <param name="run">The turn.</param>
    /// <param name="plan">Which models may be asked.</param>
    /// <param name="request">What they are asked.</param>
    /// <param name="isBegun">Whether the step had shown something before, so that an end without words is an answer.</param>
    public AttemptRace(TurnRun run, AttemptPlan plan, ModelRequest request, bool isBegun)
    {
        (_run, _plan, _request, _isBegun) = (run, plan, request, isBegun);
        var report = plan.Enter();
        _isProbe = report.IsProbe;
        _first = new Contender(new ModelAttempt(plan.Model, request, run, report), run.Options.MaxTextLength);
        if (plan.Patience is { } patience)
        {
            var left = patience - _first.Attempt.Elapsed;
            _patience = new SilenceTimer(run.Time, left > TimeSpan.Zero ? left : TimeSpan.Zero, () =>
            {
                _isDue = true;
                run.Wake();
            });
        }

        _first.Attempt.Begin();
    }

    /// <summary>Why the last attempt that was left failed; null while one goes on.</summary>
    public AttemptFailure? Failure { get; private set; }

    /// <summary>Why another try takes the place of this one; null while none does.</summary>
    public AttemptFailure? GivenUpFor { private get; set; }

    /// <summary>The next that the step is told: nothing until an attempt has claimed it, then all that this one says.</summary>
    public bool TryTake([NotNullWhen(true)] out ModelUpdate? said) => _told.TryDequeue(out said);

    /// <summary>Whether the next that the step is told is of a call and is there already; it may still be in the turn's inbox.</summary>
    public bool HasCallNext()
    {
        if (_told.Count == 0 && _isClaimed && _run.TryTakeCall(_first.Attempt, out var signal))
        {
            Take(signal);
        }

        return _told.TryPeek(out var next) && next is ModelUpdate.ToolCallStarted or ModelUpdate.ToolCallReady;
    }

    /// <summary>Takes a signal, if it is one of these attempts'.</summary>
    public void Take(Signal signal)
    {
        if (signal.Source is null || (signal.Source != _first.Attempt && signal.Source != _rival?.Attempt))
        {
            return; // A wake-up, or the rest of an attempt that was given up.
        }

        var one = signal.Source == _first.Attempt ? _first : _rival!;
        if (signal.Payload is Exception error)
        {
            AgentLog.ModelFailed(_run.Logger, one.Attempt.Model.Provider, _request.StepId, error);
            Lose(one, AttemptFailure.Of(error));
            return;
        }

        one.Attempt.Heard();
        var said = (ModelUpdate)signal.Payload!;
        if (_isClaimed)
        {
            _told.Enqueue(said);
            return;
        }

        one.Add(said);
        Judge(one);
    }

    /// <summary>Looks at the clocks: whose silence is too long, and whether the rival is due. Both may be silent for too long at once, and each wakes the step only once.</summary>
    public void Tick()
    {
        if (_rival is { Attempt.IsSilent: true } rival)
        {
            GiveUp(rival);
        }

        if (_first.Attempt.IsSilent)
        {
            GiveUp(_first);
        }
        else if (_isDue)
        {
            _isDue = false;
            StartRival();
        }
    }

    /// <summary>Ends what still runs.</summary>
    public void Dispose()
    {
        _patience?.Dispose();
        if (GivenUpFor is null && _run is { IsExpired: true, IsCancelled: false })
        {
            _first.Attempt.OutOfTime();
            _rival?.Attempt.OutOfTime();
        }

        if (_rival is { } rival)
        {
            End(rival, UsageKind.Dropped);
            Count(rival.Attempt.Model, "dropped");
        }

        End(_first, GivenUpFor is null ? UsageKind.Answer : UsageKind.Dropped, GivenUpFor);
    }

    private void StartRival()
    {
        if (_isClaimed || !_first.HasShownNothing || _rival is not null || _run.IsExpired || _run.IsCancelled || _plan.TryHedge(_isProbe) is not var (model, report))
        {
            return;
        }

        AgentLog.LogHedge(_run.Logger, _first.Attempt.Model.Provider, _first.Attempt.Elapsed.TotalSeconds, model.Provider, _request.StepId);
        ConvonetTelemetry.HedgesStarted.Add(1, new KeyValuePair<string, object?>("convonet.provider", model.Provider));
        _rival = new Contender(new ModelAttempt(model, _request, _run, report), _run.Options.MaxTextLength);
        _rival.Attempt.Begin();
    }

    private void Judge(Contender one)
    {
        if (_rival is not null && one.EndedInNothing && !IsVerdict(one))
        {
            Lose(one, AttemptFailure.Nothing);
        }
        else if (one.MayClaim(isAlone: _rival is null))
        {
            Claim(one);
        }
    }

    /// <summary>Whether an end without words is the answer all the same: nothing was missing, or the chosen provider's filter has stopped it.</summary>
    private bool IsVerdict(Contender one) =>
        one.Said[^1] is ModelUpdate.Completed { Reason: var reason } && (reason == FinishReason.Blocked ? one == _first : _isBegun && reason == FinishReason.Stop);

    private void Claim(Contender winner)
    {
        _isClaimed = true;
        _patience?.Dispose();
        if (_rival is { } rival)
        {
            var hasWon = winner == rival;
            var loser = hasWon ? _first : rival;
            End(loser, UsageKind.Dropped);
            (_first, _rival) = (winner, null);
            Count(rival.Attempt.Model, hasWon ? "won" : "lost");
            if (hasWon)
            {
                loser.Attempt.Lost();
                _plan.WonBy(rival.Attempt.Model);
            }
        }

        foreach (var said in winner.Said)
        {
            _told.Enqueue(said);
        }
    }

    private void GiveUp(Contender one)
    {
        var provider = one.Attempt.Model.Provider;
        AgentLog.LogModelSilent(_run.Logger, provider, _run.Options.StreamIterationOf(provider).TotalSeconds, _request.StepId);
        one.Attempt.Stalled();
        Lose(one, AttemptFailure.NoAnswer);
    }

    /// <summary>One of two failed: the other is alone now, and what it has said may be enough for that. Or the last one did.</summary>
    private void Lose(Contender one, AttemptFailure failure)
    {
        if (_rival is not { } rival)
        {
            Failure = failure;
            return;
        }

        End(one, UsageKind.Dropped, failure);
        _rival = null;
        _plan.Leave(one.Attempt.Model);
        if (one == rival)
        {
            Count(rival.Attempt.Model, "failed");
        }
        else
        {
            // It is no rival any more: it stands in, as it would have without hedging.
            _first = rival;
            _plan.GoOnWith(rival.Attempt.Model, failure.Words);
            Count(rival.Attempt.Model, "won");
        }

        if (_first.MayClaim(isAlone: true))
        {
            Claim(_first);
        }
    }

    /// <summary>Ends an attempt and counts it, unless its provider charges nothing for it.</summary>
    private void End(Contender one, UsageKind kind, AttemptFailure? failure = null)
    {
        one.Attempt.Dispose();
        if (one.Attempt.Use.HasBegun || failure is not { IsFree: true })
        {
            _run.Add(kind, one.Attempt.Model, one.Attempt.Use);
        }
    }

    private static void Count(IChatModel rival, string outcome) =>
        ConvonetTelemetry.HedgesEnded.Add(1, new("convonet.provider", rival.Provider), new("convonet.hedge.outcome", outcome));
}
