using System.ComponentModel.DataAnnotations;

namespace Convonet.Models.OpenAI;

/// <summary>Settings of the OpenAI models, and of any server that is compatible with OpenAI's API.</summary>
public sealed class OpenAIOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:OpenAI";

    /// <summary>The model that is used when none is configured.</summary>
    /// <remarks>
    /// OpenAI's fastest and cheapest, and its replacement for gpt-4.1, which it shuts down on 14 January 2027
    /// (<see href="https://developers.openai.com/api/docs/deprecations"/>). It reasons before it answers unless told not to: see
    /// <see cref="ReasoningEffort"/>.
    /// </remarks>
    public const string DefaultModel = "gpt-6-luna";

    private static readonly Uri OwnAddress = new("https://api.openai.com/v1");

    /// <summary>Key of the API. Local servers often want none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API with its version, for example <c>http://localhost:11434/v1</c> for Ollama.</summary>
    /// <value>Default: <c>https://api.openai.com/v1</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = OwnAddress;

    /// <summary>Which of OpenAI's two APIs to use.</summary>
    /// <value>Default: <see cref="OpenAIApi.Auto"/>.</value>
    public OpenAIApi Api { get; set; }

    /// <summary>Name of the model.</summary>
    /// <value>Default: <see cref="DefaultModel"/>.</value>
    [Required]
    public string Model { get; set; } = DefaultModel;

    /// <summary>The most tokens of one step, reasoning included.</summary>
    /// <value>Default: 4096.</value>
    [Range(1, 128_000)]
    public int MaxOutputTokens { get; set; } = 4096;

    /// <summary>How freely the model chooses its words. Models that reason refuse it.</summary>
    /// <value>Default: null, the provider's own.</value>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>How much the model reasons before it speaks, which is silence to a listener.</summary>
    /// <value>Default: null, which means <c>none</c> for <see cref="DefaultModel"/> and nothing sent for any other, as models that do not reason refuse it.</value>
    [AllowedValues(null, "none", "minimal", "low", "medium", "high", "xhigh", "max")]
    public string? ReasoningEffort { get; set; }

    /// <summary>
    /// Whether OpenAI is told where the beginning of a conversation ends that the next turn has, too. Its models from GPT-5.6 on find in their prompt cache only what ends where a request said so;
    /// no other gets it, and no other address.
    /// </summary>
    /// <value>Default: true. False is for the day on which OpenAI refuses it.</value>
    public bool CacheMarks { get; set; } = true;

    /// <summary>Whether the address is one of OpenAI's own.</summary>
    internal bool IsOwnAddress => BaseAddress.Host == OwnAddress.Host || BaseAddress.Host.EndsWith($".{OwnAddress.Host}", StringComparison.Ordinal);

    internal string? EffectiveReasoningEffort => ReasoningEffort ?? (Model == DefaultModel ? "none" : null);

    internal bool UsesResponses => Api == OpenAIApi.Responses || (Api == OpenAIApi.Auto && BaseAddress.Host == OwnAddress.Host);
}

/// <summary>OpenAI's two APIs for streamed answers.</summary>
public enum OpenAIApi
{
    /// <summary>Responses at OpenAI's own address, chat completions at any other, because few compatible servers know the former.</summary>
    Auto,

    /// <summary>Chat completions, which every compatible server knows.</summary>
    Chat,

    /// <summary>Responses.</summary>
    Responses,
}
