using System.ComponentModel.DataAnnotations;

namespace Convonet.Models.Gemini;

/// <summary>Settings of the Gemini models.</summary>
public sealed class GeminiOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Gemini";

    /// <summary>The API key, sent as <c>x-goog-api-key</c>. Without one, Gemini answers 403.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Where the API is.</summary>
    /// <value>Default: <c>https://generativelanguage.googleapis.com/</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://generativelanguage.googleapis.com/");

    /// <summary>Name of the model.</summary>
    /// <value>
    /// Default: <c>gemini-3.5-flash-lite</c>, a stable model that thinks at the level <c>minimal</c> by itself, so that its first word comes
    /// soon; Google names it as the successor of <c>gemini-2.5-flash</c>, which is shut down on 1 December 2026.
    /// </value>
    /// <see href="https://ai.google.dev/gemini-api/docs/deprecations"/>
    [Required]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public string Model { get; set; } = "gemini-3.5-flash-lite";

    /// <summary>The most that one step may write, in tokens, thinking included.</summary>
    /// <value>Default: 4096.</value>
    [Range(1, 65536)]
    public int MaxOutputTokens { get; set; } = 4096;

    /// <summary>Randomness, from 0 to 2. Models from Gemini 3.5 Flash-Lite on ignore it.</summary>
    /// <value>Default: null, the model's own.</value>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>
    /// How many tokens a model of the 2.5 family may think before it answers: 0 turns thinking off (Flash and Flash-Lite), which is what a
    /// spoken conversation wants; -1 leaves it to the model. For later models use <see cref="ThinkingLevel"/>; the API refuses both at once.
    /// </summary>
    /// <value>Default: null, the model's own.</value>
    [Range(-1, 32768)]
    public int? ThinkingBudget { get; set; }

    /// <summary>
    /// How hard a model of the 3 family thinks before it answers: <c>minimal</c> (not every model has it), <c>low</c>, <c>medium</c> or
    /// <c>high</c>. The lower, the sooner the first word.
    /// </summary>
    /// <value>Default: null, the model's own.</value>
    [RegularExpression("^(minimal|low|medium|high)$")]
    public string? ThinkingLevel { get; set; }

    /// <summary>Checks what concerns more than one setting.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ThinkingBudget is not null && ThinkingLevel is not null)
        {
            yield return new ValidationResult(
                "Set ThinkingBudget or ThinkingLevel, not both.", [nameof(ThinkingBudget), nameof(ThinkingLevel)]);
        }

        if (BaseAddress is { IsAbsoluteUri: false })
        {
            yield return new ValidationResult("BaseAddress must be absolute.", [nameof(BaseAddress)]);
        }
    }
}
