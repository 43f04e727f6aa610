using System.ComponentModel.DataAnnotations;
using Convonet.Conversations;
using Convonet.Speech;
using Convonet.Speech.Deepgram;
using Convonet.Speech.ElevenLabs;
using Convonet.Speech.Espeak;
using Convonet.Speech.Flite;
using Convonet.Speech.OpenAI;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Clips;
using Convonet.Speech.Recognition.Deepgram;
using Convonet.Speech.Recognition.OpenAI;
using Convonet.Speech.Recognition.Pocketsphinx;
using Convonet.Server.Transport;
using Convonet.Streams;
using Convonet.Turns;
using Convonet.Voice;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Speech;

/// <summary>Chooses the engines that hear and speak: those that were named, else the first that can be used here.</summary>
internal static class SpeechSetup
{
    private const string Auto = "auto";
    private const string None = "none";

    /// <summary>Registers the engines.</summary>
    public static void AddSpeech(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        AddOptions<TurnOptions>(services, TurnOptions.Section);
        AddOptions<SpeechOptions>(services, SpeechOptions.Section);
        AddOptions<FliteOptions>(services, FliteOptions.Section);
        AddOptions<EspeakOptions>(services, EspeakOptions.Section);
        AddOptions<PocketsphinxOptions>(services, PocketsphinxOptions.Section);
        AddOptions<DeepgramSpeakOptions>(services, DeepgramSpeakOptions.Section);
        AddOptions<ElevenLabsOptions>(services, ElevenLabsOptions.Section);
        AddOptions<OpenAISpeechOptions>(services, OpenAISpeechOptions.Section);
        AddOptions<DeepgramListenOptions>(services, DeepgramListenOptions.Section);
        AddOptions<OpenAIListenOptions>(services, OpenAIListenOptions.Section);
        var settings = builder.Configuration;
        services.PostConfigure<DeepgramSpeakOptions>(options => options.ApiKey ??= settings["DEEPGRAM_API_KEY"]);
        services.PostConfigure<DeepgramListenOptions>(options => options.ApiKey ??= settings["DEEPGRAM_API_KEY"]);
        services.PostConfigure<ElevenLabsOptions>(options => options.ApiKey ??= settings["ELEVENLABS_API_KEY"]);
        services.PostConfigure<OpenAISpeechOptions>(options => options.ApiKey ??= settings["OPENAI_API_KEY"]);
        services.PostConfigure<OpenAIListenOptions>(options => options.ApiKey ??= settings["OPENAI_API_KEY"]);
        services.AddSingleton<SpeechHttp>();
        AddOptions<ClipOptions>(services, ClipOptions.Section);
        services.AddSingleton<ClipDecoder>();
        AddOptions<EngineChoice>(services, EngineChoice.Section);
        services.AddSingleton<AudioCache>();
        services.AddSingleton<PocketsphinxSpeechToText>();
        services.AddSingleton(static provider => Engines(provider));
        services.AddHostedService<PhraseWarmup>();
    }

    private static void AddOptions<T>(IServiceCollection services, string section)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<T>>().Value);
    }

    private static VoiceEngines Engines(IServiceProvider provider)
    {
        var choice = provider.GetRequiredService<EngineChoice>();
        var (input, missingInput) = Input(provider, choice.SpeechToText);
        var (output, missingOutput) = Output(provider, choice.TextToSpeech);
        var missing = string.Join(" ", new[] { missingInput, missingOutput }.Where(text => text is not null));
        var view = new SpeechView(
            input is null ? null : new SpeechInputView(input.Name),
            output is null ? null : new SpeechOutputView(output.Primary.Name, output.Primary.Voice),
            missing.Length == 0 ? null : missing);
        return new VoiceEngines(input, output, provider.GetRequiredService<TurnOptions>(), view)
        {
            Usage = provider.GetRequiredService<IUsageLog>(),
            MaxTextLength = provider.GetRequiredService<IOptions<TransportOptions>>().Value.MaxMessageLength,
            Clips = input is null ? null : ActivatorUtilities.CreateInstance<ClipTranscriber>(provider, input),
        };
    }

    private static (ISpeechToText? Engine, string? Missing) Input(IServiceProvider provider, string name)
    {
        if (name == None)
        {
            return (null, "Speech is not understood here: it is turned off.");
        }

        var all = SpeechToText.All(provider).Where(one => name == Auto || name == one.Name).ToArray();
        return all.FirstOrDefault(one => one.Missing is null).Make is { } make ? (make(), null) : (null, $"{all[^1].Missing}.");
    }

    private static (SpeechEngines? Engines, string? Missing) Output(IServiceProvider provider, string name)
    {
        if (name == None)
        {
            return (null, "Answers are not spoken here: it is turned off.");
        }

        var all = TextToSpeech.All(provider).ToArray();
        var usable = all.Where(one => (name == Auto || name == one.Engine.Name) && one.Missing is null).Select(one => one.Engine).ToArray();
        if (usable.Length == 0)
        {
            return (null, $"{all.First(one => one.Engine.Name == (name == Auto ? "flite" : name)).Missing}.");
        }

        // The fallback is another engine than the first, whatever was named: better another voice than none.
        var fallback = all.FirstOrDefault(one => one.Missing is null && one.Engine.Name != usable[0].Name).Engine;
        return (new SpeechEngines(
            usable[0],
            fallback,
            provider.GetRequiredService<AudioCache>(),
            provider.GetRequiredService<SpeechOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<StrayTasks>(),
            provider.GetRequiredService<ILogger<SpeechEngines>>()), null);
    }
}

/// <summary>Which engines hear and speak.</summary>
internal sealed class EngineChoice
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet";

    /// <summary>Writes down what is said.</summary>
    /// <value><c>auto</c> by default: the first that can be used; <c>none</c> turns it off.</value>
    [RegularExpression("^(auto|none|deepgram|openai|pocketsphinx)$", ErrorMessage = "Convonet:SpeechToText must be auto, none, deepgram, openai or pocketsphinx.")]
    public string SpeechToText { get; set; } = "auto";

    /// <summary>Speaks.</summary>
    /// <value><c>auto</c> by default: the first that can be used; <c>none</c> turns it off.</value>
    [RegularExpression("^(auto|none|deepgram|elevenlabs|openai|flite|espeak-ng)$", ErrorMessage = "Convonet:TextToSpeech must be auto, none, deepgram, elevenlabs, openai, flite or espeak-ng.")]
    public string TextToSpeech { get; set; } = "auto";
}
