namespace Convonet.Emulator;

/// <summary>The APIs that the emulator speaks; combine them to say which ones a script is for.</summary>
[Flags]
public enum EmulatedApi
{
    /// <summary>None: a request that matched no API.</summary>
    None = 0,

    /// <summary>Google's <c>generateContent</c> and <c>streamGenerateContent</c>.</summary>
    Gemini = 1,

    /// <summary>Anthropic's <c>/v1/messages</c>.</summary>
    Anthropic = 2,

    /// <summary>OpenAI's <c>/v1/chat/completions</c>.</summary>
    OpenAIChat = 4,

    /// <summary>OpenAI's <c>/v1/responses</c>.</summary>
    OpenAIResponses = 8,

    /// <summary>Both APIs of OpenAI.</summary>
    OpenAI = OpenAIChat | OpenAIResponses,

    /// <summary>Every API.</summary>
    All = Gemini | Anthropic | OpenAI,
}
