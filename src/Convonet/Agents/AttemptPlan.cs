using Convonet.Models;
using Convonet.Models.Health;

namespace Convonet.Agents;

/// <summary>What to try after a failure.</summary>
internal enum NextAttempt
{
    Same,
    Other,
    None,
}

/// <summary>Which models a turn's steps are asked of, and when each is tried again.</summary>
/// <remarks>
/// A provider that had to be left is not come back to in the same turn. One whose breaker is open is asked only where there is no other; when a rival was faster,
/// the turn stays with it.
/// </remarks>
internal sealed class AttemptPlan(IReadOnlyList<IChatModel> models, TimeSpan longestRetryAfter, Hedger hedger)
{
    /// <summary>The pause before a busy provider that did not say how long is asked again.</summary>
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<IChatModel> _left = [];
    private bool _retried;
    private string? _news;
    private IChatModel _told = models[0];

    /// <summary>The model to ask.</summary>
    public IChatModel Model { get; private set; } = models[0];

    /// <summary>How long its call may show nothing before another model is asked as well; null for ever.</summary>
    public TimeSpan? Patience => Others.Any() ? hedger.DelayOf(Model) : null;

    private IEnumerable<IChatModel> Others => models.Where(model => model != Model && !_left.Contains(model));

    /// <summary>A new step begins: it has its own one retry.</summary>
    public void BeginStep() => _retried = false;

    /// <summary>Begins a call of <see cref="Model"/>; if its provider was down when it was asked last, that of the next one in line.</summary>
    public HealthReport Enter()
    {
        if (hedger.Health.Of(Model).TryBegin() is { } report)
        {
            return report;
        }

        foreach (var other in Others)
        {
            if (hedger.Health.Of(other).TryBegin() is { } instead)
            {
                GoOnWith(other, "did not answer lately");
                return instead;
            }
        }

        return hedger.Health.Of(Model).Begin();
    }

    /// <summary>
    /// Begins a call beside that of <see cref="Model"/>: of another that works, else of one of which it is not known any more, which costs this turn no time. If there is one, and it may be spent.
    /// </summary>
    /// <param name="isProbe">Whether the first call finds out if its provider works again: the user who pays for that with time gets the second call in any case.</param>
    public (IChatModel Model, HealthReport Report)? TryHedge(bool isProbe)
    {
        var rival = Others.FirstOrDefault(model => hedger.Health.Of(model).State == BreakerState.Closed) ?? Others.FirstOrDefault(model => hedger.Health.Of(model).MayBegin);
        return rival is not null && (isProbe || hedger.TrySpend()) && hedger.Health.Of(rival).TryBegin() is { } report ? (rival, report) : null;
    }

    /// <summary>This model is not asked any more in this turn.</summary>
    public void Leave(IChatModel model) => _left.Add(model);

    /// <summary>The turn goes on with this model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="why">What the one before does, for people: follows its name.</param>
    public void GoOnWith(IChatModel model, string why) =>
        (Model, _news) = (model, $"{ProviderTitle.Of(Model.Provider)} {why}. Asking {ProviderTitle.Of(model.Provider)} instead…");

    /// <summary>The rival was faster, and the turn stays with it.</summary>
    public void WonBy(IChatModel rival) =>
        (Model, _news) = (rival, $"{ProviderTitle.Of(Model.Provider)} takes long. {ProviderTitle.Of(rival.Provider)} answers instead.");

    /// <summary>What the user has to know of a change of the model; null when there was none, or it was told.</summary>
    public AgentUpdate.Status? TakeChange()
    {
        if (_told == Model)
        {
            return null;
        }

        _told = Model;
        return new(StatusCode.Fallback, _news!, Model.Provider);
    }

    /// <summary>Decides what to try after an attempt that had shown nothing, and moves on to it.</summary>
    /// <returns>What to try, and how long to wait before.</returns>
    public (NextAttempt Next, TimeSpan Wait) After(AttemptFailure failure)
    {
        var other = Others.FirstOrDefault(model => hedger.Health.Of(model).MayBegin) ?? Others.FirstOrDefault();
        var wait = Wait(failure, other is not null);
        if (wait is { } pause && !_retried)
        {
            _retried = true;
            return (NextAttempt.Same, pause);
        }

        if (other is null)
        {
            return (NextAttempt.None, default);
        }

        Leave(Model);
        GoOnWith(other, failure.Words);
        return (NextAttempt.Other, default);
    }

    /// <summary>How long to wait before asking the same provider again; null when it should not be asked again.</summary>
    private TimeSpan? Wait(AttemptFailure failure, bool hasOther) => failure.Kind switch
    {
        AttemptFailureKind.Nonsense => TimeSpan.Zero,
        AttemptFailureKind.Busy when failure.RetryAfter is { } asked => asked <= longestRetryAfter ? asked : null,
        AttemptFailureKind.Busy => hasOther ? null : ShortPause,
        AttemptFailureKind.Broken => hasOther ? null : TimeSpan.Zero,
        _ => null,
    };
}
