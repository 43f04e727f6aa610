using Convonet.Turns;
using static Convonet.Tests.Turns.TurnDetectorBench;

namespace Convonet.Tests.Turns;

/// <summary>Speech over the assistant: what interrupts it, and what is only a listener's noise.</summary>
public sealed class TurnDetectorInterruptTests
{
    private readonly TurnDetectorBench _bench = new();

    [Fact]
    public void Push_VoiceOverTheAssistant_InterruptsAfter200Ms()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;

        var before = _bench.Speak(detector, 180);
        var after = _bench.Speak(detector, 20);

        Assert.Equal([new TurnEvent.SpeechStarted(0, Ms(500))], before);
        Assert.Equal([new TurnEvent.BargeIn(0, Ms(700))], after);
    }

    [Fact]
    public void Push_VoiceWithoutTheAssistant_InterruptsNothing() => Assert.IsType<TurnEvent.SpeechStarted>(Assert.Single(_bench.Speak(_bench.Create(), 2000)));

    [Fact]
    public void Push_AssistantBeginsWhileTheUserSpeaks_IsInterrupted()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 500);

        detector.IsAssistantSpeaking = true;

        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(_bench.Speak(detector, 20)));
    }

    [Theory]
    [InlineData("uh-huh")]
    [InlineData("Yeah.")]
    [InlineData("mm")]
    public void Push_ABackChannelOverTheAssistant_DoesNotInterrupt(string text)
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        _bench.Speak(detector, 100);
        Hear(detector, 0, text);

        var found = (TurnEvent[])[.. _bench.Speak(detector, 400), .. Quiet(detector, 700)];
        Final(detector, 0, text);

        Assert.Equal(["SpeechEnded"], found.Select(one => one.GetType().Name));
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.BackChannel)], Found(detector));
    }

    [Fact]
    public void Hear_ABackChannelAfterTheInterruption_IsAFalseAlarm()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        Assert.IsType<TurnEvent.BargeIn>(_bench.Speak(detector, 300)[^1]);
        detector.IsAssistantSpeaking = false;
        Quiet(detector, 700);

        Final(detector, 0, "mm-hmm");

        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.BackChannel)], Found(detector));
    }

    /// <summary>It touches the end of a question, and answers it.</summary>
    [Fact]
    public void Hear_OkayThatOutlastsTheAssistant_IsATurn()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        _bench.Speak(detector, 160);
        detector.IsAssistantSpeaking = false;
        _bench.Speak(detector, 240);
        Quiet(detector, 700);

        Final(detector, 0, "okay");

        Assert.Equal([new TurnEvent.TurnEnded(0, "okay", true)], Found(detector));
    }

    [Fact]
    public void Hear_OkayWhileTheAssistantBegins_IsATurn()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 300);
        detector.IsAssistantSpeaking = true;
        _bench.Speak(detector, 60);
        Quiet(detector, 700);

        Final(detector, 0, "okay");

        Assert.Contains(new TurnEvent.TurnEnded(0, "okay", true), Found(detector));
    }

    /// <summary>Nobody presses a button to make a listener's noise.</summary>
    [Fact]
    public void Hear_OkayWithTheButtonPressed_IsATurn()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        detector.Hold();
        _bench.Speak(detector, 300);
        detector.Release();
        Found(detector);

        Final(detector, 0, "okay");

        Assert.Contains(new TurnEvent.TurnEnded(0, "okay", true), Found(detector));
    }

    [Fact]
    public void Hear_MoreThanABackChannel_Interrupts()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        _bench.Speak(detector, 100);
        Hear(detector, 0, "yeah");
        Assert.Empty(_bench.Speak(detector, 300));

        Hear(detector, 0, "yeah but wait");

        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(Found(detector)));
    }

    [Fact]
    public void Push_ABackChannelThatGoesOnForASecond_Interrupts()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        _bench.Speak(detector, 100);
        Hear(detector, 0, "yeah");

        Assert.Empty(_bench.Speak(detector, 880));
        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(_bench.Speak(detector, 20)));
    }

    [Fact]
    public void Hear_YeahWithoutTheAssistant_IsATurn()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 300);
        Quiet(detector, 700);

        Final(detector, 0, "Yeah.");

        Assert.Equal([new TurnEvent.TurnEnded(0, "Yeah.", true)], Found(detector));
    }

    [Fact]
    public void Push_NoWordsTwoSecondsAfterTheInterruption_IsAFalseAlarmAndWordsStillCount()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        Assert.IsType<TurnEvent.BargeIn>(_bench.Speak(detector, 200)[^1]);
        detector.IsAssistantSpeaking = false;

        Assert.Empty(_bench.Speak(detector, 1980));
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], _bench.Speak(detector, 20));

        detector.IsAssistantSpeaking = true;
        Assert.Empty(_bench.Speak(detector, 300));
        Hear(detector, 0, "stop that");
        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(Found(detector)));
    }

    /// <summary>Such an engine knows nothing while somebody speaks, however long that is; then it has as long as any other.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(8060)]
    public void Push_NoWordsOfAnEngineWithoutPartials_AreAFalseAlarmTwoSecondsAfterTheVoice(int spoken)
    {
        var detector = _bench.Create(streamsPartials: false);
        detector.IsAssistantSpeaking = true;
        Assert.IsType<TurnEvent.BargeIn>(_bench.Speak(detector, spoken)[^1]);

        Assert.DoesNotContain(Quiet(detector, 1980), one => one is TurnEvent.FalseAlarm);
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], Quiet(detector, 20));
        Assert.Empty(Quiet(detector, 6000));
    }

    [Fact]
    public void Hear_WordsAfterTheFalseAlarmOfAnEngineWithoutPartials_InterruptAndAreATurn()
    {
        var detector = _bench.Create(streamsPartials: false);
        detector.IsAssistantSpeaking = true;
        _bench.Speak(detector, 300);
        Assert.IsType<TurnEvent.FalseAlarm>(Quiet(detector, 2500)[^1]);

        Final(detector, 0, "stop that");

        Assert.Equal([new TurnEvent.BargeIn(0, detector.Now), new TurnEvent.TurnEnded(0, "stop that", true)], Found(detector));
    }

    /// <summary>A short noise: it has ended long before the two seconds have.</summary>
    [Fact]
    public void Push_NoWordsAfterAShortInterruption_AreAFalseAlarmTwoSecondsAfterIt()
    {
        var detector = _bench.Create();
        detector.IsAssistantSpeaking = true;
        Assert.IsType<TurnEvent.BargeIn>(_bench.Speak(detector, 200)[^1]);

        Assert.DoesNotContain(Quiet(detector, 1980), one => one is TurnEvent.FalseAlarm);
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], Quiet(detector, 20));
    }
}
