using Convonet.Speech.Recognition;
using Convonet.Turns;

namespace Convonet.Tests.Turns;

public sealed class TurnDetectorTests
{
    private readonly TestAudio _audio = new();
    private readonly TurnOptions _options = new() { Preemptive = false };

    [Fact]
    public void Push_VoiceThenSilence_IsOneTurn()
    {
        var detector = Create();
        var started = Speak(detector, 1000);
        Hear(detector, 0, "add milk to my list");

        var pause = Quiet(detector, 680);
        var ended = Quiet(detector, 20);
        detector.Hear(new Transcript(0, "add milk to my list", detector.Now) { IsFinal = true });

        Assert.Equal([new TurnEvent.SpeechStarted(0, Ms(500))], started);
        Assert.Empty(pause);
        Assert.Equal([new TurnEvent.SpeechEnded(0, Ms(1500), Ms(2200), EndReason.Silence)], ended);
        Assert.Equal([new TurnEvent.TurnEnded(0, "add milk to my list", true)], Found(detector));
    }

    [Theory]
    [InlineData("Yeah.", 300)]
    [InlineData("What's on my list?", 300)]
    [InlineData("Add milk.", 500)]
    [InlineData("add milk", 700)]
    [InlineData("add milk and", 1600)]
    [InlineData("um", 2500)]
    public void Push_WordsBeforeTheSilence_SetItsLength(string text, int silenceMs)
    {
        var detector = Create();
        Speak(detector, 1000);
        Hear(detector, 0, text);

        Assert.Equal(silenceMs, SilenceToTheEnd(detector));
    }

    [Fact]
    public void Push_WordsOfOnlyTheBeginning_DoNotShortenTheSilence()
    {
        var detector = Create();
        Speak(detector, 300);
        Hear(detector, 0, "yeah");
        Speak(detector, 1000);

        Assert.Equal(700, SilenceToTheEnd(detector));
    }

    [Fact]
    public void Hear_WordsInTheSilence_ShortenIt()
    {
        var detector = Create();
        Speak(detector, 500);
        Assert.Empty(Quiet(detector, 400));

        Hear(detector, 0, "yeah");

        Assert.Equal(20, SilenceToTheEnd(detector));
    }

    [Fact]
    public void Push_VoiceOverTheAssistant_InterruptsAfter200Ms()
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;

        var before = Speak(detector, 180);
        var after = Speak(detector, 20);

