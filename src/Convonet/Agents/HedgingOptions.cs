using System.ComponentModel.DataAnnotations;

namespace Convonet.Agents;

/// <summary>When a second provider is asked beside one that shows nothing.</summary>
public sealed class HedgingOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Hedging";

    /// <summary>Whether it is. There must be a provider to fall back to as well.</summary>
    /// <value>True by default.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The least that is waited for, however quick the model's last calls were.</summary>
    /// <value>1.5 s by default; 10 ms to 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan MinDelay { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The most that is waited for, also while too few calls of the model were seen to know how long they take.</summary>
    /// <value>4 s by default; 10 ms to 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How many second calls there may be, as a part of all turns of the process. What quiet times leave is kept for ten calls.</summary>
    /// <value>0.1 by default; 0 to 1.</value>
    [Range(0.0, 1.0)]
    public double Budget { get; set; } = 0.1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        MinDelay <= MaxDelay ? [] : [new ValidationResult($"{Section}:{nameof(MinDelay)} must be at most {Section}:{nameof(MaxDelay)}.")];
}
