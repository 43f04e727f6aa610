using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Convonet.Conversations;
using Convonet.Telemetry;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Voice;

/// <summary>What an operator sees of spoken turns. Instruments are the process's, so nothing else may speak meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class VoiceMetricsTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();
    private readonly ConcurrentQueue<(string Name, double Value, string? Tag)> _measured = new();
    private readonly MeterListener _listener = new();

    public VoiceMetricsTests()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ConvonetTelemetry.Name && instrument.Name.StartsWith("convonet.voice.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _voice.DisposeAsync();
    }

    [Fact]
    public async Task Stages_OfASpokenTurn_AreMeasuredOnceFromTheEndOfSpeech()
    {
        var thought = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _voice.Talk.Model.Step().Wait(thought.Task).Text("It rains. It pours.");
        await _voice.StartAsync();
        _voice.Speak(400);
        _voice.Quiet(1000);
        var utterance = await _voice.Ear.FinishedAsync();
        await _voice.HeardAsync("finishing");

        Pass(milliseconds: 100);
        _voice.Ear.Hears("what is the weather", utterance, final: true);
        await _voice.UntilAsync(one => one is SessionEvent.Accepted);
        Pass(milliseconds: 200);
        thought.SetResult();
        await _voice.Client.UntilAsync(one => one is SessionEvent.TurnTiming);
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);
        Pass(milliseconds: 300);
        _voice.Session!.Played(1, 1600, done: false);
        _voice.Session.Played(1, 3200, done: false);
        await _voice.DoneAsync();

        // 0.7 s of silence ended the speech, and 1,600 samples had been playing for 0.1 s.
        Assert.Equal(
            [
                ("convonet.voice.time_to_transcript", 0.8, null),
                ("convonet.voice.time_to_first_token", 1.0, null),
                ("convonet.voice.time_to_first_clause", 1.0, null),
                ("convonet.voice.time_to_first_audio", 1.0, null),
                ("convonet.voice.time_to_first_audible", 1.2, null),
            ],
            _measured.Select(one => (one.Name, Math.Round(one.Value, 3), one.Tag)));
    }

    [Fact]
    public async Task Audible_PlayedMoreThanTimeHasPassed_IsNotBeforeItWasSent()
    {
        _voice.Talk.Model.Says("It rains. It pours.");
        await _voice.StartAsync();
        await _voice.SayAsync("what is the weather");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Session!.Played(1, 3200, done: false);
        await _voice.DoneAsync();

        Assert.Equal(0.7, Assert.Single(_measured, one => one.Name == "convonet.voice.time_to_first_audible").Value, 3);
    }

    [Fact]
    public async Task Interruptions_ByVoiceAndByTheClient_AreToldApart()
    {
        _voice.Talk.Model.Says("One two three four five six.").Says("One two three four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Speak(400);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        _voice.Ear.Hears("wait a moment", 1);
        await _voice.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 1 });
        _voice.Quiet(1000);
        _voice.Ear.Hears("wait a moment", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 2 });
        await _voice.Session!.HushAsync(null, Token);

        Assert.Equal([(1.0, "voice"), (1.0, "client")], Counted("convonet.voice.interruptions"));
    }

    [Fact]
    public async Task FalseAlarms_WithoutWords_AreCountedWithTheirReason()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Speak(300);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        _voice.Quiet(1000);
        _voice.Ear.Hears("", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioResume { Turn: 1 });

        Assert.Equal([(1.0, "no_words")], Counted("convonet.voice.false_alarms"));
        Assert.Empty(Counted("convonet.voice.interruptions"));
    }

    private void Pass(int milliseconds) => _voice.Talk.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private IEnumerable<(double, string?)> Counted(string name) => _measured.Where(one => one.Name == name).Select(one => (one.Value, one.Tag));

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, tags.IsEmpty ? null : tags[0].Value as string));
}
