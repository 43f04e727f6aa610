namespace Convonet.Emulator;

/// <summary>How to point each provider's official client at the emulator.</summary>
internal static class AboutText
{
    internal static string Addresses(Uri address)
    {
        var root = address.ToString().TrimEnd('/');
        return $"""
            Convonet emulator: Gemini, Anthropic and OpenAI with an offline demo model (rules, not a language model).
            Any key that is not empty and any model name will do.

              Google     {root}      @google/genai: httpOptions.baseUrl
              Anthropic  {root}      @anthropic-ai/sdk: baseURL, or ANTHROPIC_BASE_URL
              OpenAI     {root}/v1   openai: baseURL, or OPENAI_BASE_URL

            """;
    }
}
