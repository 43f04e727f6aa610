using System.ComponentModel.DataAnnotations;

namespace Convonet.Tools;

/// <summary>Limits of tool calls.</summary>
public sealed class ToolOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Tools";

    /// <summary>How long one call may run.</summary>
    /// <value>6 s by default; 10 ms to 10 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Other limits for single tools, by name.</summary>
    public Dictionary<string, TimeSpan> Limits { get; } = new(StringComparer.Ordinal);

    /// <summary>How much of a result the model reads; the rest is cut off.</summary>
    /// <value>16,000 characters by default.</value>
    [Range(100, 1_000_000)]
    public int MaxResultLength { get; set; } = 16_000;

    /// <summary>The longest arguments that a call may have.</summary>
    /// <value>32,768 characters of JSON by default.</value>
    [Range(100, 1_000_000)]
    public int MaxArgumentsLength { get; set; } = 32_768;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Limits
        .Where(limit => limit.Value < TimeSpan.FromMilliseconds(10) || limit.Value > TimeSpan.FromMinutes(10))
        .Select(limit => new ValidationResult($"{Section}:{nameof(Limits)}:{limit.Key} must be between 10 ms and 10 min."));

    /// <summary>The limit of the tool with this name.</summary>
    public TimeSpan LimitOf(string tool) => Limits.TryGetValue(tool, out var limit) ? limit : Limit;
}
