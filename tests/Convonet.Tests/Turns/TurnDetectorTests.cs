using Convonet.Speech.Recognition;
using Convonet.Turns;
using static Convonet.Tests.Turns.TurnDetectorBench;

namespace Convonet.Tests.Turns;

public sealed class TurnDetectorTests
{
    private readonly TurnDetectorBench _bench = new();

    [Fact]
    public void Push_VoiceThenSilence_IsOneTurn()
    {
        var detector = _bench.Create();
        var started = _bench.Speak(detector, 1000);
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
        var detector = _bench.Create();
        _bench.Speak(detector, 1000);
        Hear(detector, 0, text);

        Assert.Equal(silenceMs, SilenceToTheEnd(detector));
    }

    [Fact]
    public void Push_WordsOfOnlyTheBeginning_DoNotShortenTheSilence()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 300);
        Hear(detector, 0, "yeah");
        _bench.Speak(detector, 1000);

        Assert.Equal(700, SilenceToTheEnd(detector));
    }

    [Fact]
    public void Hear_WordsInTheSilence_ShortenIt()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 500);
        Assert.Empty(Quiet(detector, 400));

        Hear(detector, 0, "yeah");

        Assert.Equal(20, SilenceToTheEnd(detector));
    }

    [Fact]
    public void Push_NoWordsOfAnEngineWithoutPartials_AreAFalseAlarmFiveSecondsAfterTheEnd()
    {
        var detector = _bench.Create(streamsPartials: false);
        _bench.Speak(detector, 8060);
        Quiet(detector, 700);

        Assert.Empty(Quiet(detector, 4980));
        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], Quiet(detector, 20));

        Final(detector, 0, "too late but true");
        Assert.Equal([new TurnEvent.TurnEnded(0, "too late but true", true)], Found(detector));
    }

    [Fact]
    public void Hear_AnEmptyLastTranscript_IsAFalseAlarmAtOnce()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 300);
        Quiet(detector, 700);

        Final(detector, 0, "");

        Assert.Equal([new TurnEvent.FalseAlarm(0, FalseAlarmReason.NoWords)], Found(detector));
        Assert.Empty(Quiet(detector, 3000));
    }

    [Fact]
    public void Push_NoNewWordsForFiveSeconds_EndsTheTurn()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 1000);
        Hear(detector, 0, "add milk");

        Assert.Empty(_bench.Speak(detector, 4980));
        var ended = Assert.IsType<TurnEvent.SpeechEnded>(Assert.Single(_bench.Speak(detector, 20)));
        Assert.Equal(EndReason.Stuck, ended.Reason);
    }

    [Fact]
    public void Push_NewWordsAgainAndAgain_EndAtTheLongestSpeech()
    {
        var detector = _bench.Create();
        List<TurnEvent> found = [];
        for (var second = 0; second < 29; second++)
        {
            found.AddRange(_bench.Speak(detector, second == 0 ? 1000 : 1020));
            Hear(detector, 0, $"word {second}");
        }

        found.AddRange(_bench.Speak(detector, 1020));

        Assert.Equal(EndReason.TooLong, Assert.IsType<TurnEvent.SpeechEnded>(found[1]).Reason);
    }

    [Fact]
    public void Push_TheLastTranscriptDoesNotCome_EndsWithThePartialOneAfterFiveSeconds()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 1000);
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
        var detector = _bench.Create();
        _bench.Speak(detector, 500);
        Quiet(detector, 700);
        Assert.Equal(1, Assert.IsType<TurnEvent.SpeechStarted>(Assert.Single(_bench.Speak(detector, 300))).Utterance);

        Hear(detector, 1, "and eggs");
        Final(detector, 0, "add milk");

        Assert.Equal([new TurnEvent.TurnEnded(0, "add milk", true)], Found(detector));
        Assert.True(detector.IsSpeaking);
    }

    [Fact]
    public void Hear_ALaterLastTranscript_EndsTheEarlierWithWhatThereIs()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 500);
        Hear(detector, 0, "add milk");
        Quiet(detector, 700);
        _bench.Speak(detector, 500);
        Quiet(detector, 700);

        Final(detector, 1, "and eggs");

        Assert.Equal([new TurnEvent.TurnEnded(0, "add milk", false), new TurnEvent.TurnEnded(1, "and eggs", true)], Found(detector));
    }

    [Fact]
    public void Push_ManyLastTranscriptsMissing_KeepsAFew()
    {
        var detector = _bench.Create(streamsPartials: false);
        for (var i = 0; i < 10; i++)
        {
            _bench.Speak(detector, 300);
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
        var detector = _bench.Create();

        detector.Hold();
        var held = (TurnEvent[])[.. Quiet(detector, 8000), .. _bench.Speak(detector, 300), .. Quiet(detector, 8000)];
        detector.Release();

        Assert.Equal([new TurnEvent.SpeechStarted(0, Ms(500))], held);
        Assert.Equal(EndReason.Released, Assert.IsType<TurnEvent.SpeechEnded>(Assert.Single(Found(detector))).Reason);
    }

    [Fact]
    public void Push_FramesWithoutAnEvent_AllocateNothing()
    {
        var detector = _bench.Create();
        _bench.Speak(detector, 500);
        Hear(detector, 0, "add milk");
        byte[][] frames = [_bench.Audio.Voice(), _bench.Audio.Noise(-50)];

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            detector.Push(frames[i / 20 % 2]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
