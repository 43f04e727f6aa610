using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Results;

/// <summary>Why a call did not do what it was for.</summary>
/// <param name="Kind">What sort of failure it is.</param>
/// <param name="Why">The tool's own words, without a full stop and without what is meant for a model only.</param>
internal sealed partial record Failure(FailureKind Kind, string Why)
{
    internal static Failure Of(string error)
    {
        var told = ForModels().Replace(error.Trim(), "").TrimEnd('.', ' ');
        var kind = told switch
        {
            _ when told.StartsWith("Not run: the user said no", StringComparison.OrdinalIgnoreCase) => FailureKind.Refused,
            _ when told.StartsWith("Not run: the user did not allow", StringComparison.OrdinalIgnoreCase) => FailureKind.NotAllowed,
            _ when told.Contains("not known whether", StringComparison.OrdinalIgnoreCase) => FailureKind.Unknown,
            _ => FailureKind.Error,
        };
        var why = NotRun().Replace(told, "");
        return new Failure(kind, why.Length == 0 ? "the tool gave no reason" : why);
    }

    /// <summary>A sentence on what was not done.</summary>
    /// <param name="act">What it was, after "I could not": <c>delete "buy milk"</c>.</param>
    internal string Tell(string act) => Kind switch
    {
        FailureKind.Refused => $"I did not {act}, because you said no.",
        FailureKind.NotAllowed => $"I did not {act}, because you did not allow it in time.",
        FailureKind.Unknown => $"I tried to {act}, but nobody can tell whether it worked. Please look before you ask again.",
        _ => $"I could not {act}: {Why}.",
    };

    [GeneratedRegex(@"(?<=[.!?])\s+(?:Call|Use|Write|Ask|Tell the user|Do not|Don't)\b.*$", RegexOptions.Singleline)]
    private static partial Regex ForModels();

    [GeneratedRegex(@"^Not run:\s*", RegexOptions.IgnoreCase)]
    private static partial Regex NotRun();
}

/// <summary>Sorts of failures that are told in words of their own.</summary>
internal enum FailureKind
{
    /// <summary>Refused by the tool, broken, or too slow: its words say it.</summary>
    Error,

    /// <summary>The user said no.</summary>
    Refused,

    /// <summary>The user did not say yes in time.</summary>
    NotAllowed,

    /// <summary>It may have happened.</summary>
    Unknown,
}
