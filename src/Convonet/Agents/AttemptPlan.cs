using Convonet.Models;

namespace Convonet.Agents;

/// <summary>Why an attempt that had shown nothing is given up.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Error">What people are told if nothing else helps.</param>
/// <param name="RetryAfter">How long the provider asks to wait.</param>
internal sealed record AttemptFailure(AttemptFailureKind Kind, TurnError Error, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the provider refused it, or was not reached: then it charges nothing, unless it told of tokens.</summary>
    public bool IsFree { get; init; }

    /// <summary>What the provider did, for people: follows its name.</summary>
    public string Words => Kind switch
    {
        AttemptFailureKind.Busy => "is busy",
        AttemptFailureKind.Refused => "refused this",
        AttemptFailureKind.Broken when Error.Code == UnreachableCode => "cannot be reached",
        AttemptFailureKind.Broken when Error == TurnError.NoAnswer => "does not answer",
        _ => "did not answer properly",
    };

    private static readonly string UnreachableCode = TurnError.Of(ModelErrorKind.Unreachable).Code;

    public static AttemptFailure Of(Exception error) => error is ModelException known
        ? new(KindOf(known.Kind), TurnError.Of(known.Kind), known.RetryAfter) { IsFree = known.Kind is not (ModelErrorKind.Unfinished or ModelErrorKind.Protocol) }
        : new(AttemptFailureKind.Broken, TurnError.Internal);

    private static AttemptFailureKind KindOf(ModelErrorKind kind) => kind switch
    {
        ModelErrorKind.Unauthorized or ModelErrorKind.InvalidRequest => AttemptFailureKind.Refused,
        ModelErrorKind.RateLimited or ModelErrorKind.Overloaded => AttemptFailureKind.Busy,
        _ => AttemptFailureKind.Broken,
    };
}

/// <summary>Kinds of failure, by what is tried next.</summary>
internal enum AttemptFailureKind
{
    /// <summary>No answer, no connection, a cut or unreadable stream: the next provider, otherwise once more.</summary>
    Broken,

    /// <summary>429, 503 or 529: once more after a short Retry-After, else the next provider.</summary>
    Busy,

    /// <summary>The model answered nonsense (an unreadable call, or nothing at all): once more, then the next provider.</summary>
    Nonsense,

    /// <summary>Asking the same provider again cannot help: the next provider.</summary>
    Refused,
}

/// <summary>What to try after a failure.</summary>
internal enum NextAttempt
{
    Same,
    Other,
    None,
}

/// <summary>Which models a turn's steps are asked of, and when each is tried again.</summary>
/// <remarks>A provider that had to be left is not come back to in the same turn.</remarks>
internal sealed class AttemptPlan(IReadOnlyList<IChatModel> models, TimeSpan longestRetryAfter)
{
    /// <summary>The pause before a busy provider that did not say how long is asked again.</summary>
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(500);

    private int _current;
    private bool _retried;

    /// <summary>The model to ask.</summary>
    public IChatModel Model => models[_current];

    /// <summary>A new step begins: it has its own one retry.</summary>
    public void BeginStep() => _retried = false;

    /// <summary>Decides what to try after an attempt that had shown nothing, and moves on to it.</summary>
    /// <returns>What to try, and how long to wait before.</returns>
    public (NextAttempt Next, TimeSpan Wait) After(AttemptFailure failure)
    {
        var hasOther = _current + 1 < models.Count;
        var wait = Wait(failure, hasOther);
        if (wait is { } pause && !_retried)
        {
            _retried = true;
            return (NextAttempt.Same, pause);
        }

        if (!hasOther)
        {
            return (NextAttempt.None, default);
        }

        _current++;
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
