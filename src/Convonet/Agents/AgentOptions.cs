using System.ComponentModel.DataAnnotations;

namespace Convonet.Agents;

/// <summary>Time limits and bounds of a turn.</summary>
public sealed class AgentOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Agent";

    /// <summary>Silence of one model call: before its first content, or between two pieces of content.</summary>
    /// <value>5 s by default; 10 ms to 10 min, at most <see cref="Execution"/>: what is longer would never end a call that shows nothing.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan StreamIteration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Other <see cref="StreamIteration"/> limits for single providers, by name.</summary>
    public Dictionary<string, TimeSpan> StreamIterations { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Silence towards the user, after which a status is sent.</summary>
    /// <value>4 s by default; 10 ms to 10 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan Watchdog { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The whole turn: after it no model call or tool starts, running tools end, and a model call that has shown no text is cut.</summary>
    /// <value>12 s by default; 10 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Execution { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long, from the turn's start, text that was already flowing at <see cref="Execution"/> may go on.</summary>
    /// <value>60 s by default; 0, or anything up to <see cref="Execution"/>, makes that limit strict.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan TextCompletion { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest Retry-After of a 429, 503 or 529 that is waited for; a longer one means the next provider at once.</summary>
    /// <value>2 s by default.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the model may be asked in one turn; the last time it must answer without tools.</summary>
    /// <value>8 by default.</value>
    [Range(1, 64)]
    public int MaxRounds { get; set; } = 8;

    /// <summary>How many calls of one step are run; the others get an error result.</summary>
    /// <value>16 by default.</value>
    [Range(1, 64)]
    public int MaxCallsPerRound { get; set; } = 16;

    /// <summary>How many characters a model may say in one turn; an answer that is longer ends there, as one that was cut at the model's own limit.</summary>
    /// <value>1,000,000 by default.</value>
    [Range(1_000, 10_000_000)]
    public int MaxTextLength { get; set; } = 1_000_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (provider, limit) in StreamIterations)
        {
            if (limit < TimeSpan.FromMilliseconds(10) || limit > TimeSpan.FromMinutes(10))
            {
                yield return new ValidationResult($"{Section}:{nameof(StreamIterations)}:{provider} must be between 10 ms and 10 min.");
            }
            else if (limit > Execution)
            {
                yield return TooLong($"{nameof(StreamIterations)}:{provider}", limit);
            }
        }

        if (StreamIteration > Execution)
        {
            yield return TooLong(nameof(StreamIteration), StreamIteration);
        }
    }

    /// <summary>The stream-iteration limit of the provider with this name.</summary>
    public TimeSpan StreamIterationOf(string provider) => StreamIterations.TryGetValue(provider, out var limit) ? limit : StreamIteration;

    private ValidationResult TooLong(string option, TimeSpan limit) =>
        new($"{Section}:{option} ({limit}) must be at most {Section}:{nameof(Execution)} ({Execution}): the turn would end before the call is given up, and no other provider be asked.");
}
