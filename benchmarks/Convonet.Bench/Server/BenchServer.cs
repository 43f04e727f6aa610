using System.Globalization;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server;
using Convonet.Speech;
using Convonet.Streams;
using Convonet.Turns;
using Convonet.Voice;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Convonet.Bench.Server;

/// <summary>
/// The process that is measured: the real server with all its doors and its store on disk. Only the model, unless it is a provider's, and the engines, unless they are
/// measured too, take no time. It takes commands, one a line, and answers each with a line.
/// </summary>
internal static class BenchServer
{
    /// <summary>The first argument of this process.</summary>
    public const string Command = "serve";

    /// <summary>The second, with the offline engines.</summary>
    public const string WithEngines = "engines";

    /// <summary>The second, with the providers that the options name.</summary>
    public const string WithProviders = "providers";

    public static async Task<int> RunAsync(string[] args)
    {
        var model = new BenchModel();
        var ear = new BenchEar();
        var voice = new BenchVoice();
        using var stages = new StageLog();
        var hasEngines = args is [WithEngines, ..];
        var hasProviders = args is [WithProviders, ..];
        await using var app = await ServerHost.BuildAsync(hasEngines || hasProviders ? args[1..] : args, builder =>
        {
            // What is wrong is told on the error stream; the other one is for answers.
            builder.Logging.ClearProviders().AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
            if (!hasProviders)
            {
                builder.Services.AddSingleton(new ChatModels([new ProviderEntry(model, Configured: true, Emulated: false)], model.Provider, []));
            }

            builder.Services.AddSingleton(BenchTool.Create());
            if (!hasEngines)
            {
                builder.Services.AddSingleton(provider => Engines(provider, ear, voice));
            }
        });
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        while (await Console.In.ReadLineAsync() is { } command)
        {
            await Console.Out.WriteLineAsync(command switch
            {
                "long" => voice.Speaks(TimeSpan.FromSeconds(4)),
                "short" => voice.Speaks(BenchVoice.Short),
                "frames" => string.Join(' ', ear.TakeAges().Select(age => age.ToString(CultureInfo.InvariantCulture))),
                "stages" => stages.Take(),
                "collect" => Garbage.Collect(),
                "allocated" => Garbage.Allocated(),
                "compiled" => Garbage.Compiled(),
                _ => "unknown",
            });
        }

        await app.StopAsync();
        return 0;
    }

    private static VoiceEngines Engines(IServiceProvider provider, BenchEar ear, BenchVoice voice) => new(
        ear,
        new SpeechEngines(
            voice,
            null,
            provider.GetRequiredService<AudioCache>(),
            provider.GetRequiredService<SpeechOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<StrayTasks>(),
            provider.GetRequiredService<ILogger<SpeechEngines>>()),
        provider.GetRequiredService<TurnOptions>(),
        new SpeechView(new SpeechInputView(ear.Name), new SpeechOutputView(voice.Name, voice.Voice), null));
}
