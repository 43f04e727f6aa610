using System.ComponentModel.DataAnnotations;

namespace Convonet.Models.Claude;

/// <summary>Settings of <see cref="ClaudeChatModel"/>.</summary>
public sealed class ClaudeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Claude";

    /// <summary>The model that is used when none is configured.</summary>
    /// <remarks>
    /// Anthropic's fastest and cheapest, made for real-time work (<see href="https://platform.claude.com/docs/en/models/haiku-5-5/overview"/>).
    /// It thinks before it answers unless told not to: see <see cref="Thinking"/>.
    /// </remarks>
    public const string DefaultModel = "claude-haiku-5-5";

    /// <summary>Key of the Anthropic API.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API, without <c>/v1</c>.</summary>
    /// <value>Default: <c>https://api.anthropic.com</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://api.anthropic.com");

    /// <summary>Name of the model.</summary>
    /// <value>Default: <see cref="DefaultModel"/>.</value>
    [Required]
    public string Model { get; set; } = DefaultModel;

    /// <summary>The most tokens of one step, thinking included.</summary>
    /// <value>Default: 4096.</value>
    [Range(1, 128_000)]
    public int MaxOutputTokens { get; set; } = 4096;

    /// <summary>Whether the model thinks before it speaks: <c>disabled</c> or <c>adaptive</c>. Thinking is silence to a listener.</summary>
    /// <value>Default: null, which means <c>disabled</c> for <see cref="DefaultModel"/> and the model's own habit for any other.</value>
    [AllowedValues(null, "disabled", "adaptive")]
    public string? Thinking { get; set; }
}
