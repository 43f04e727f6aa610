using System.ComponentModel.DataAnnotations;

namespace Convonet.Models.Health;

/// <summary>How long a provider that failed is left alone.</summary>
public sealed class BreakerOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Breaker";

    /// <summary>How long a provider is not asked after it failed, while another can be; twice as long after each probe that fails.</summary>
    /// <value>10 s by default; 0 switches the breakers off.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Break { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest that it is left alone, whatever it asks for itself (<c>Retry-After</c>).</summary>
    /// <value>5 min by default.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan MaxBreak { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Break <= MaxBreak ? [] : [new ValidationResult($"{Section}:{nameof(Break)} must be at most {Section}:{nameof(MaxBreak)}.")];
}
