namespace Convonet.Models;

/// <summary>What was used of one provider for one purpose.</summary>
/// <param name="Kind">The purpose.</param>
/// <param name="Provider">The provider, or the engine of speech.</param>
/// <param name="Model">Its model; empty for speech.</param>
public sealed record Used(UsageKind Kind, string Provider, string Model)
{
    /// <summary>Calls.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>Those of <see cref="Calls"/> of which the provider has not told all, because they were cut off before: they cost more than <see cref="Cost"/>.</summary>
    public int UntoldCalls { get; init; }

    /// <summary>Tokens read, cached ones included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens written, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Part of <see cref="InputTokens"/> that came from the provider's cache.</summary>
    public long CachedInputTokens { get; init; }

    /// <summary>Sound that was written down.</summary>
    public TimeSpan Sound { get; init; }

    /// <summary>Characters that were spoken.</summary>
    public long Characters { get; init; }

    /// <summary>What it costs by the price table; null when that is not known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Money of several, guesses left out; null when a part is not known.</summary>
    public static decimal? CostOf(IEnumerable<Used> all) =>
        all.Where(static one => one.Kind != UsageKind.Guessed).Aggregate((decimal?)0, static (sum, one) => one.UntoldCalls > 0 ? null : sum + one.Cost);

    /// <summary>Both together; they are of the same provider and purpose.</summary>
    internal Used Plus(Used other) => this with
    {
        Calls = Calls + other.Calls,
        UntoldCalls = UntoldCalls + other.UntoldCalls,
        InputTokens = InputTokens + other.InputTokens,
        OutputTokens = OutputTokens + other.OutputTokens,
        CachedInputTokens = CachedInputTokens + other.CachedInputTokens,
        Sound = Sound + other.Sound,
        Characters = Characters + other.Characters,
        Cost = Cost + other.Cost,
    };
}

/// <summary>What something was used for.</summary>
public enum UsageKind
{
    /// <summary>An answer.</summary>
    Answer,

    /// <summary>A model call that another one took the place of, or that no turn took.</summary>
    Dropped,

    /// <summary>A summary of a long conversation.</summary>
    Summary,

    /// <summary>An answer that was given before: no provider was asked.</summary>
    Replayed,

    /// <summary>What calls that were cut off are thought to have used beyond what their providers had told. It counts for budgets, and nobody is shown it.</summary>
    Guessed,

    /// <summary>Writing down what was said.</summary>
    Listening,

    /// <summary>Speaking an answer.</summary>
    Speaking,
}
