using Convonet.Models.Http;
using Convonet.Speech;
using Convonet.Speech.Deepgram;
using Convonet.Speech.ElevenLabs;
using Convonet.Speech.Espeak;
using Convonet.Speech.Flite;
using Convonet.Speech.OpenAI;
using Convonet.Streams;

namespace Convonet.Server.Speech;

/// <summary>The engines that speak, the better ones first.</summary>
internal static class TextToSpeech
{
    /// <summary>Each engine, and what it lacks to be used here; null for nothing.</summary>
    public static IEnumerable<(ITextToSpeech Engine, string? Missing)> All(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var http = provider.GetRequiredService<SpeechHttp>().Client;
        var deepgram = provider.GetRequiredService<DeepgramSpeakOptions>();
        yield return (new DeepgramTextToSpeech(deepgram, time), KeyOf(deepgram.ApiKey, "DEEPGRAM_API_KEY"));
        var elevenLabs = provider.GetRequiredService<ElevenLabsOptions>();
        yield return (new ElevenLabsTextToSpeech(http, elevenLabs), KeyOf(elevenLabs.ApiKey, "ELEVENLABS_API_KEY"));
        var openAI = provider.GetRequiredService<OpenAISpeechOptions>();
        yield return (new OpenAITextToSpeech(http, openAI), KeyOf(openAI.ApiKey, "OPENAI_API_KEY"));
        var flite = new FliteTextToSpeech(provider.GetRequiredService<FliteOptions>(), provider.GetRequiredService<StrayTasks>());
        yield return (flite, flite.IsInstalled() ? null : "flite is not installed: apt-get install flite");
        var espeak = new EspeakTextToSpeech(provider.GetRequiredService<EspeakOptions>(), time);
        yield return (espeak, espeak.IsInstalled() ? null : "espeak-ng is not installed: apt-get install espeak-ng");
    }

    /// <summary>What a provider lacks without a key.</summary>
    public static string? KeyOf(string? key, string variable) => string.IsNullOrWhiteSpace(key) ? $"{variable} is not set" : null;
}

/// <summary>The connections to providers of speech.</summary>
internal sealed class SpeechHttp(TimeProvider time) : IDisposable
{
    private readonly ProviderHttp _pool = new(time);

    public HttpClient Client => _pool.Client;

    public void Dispose() => _pool.Dispose();
}
