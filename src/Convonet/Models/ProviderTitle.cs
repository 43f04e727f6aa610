namespace Convonet.Models;

/// <summary>Providers' names as people write them.</summary>
internal static class ProviderTitle
{
    public static string Of(string provider) => provider switch
    {
        "gemini" => "Gemini",
        "claude" => "Claude",
        "openai" => "OpenAI",
        _ => provider,
    };
}
