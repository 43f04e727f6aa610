using Convonet.Models;

namespace Convonet.Agents;

/// <summary>Why an attempt that had shown nothing is given up.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Error">What people are told if nothing else helps.</param>
/// <param name="RetryAfter">How long the provider asks to wait.</param>
internal sealed record AttemptFailure(AttemptFailureKind Kind, TurnError Error, TimeSpan? RetryAfter = null)
{
    /// <summary>It was silent for its limit.</summary>
    public static readonly AttemptFailure NoAnswer = new(AttemptFailureKind.Broken, TurnError.NoAnswer);

    /// <summary>It ended without an answer.</summary>
    public static readonly AttemptFailure Nothing = new(AttemptFailureKind.Nonsense, TurnError.EmptyAnswer);

    private static readonly string UnreachableCode = TurnError.Of(ModelErrorKind.Unreachable).Code;

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
