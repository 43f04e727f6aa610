namespace Convonet.Server.Providers;

/// <summary>Which providers conversations use.</summary>
public sealed class ProviderOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet";

    /// <summary>The provider of new conversations: <c>gemini</c>, <c>claude</c> or <c>openai</c>. The variable <c>LLM_PROVIDER</c> says the same.</summary>
    /// <value>Default: the first of Gemini, Claude and OpenAI that has a key; Gemini when none has.</value>
    public string? Provider { get; set; }

    /// <summary>Providers to ask, in this order and separated by commas, when the chosen one does not answer.</summary>
    /// <value>Default: none, and the chosen one is asked once more.</value>
    public string? Fallback { get; set; }

    /// <summary>The names in <see cref="Fallback"/>.</summary>
    public IReadOnlyList<string> FallbackNames => Fallback?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