        Assert.Equal([new TurnEvent.SpeechStarted(0, Ms(500))], before);
        Assert.Equal([new TurnEvent.BargeIn(0, Ms(700))], after);
    }

    [Fact]
    public void Push_VoiceWithoutTheAssistant_InterruptsNothing() => Assert.IsType<TurnEvent.SpeechStarted>(Assert.Single(Speak(Create(), 2000)));

    [Fact]
    public void Push_AssistantBeginsWhileTheUserSpeaks_IsInterrupted()
    {
        var detector = Create();
        Speak(detector, 500);

        detector.IsAssistantSpeaking = true;

        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(Speak(detector, 20)));
    }

    [Theory]
    [InlineData("uh-huh")]
    [InlineData("Yeah.")]
    [InlineData("mm")]
    public void Push_ABackChannelOverTheAssistant_DoesNotInterrupt(string text)
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;
        Speak(detector, 100);
        Hear(detector, 0, text);

        var found = (TurnEvent[])[.. Speak(detector, 400), .. Quiet(detector, 700)];
        Final(detector, 0, text);

        Assert.Equal(["SpeechEnded"], found.Select(one => one.GetType().Name));
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.BackChannel)], Found(detector));
    }

    [Fact]
    public void Hear_ABackChannelAfterTheInterruption_IsAFalseAlarm()
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;
        Assert.IsType<TurnEvent.BargeIn>(Speak(detector, 300)[^1]);
        detector.IsAssistantSpeaking = false;
        Quiet(detector, 700);

        Final(detector, 0, "mm-hmm");

        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.BackChannel)], Found(detector));
    }

    /// <summary>It touches the end of a question, and answers it.</summary>
    [Fact]
    public void Hear_OkayThatOutlastsTheAssistant_IsATurn()
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;
        Speak(detector, 160);
        detector.IsAssistantSpeaking = false;
        Speak(detector, 240);
        Quiet(detector, 700);

        Final(detector, 0, "okay");

        Assert.Equal([new TurnEvent.TurnEnded(0, "okay", true)], Found(detector));
    }

    [Fact]
    public void Hear_OkayWhileTheAssistantBegins_IsATurn()
    {
        var detector = Create();
        Speak(detector, 300);
        detector.IsAssistantSpeaking = true;
        Speak(detector, 60);
        Quiet(detector, 700);

        Final(detector, 0, "okay");

        Assert.Contains(new TurnEvent.TurnEnded(0, "okay", true), Found(detector));
    }

    /// <summary>Nobody presses a button to make a listener's noise.</summary>
    [Fact]
    public void Hear_OkayWithTheButtonPressed_IsATurn()
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;
        detector.Hold();
        Speak(detector, 300);
        detector.Release();
        Found(detector);

        Final(detector, 0, "okay");

        Assert.Contains(new TurnEvent.TurnEnded(0, "okay", true), Found(detector));
    }

    [Fact]
    public void Hear_MoreThanABackChannel_Interrupts()
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;
        Speak(detector, 100);
        Hear(detector, 0, "yeah");
        Assert.Empty(Speak(detector, 300));

        Hear(detector, 0, "yeah but wait");

        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(Found(detector)));
    }

    [Fact]
    public void Push_ABackChannelThatGoesOnForASecond_Interrupts()
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;
        Speak(detector, 100);
        Hear(detector, 0, "yeah");

        Assert.Empty(Speak(detector, 880));
        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(Speak(detector, 20)));
    }

    [Fact]
    public void Hear_YeahWithoutTheAssistant_IsATurn()
    {
        var detector = Create();
        Speak(detector, 300);
        Quiet(detector, 700);

        Final(detector, 0, "Yeah.");

        Assert.Equal([new TurnEvent.TurnEnded(0, "Yeah.", true)], Found(detector));
    }

    [Fact]
    public void Push_NoWordsTwoSecondsAfterTheInterruption_IsAFalseAlarmAndWordsStillCount()
    {
        var detector = Create();
        detector.IsAssistantSpeaking = true;
        Assert.IsType<TurnEvent.BargeIn>(Speak(detector, 200)[^1]);
        detector.IsAssistantSpeaking = false;

        Assert.Empty(Speak(detector, 1980));
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], Speak(detector, 20));

        detector.IsAssistantSpeaking = true;
        Assert.Empty(Speak(detector, 300));
        Hear(detector, 0, "stop that");
        Assert.IsType<TurnEvent.BargeIn>(Assert.Single(Found(detector)));
    }

    [Fact]
    public void Push_NoWordsOfAnEngineWithoutPartials_AreAFalseAlarmFiveSecondsAfterTheEnd()
    {
        var detector = Create(streamsPartials: false);
        detector.IsAssistantSpeaking = true;
        Assert.IsType<TurnEvent.BargeIn>(Speak(detector, 200)[^1]);
        detector.IsAssistantSpeaking = false;
        Assert.Empty(Speak(detector, 8060));
        Quiet(detector, 700);

        Assert.Empty(Quiet(detector, 4980));
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], Quiet(detector, 20));

        Final(detector, 0, "too late but true");
        Assert.Equal([new TurnEvent.TurnEnded(0, "too late but true", true)], Found(detector));
    }

    [Fact]
    public void Hear_AnEmptyLastTranscript_IsAFalseAlarmAtOnce()
    {
        var detector = Create();
        Speak(detector, 300);
        Quiet(detector, 700);

        Final(detector, 0, "");

        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], Found(detector));
        Assert.Empty(Quiet(detector, 3000));
    }

    [Fact]
    public void Push_NoNewWordsForFiveSeconds_EndsTheTurn()
    {
        var detector = Create();
        Speak(detector, 1000);
        Hear(detector, 0, "add milk");

        Assert.Empty(Speak(detector, 4980));
        var ended = Assert.IsType<TurnEvent.SpeechEnded>(Assert.Single(Speak(detector, 20)));
        Assert.Equal(EndReason.Stuck, ended.Reason);
    }

    [Fact]
    public void Push_NewWordsAgainAndAgain_EndAtTheLongestSpeech()
    {
        var detector = Create();
        List<TurnEvent> found = [];
        for (var second = 0; second < 29; second++)
        {
            found.AddRange(Speak(detector, second == 0 ? 1000 : 1020));
            Hear(detector, 0, $"word {second}");
        }

        found.AddRange(Speak(detector, 1020));

        Assert.Equal(EndReason.TooLong, Assert.IsType<TurnEvent.SpeechEnded>(found[1]).Reason);
    }

    [Fact]
    public void Push_TheLastTranscriptDoesNotCome_EndsWithThePartialOneAfterFiveSeconds()
    {
        var detector = Create();
        Speak(detector, 1000);
        Hear(detector, 0, "add milk");
        Quiet(detector, 700);

        Assert.Empty(Quiet(detector, 4980));
        Assert.Equal([new TurnEvent.TurnEnded(0, "add milk", false)], Quiet(detector, 20));

        Final(detector, 0, "add milk please");
        Assert.Empty(Found(detector));
    }

    [Fact]
    public void Hear_LastTranscriptsWhileTheNextIsSpoken_GoToTheirOwnTurn()
    {
        var detector = Create();
        Speak(detector, 500);
        Quiet(detector, 700);
        Assert.Equal(1, Assert.IsType<TurnEvent.SpeechStarted>(Assert.Single(Speak(detector, 300))).Utterance);

        Hear(detector, 1, "and eggs");
        Final(detector, 0, "add milk");

        Assert.Equal([new TurnEvent.TurnEnded(0, "add milk", true)], Found(detector));
        Assert.True(detector.IsSpeaking);
    }

    [Fact]
    public void Hear_ALaterLastTranscript_EndsTheEarlierWithWhatThereIs()
    {
        var detector = Create();
        Speak(detector, 500);
        Hear(detector, 0, "add milk");
        Quiet(detector, 700);
        Speak(detector, 500);
        Quiet(detector, 700);

        Final(detector, 1, "and eggs");

        Assert.Equal([new TurnEvent.TurnEnded(0, "add milk", false), new TurnEvent.TurnEnded(1, "and eggs", true)], Found(detector));
    }

    [Fact]
    public void Push_ManyLastTranscriptsMissing_KeepsAFew()
    {
        var detector = Create(streamsPartials: false);
        for (var i = 0; i < 10; i++)
        {
            Speak(detector, 300);
            Quiet(detector, 1000);
        }

        for (var i = 0; i < 10; i++)
        {
            Final(detector, i, "words");
        }

        Assert.Equal(Enumerable.Range(6, TurnDetector.MaxFinishing), Found(detector).OfType<TurnEvent.TurnEnded>().Select(turn => turn.Utterance));
    }

    [Fact]
    public void Hold_UntilRelease_NoSilenceEndsTheTurn()
    {
        var detector = Create();

        detector.Hold();
        var held = (TurnEvent[])[.. Quiet(detector, 8000), .. Speak(detector, 300), .. Quiet(detector, 8000)];
        detector.Release();

        Assert.Equal([new TurnEvent.SpeechStarted(0, Ms(500))], held);
        Assert.Equal(EndReason.Released, Assert.IsType<TurnEvent.SpeechEnded>(Assert.Single(Found(detector))).Reason);
    }

    [Fact]
    public void Push_FramesWithoutAnEvent_AllocateNothing()
    {
        var detector = Create();
        Speak(detector, 500);
        Hear(detector, 0, "add milk");
        byte[][] frames = [_audio.Voice(), _audio.Noise(-50)];

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            detector.Push(frames[i / 20 % 2]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>A detector that has heard half a second of silence.</summary>
    private TurnDetector Create(bool streamsPartials = true)
    {
        var detector = new TurnDetector(_options, streamsPartials);
        Assert.Empty(Quiet(detector, 500));
        return detector;
    }

    /// <summary>A voice; a longer one has the gaps between syllables that tell it from a noise.</summary>
    private List<TurnEvent> Speak(TurnDetector detector, int milliseconds)
    {
        var frame = 0;
        return Push(detector, milliseconds, () => milliseconds > 1000 && frame++ % 20 >= 17 ? TestAudio.Silence() : _audio.Voice());
    }

    private static List<TurnEvent> Quiet(TurnDetector detector, int milliseconds) => Push(detector, milliseconds, TestAudio.Silence);

    private static List<TurnEvent> Push(TurnDetector detector, int milliseconds, Func<byte[]> frame)
    {
        for (var i = 0; i < milliseconds / 20; i++)
        {
            detector.Push(frame());
        }

        return Found(detector);
    }

    private static void Hear(TurnDetector detector, int utterance, string text) => detector.Hear(new Transcript(utterance, text, detector.Now));

    private static void Final(TurnDetector detector, int utterance, string text) =>
        detector.Hear(new Transcript(utterance, text, detector.Now) { IsFinal = true, IsSettled = true });

    private static List<TurnEvent> Found(TurnDetector detector)
    {
        List<TurnEvent> found = [];
        while (detector.TryRead(out var one))
        {
            found.Add(one);
        }

        return found;
    }

    private static int SilenceToTheEnd(TurnDetector detector)
    {
        Found(detector);
        for (var ms = 20; ms < 20_000; ms += 20)
        {
            if (Quiet(detector, 20) is [TurnEvent.SpeechEnded])
            {
                return ms;
            }
        }

        return -1;
    }
}
