using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Deepgram;
using Convonet.Speech.Recognition.OpenAI;
using Convonet.Speech.Recognition.Pocketsphinx;

namespace Convonet.Server.Speech;

/// <summary>The engines that write down what is said, the better ones first.</summary>
internal static class SpeechToText
{
    /// <summary>Each engine, and what it lacks to be used here; null for nothing.</summary>
    public static IEnumerable<(string Name, string? Missing, Func<ISpeechToText> Make)> All(IServiceProvider provider)
    {
        var deepgram = provider.GetRequiredService<DeepgramListenOptions>();
        yield return ("deepgram", TextToSpeech.KeyOf(deepgram.ApiKey, "DEEPGRAM_API_KEY"), () => ActivatorUtilities.CreateInstance<DeepgramSpeechToText>(provider, deepgram));
        var openAI = provider.GetRequiredService<OpenAIListenOptions>();
        yield return (
            "openai",
            TextToSpeech.KeyOf(openAI.ApiKey, "OPENAI_API_KEY"),
            () => ActivatorUtilities.CreateInstance<OpenAISpeechToText>(provider, provider.GetRequiredService<SpeechHttp>().Client, openAI));
        yield return (
            "pocketsphinx",
            PocketsphinxSpeechToText.WhatIsMissing(provider.GetRequiredService<PocketsphinxOptions>()),
            provider.GetRequiredService<PocketsphinxSpeechToText>);
    }
}
