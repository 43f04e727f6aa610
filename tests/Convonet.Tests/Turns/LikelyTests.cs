using Convonet.Speech.Recognition;
using Convonet.Turns;

namespace Convonet.Tests.Turns;

/// <summary>When the user has probably finished, so that the model may begin.</summary>
public sealed class LikelyTests
{
    private readonly TestAudio _audio = new();
    private readonly TurnDetector _detector = new(new TurnOptions(), streamsPartials: true);

    public LikelyTests() => Quiet(500);

    [Theory]
    [InlineData("add milk to my list", 200)]
    [InlineData("What's on my list?", 200)]
    [InlineData("add milk and", 1600)]
    [InlineData("um", 2500)]
    public void Push_SilenceAfterWords_IsLikelyTheEnd(string text, int afterMs)
    {
        Speak(1000);
        Hear(text);

        Assert.DoesNotContain(Quiet(afterMs - 20), one => one is TurnEvent.Likely);
        Assert.Equal(new TurnEvent.Likely(0, text), Assert.Single(Quiet(20), one => one is TurnEvent.Likely));
    }

    [Fact]
    public void Push_TheSameWords_AreFoundOnce()
    {
        Speak(1000);
        Hear("add milk");

        Assert.Single(Quiet(2000), one => one is TurnEvent.Likely);
    }

    [Fact]
    public void Push_WordsOfOnlyTheBeginning_AreNotTheEnd()
    {
        Speak(300);
        Hear("add");
        Speak(1000);

        Assert.DoesNotContain(Quiet(2000), one => one is TurnEvent.Likely);
    }

    [Fact]
    public void Hear_MoreAfterTheEnd_IsAnotherGuess()
    {
        Speak(1000);
        Hear("add");
        Quiet(2000);

        Hear("add milk");

        Assert.Equal([new TurnEvent.Likely(0, "add milk")], Found());
    }

    [Fact]
    public void Hear_TheLastTranscript_IsTheTurnAndNoGuess()
    {
        Speak(1000);
        Quiet(2000);

        _detector.Hear(new Transcript(0, "add milk", _detector.Now) { IsFinal = true });

        Assert.DoesNotContain(Found(), one => one is TurnEvent.Likely);
    }

    [Fact]
    public void Push_ABackChannelOverTheAssistant_IsNoGuess()
    {
        _detector.IsAssistantSpeaking = true;
        Speak(200);
        Hear("uh-huh");

        Assert.DoesNotContain(Quiet(2000), one => one is TurnEvent.Likely);
    }

    [Fact]
    public void Push_Off_FindsNothing()
    {
        var detector = new TurnDetector(new TurnOptions { Preemptive = false }, streamsPartials: true);
        Push(detector, 500, TestAudio.Silence);
        Push(detector, 1000, () => _audio.Voice());
        detector.Hear(new Transcript(0, "add milk", detector.Now));

        Assert.DoesNotContain(Push(detector, 2000, TestAudio.Silence), one => one is TurnEvent.Likely);
    }

    private static List<TurnEvent> Push(TurnDetector detector, int milliseconds, Func<byte[]> frame)
    {
        var found = new List<TurnEvent>();
        for (var pushed = 0; pushed < milliseconds; pushed += 20)
        {
            detector.Push(frame());
            while (detector.TryRead(out var one))
            {
                found.Add(one);
            }
        }

        return found;
    }

    private void Speak(int milliseconds) => Push(_detector, milliseconds, () => _audio.Voice());

    private List<TurnEvent> Quiet(int milliseconds) => Push(_detector, milliseconds, TestAudio.Silence);

    private void Hear(string text) => _detector.Hear(new Transcript(0, text, _detector.Now));

    private List<TurnEvent> Found()
    {
        var found = new List<TurnEvent>();
        while (_detector.TryRead(out var one))
        {
            found.Add(one);
        }

        return found;
    }
}
