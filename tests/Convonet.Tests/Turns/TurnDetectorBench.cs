using Convonet.Speech.Recognition;
using Convonet.Turns;

namespace Convonet.Tests.Turns;

/// <summary>A turn detector's ear and mouth: what is said to it in frames, and what it found.</summary>
internal sealed class TurnDetectorBench
{
    public TestAudio Audio { get; } = new();

    public TurnOptions Options { get; } = new() { Preemptive = false };

    public static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>A detector that has heard half a second of silence.</summary>
    public TurnDetector Create(bool streamsPartials = true)
    {
        var detector = new TurnDetector(Options, streamsPartials);
        Assert.Empty(Quiet(detector, 500));
        return detector;
    }

    /// <summary>A voice; a longer one has the gaps between syllables that tell it from a noise.</summary>
    public List<TurnEvent> Speak(TurnDetector detector, int milliseconds)
    {
        var frame = 0;
        return Push(detector, milliseconds, () => milliseconds > 1000 && frame++ % 20 >= 17 ? TestAudio.Silence() : Audio.Voice());
    }

    public static List<TurnEvent> Quiet(TurnDetector detector, int milliseconds) => Push(detector, milliseconds, TestAudio.Silence);

    private static List<TurnEvent> Push(TurnDetector detector, int milliseconds, Func<byte[]> frame)
    {
        for (var i = 0; i < milliseconds / 20; i++)
        {
            detector.Push(frame());
        }

        return Found(detector);
    }

    public static void Hear(TurnDetector detector, int utterance, string text) => detector.Hear(new Transcript(utterance, text, detector.Now));

    public static void Final(TurnDetector detector, int utterance, string text) =>
        detector.Hear(new Transcript(utterance, text, detector.Now) { IsFinal = true, IsSettled = true });

    public static List<TurnEvent> Found(TurnDetector detector)
    {
        List<TurnEvent> found = [];
        while (detector.TryRead(out var one))
        {
            found.Add(one);
        }

        return found;
    }

    public static int SilenceToTheEnd(TurnDetector detector)
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
