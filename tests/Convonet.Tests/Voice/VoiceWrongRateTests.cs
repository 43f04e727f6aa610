using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Speech.Deepgram;
using Convonet.Telemetry;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Voice;

/// <summary>A voice that sends samples of another rate than it was asked for, and does not say so. Instruments are the process's, so nothing else may speak meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class VoiceWrongRateTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

    [Fact]
    public async Task Answer_SpokenAtAnotherRate_CostsOneSentenceAndIsToldAndCounted()
    {
        const string text = "Yes. There was an old man who lived with his dog in a small house by the sea for many years. Bye.";
        var failures = new ConcurrentQueue<string>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ConvonetTelemetry.Name && instrument.Name == "convonet.speech.failures")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) => failures.Enqueue($"{tags[0].Value} {tags[1].Value}"));
        meters.Start();
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions { FirstDelay = TimeSpan.Zero, Gap = TimeSpan.Zero, Faults = "rate;hz=48000" }, Token);
        using var engine = new DeepgramTextToSpeech(new DeepgramSpeakOptions { ApiKey = "secret", BaseAddress = emulator.DeepgramAddress });
        _voice.Engine = engine;
        _voice.Talk.Model.Says(text);
        await _voice.StartAsync();

        await _voice.SayAsync("tell me");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 1, Text: text, Outcome: "completed" });

        Assert.Single(_voice.Client.Events.OfType<SessionEvent.Status>(), status => status is { Code: "speech_failed", Turn: 1 });
        Assert.Equal([0, 2], _voice.Client.Frames.Select(frame => frame.Sentence).Distinct().Where(sentence => sentence != 1));
        Assert.NotEmpty(failures);
        Assert.All(failures, failure => Assert.Equal("deepgram WrongRate", failure));
    }
}
