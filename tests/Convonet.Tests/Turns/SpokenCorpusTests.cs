using System.Runtime.InteropServices;
using Convonet.Speech.Recognition;
using Convonet.Tests.Speech;
using Convonet.Turns;

namespace Convonet.Tests.Turns;

/// <summary>Spoken commands in rooms of four loudnesses: none may be missed, none cut in two.</summary>
public sealed class SpokenCorpusTests
{
    private const int GapSamples = 3 * VoiceActivity.SampleRate / 2;
    private const double Clean = double.NegativeInfinity;

    private static readonly string[] Commands =
    [
        "add buy milk to my to do list", "what is on my to do list", "remind me to call the dentist tomorrow", "create a calendar event on friday at three pm",
        "delete buy eggs from my list", "what do I have tomorrow morning", "mark water the plants as done", "schedule a meeting with peter on monday",
        "set a timer for ten minutes", "what time is it", "cancel the meeting with the team", "move my meeting to four thirty pm",
        "am I free on thursday afternoon", "how many tasks do I have", "stop", "yes please go ahead", "create a team called operations",
        "add write the report to the operations list", "send the invoice next week", "thank you",
    ];

    [Theory]
    [InlineData("rms")]
    [InlineData("slt")]
    [InlineData("awb")]
    [InlineData("kal16")]
    public void Push_CommandsInFourRooms_NoneIsMissedAndNoneIsSplit(string voice)
    {
        FliteVoice.Require();

        foreach (var noiseDb in (double[])[Clean, -55, -45, -38])
        {
            var (audio, commands) = Speak(voice, noiseDb);
            var found = Segments(new TurnDetector(new TurnOptions(), streamsPartials: false), audio);

            // Each command is one segment that lies over it: none is missed, split, joined or made up.
            Assert.True(commands.Count == found.Count, $"{found.Count} of {commands.Count} at {noiseDb} dBFS");
            Assert.All(commands.Zip(found), pair =>
            {
                Assert.InRange(pair.Second.From, pair.First.From - Ms(100), pair.First.From + Ms(350));
                Assert.InRange(pair.Second.To, pair.First.To - Ms(350), pair.First.To + Ms(150));
            });
        }
    }

    [Fact]
    public void Push_ShortAnswersWithTheirWords_EndSoonerThanWithoutThem()
    {
        FliteVoice.Require();
        var words = FliteVoice.Say("rms", "yeah");
        var audio = (short[])[.. new short[8000], .. words, .. new short[32_000]];

        var plain = EndOf(audio, text: null);
        var read = EndOf(audio, "Yeah.");

        Assert.Equal(Ms(400), plain - read);
    }

    private static TimeSpan EndOf(short[] audio, string? text)
    {
        var detector = new TurnDetector(new TurnOptions(), streamsPartials: true);
        foreach (var frame in Frames(audio))
        {
            detector.Push(frame);
            if (text is not null && detector.IsSpeaking)
            {
                detector.Hear(new Transcript(0, text, detector.Now));
            }

            while (detector.TryRead(out var found))
            {
                if (found is TurnEvent.SpeechEnded ended)
                {
                    return ended.At;
                }
            }
        }

        throw new InvalidOperationException("The speech did not end.");
    }

    /// <summary>All commands with 1.5 s between them, in one room.</summary>
    private static (short[] Audio, List<(TimeSpan From, TimeSpan To)> Commands) Speak(string voice, double noiseDb)
    {
        var audio = new List<short>(new short[GapSamples]);
        var commands = new List<(TimeSpan, TimeSpan)>();
        foreach (var command in Commands)
        {
            // The voices begin and end with a silence of their own.
            var spoken = FliteVoice.Say(voice, command);
            commands.Add((At(audio.Count + Array.FindIndex(spoken, IsAudible)), At(audio.Count + Array.FindLastIndex(spoken, IsAudible))));
            audio.AddRange(spoken);
            audio.AddRange(new short[GapSamples]);
        }

        var samples = audio.ToArray();
        if (noiseDb > Clean)
        {
            new TestAudio(seed: 7).AddNoise(samples, noiseDb);
        }

        return (samples, commands);
    }

    private static List<(TimeSpan From, TimeSpan To)> Segments(TurnDetector detector, short[] audio)
    {
        var found = new List<(TimeSpan, TimeSpan)>();
        var from = TimeSpan.Zero;
        foreach (var frame in Frames(audio))
        {
            detector.Push(frame);
            while (detector.TryRead(out var one))
            {
                switch (one)
                {
                    case TurnEvent.SpeechStarted started:
                        from = started.At;
                        break;
                    case TurnEvent.SpeechEnded ended:
                        found.Add((from, ended.LastVoiceAt));
                        break;
                }
            }
        }

        return found;
    }

    private static IEnumerable<byte[]> Frames(short[] audio) =>
        audio.Chunk(VoiceActivity.FrameSamples).Where(frame => frame.Length == VoiceActivity.FrameSamples).Select(frame => MemoryMarshal.AsBytes<short>(frame).ToArray());

    private static bool IsAudible(short sample) => Math.Abs((int)sample) > 1000;

    private static TimeSpan At(int sample) => TimeSpan.FromSeconds((double)sample / VoiceActivity.SampleRate);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
