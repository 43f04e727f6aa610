using System.Runtime.InteropServices;
using Convonet.Speech.Recognition;
using Convonet.Turns;

namespace Convonet.Tests.Turns;

/// <summary>From when to when something is said, in the audio.</summary>
internal readonly record struct Interval(TimeSpan From, TimeSpan To)
{
    public bool Meets(Interval other) => From < other.To && other.From < To;
}

/// <summary>An utterance as it was found.</summary>
/// <param name="Voice">From its first to its last loud frame.</param>
/// <param name="EndedAt">When it was seen as over.</param>
internal sealed record Segment(Interval Voice, TimeSpan EndedAt);

/// <summary>What became of commands that were spoken.</summary>
/// <param name="Found">One segment over one command.</param>
/// <param name="Missed">No segment over it.</param>
/// <param name="Split">Several over it.</param>
/// <param name="Merged">One that lies over other commands too.</param>
/// <param name="Invented">Segments where nobody spoke.</param>
internal sealed record CorpusScore(int Found, int Missed, int Split, int Merged, int Invented)
{
    public static CorpusScore Of(IReadOnlyList<Interval> commands, IReadOnlyList<Segment> segments)
    {
        var over = commands.Select(command => segments.Where(segment => segment.Voice.Meets(command)).ToArray()).ToArray();
        bool IsMerged(Segment segment) => commands.Count(segment.Voice.Meets) > 1;
        return new CorpusScore(
            over.Count(found => found is [var one] && !IsMerged(one)),
            over.Count(found => found is []),
            over.Count(found => found.Length > 1),
            over.Count(found => found is [var one] && IsMerged(one)),
            segments.Count(segment => !commands.Any(segment.Voice.Meets)));
    }
}

/// <summary>Spoken commands with 1.5 s between them, in rooms of four loudnesses.</summary>
internal sealed class SpokenCorpus
{
    private const int GapSamples = 3 * VoiceActivity.SampleRate / 2;
    private const int AudibleSample = 1000;
    private const double Clean = double.NegativeInfinity;

    private SpokenCorpus(short[] audio, IReadOnlyList<Interval> spoken) => (Audio, Spoken) = (audio, spoken);

    /// <summary>What is said.</summary>
    internal static string[] Commands { get; } =
    [
        "add buy milk to my to do list", "what is on my to do list", "remind me to call the dentist tomorrow", "create a calendar event on friday at three pm",
        "delete buy eggs from my list", "what do I have tomorrow morning", "mark water the plants as done", "schedule a meeting with peter on monday",
        "set a timer for ten minutes", "what time is it", "cancel the meeting with the team", "move my meeting to four thirty pm",
        "am I free on thursday afternoon", "how many tasks do I have", "stop", "yes please go ahead", "create a team called operations",
        "add write the report to the operations list", "send the invoice next week", "thank you",
    ];

    /// <summary>How loud rooms are, in dB below full scale.</summary>
    internal static double[] Rooms { get; } = [Clean, -55, -45, -38];

    /// <summary>The sound, at 16 kHz.</summary>
    internal short[] Audio { get; }

    /// <summary>Where the commands are in it, in their order.</summary>
    internal IReadOnlyList<Interval> Spoken { get; }

    /// <summary>Whether somebody would hear it.</summary>
    internal static bool IsAudible(short sample) => Math.Abs((int)sample) > AudibleSample;

    /// <summary>Has all commands spoken in one room.</summary>
    /// <param name="say">Speaks words with a voice, at 16 kHz.</param>
    /// <param name="voice">The voice.</param>
    /// <param name="roomDbfs">How loud the room is.</param>
    internal static SpokenCorpus Speak(Func<string, string, short[]> say, string voice, double roomDbfs)
    {
        var audio = new List<short>(new short[GapSamples]);
        var spoken = new List<Interval>();
        foreach (var command in Commands)
        {
            // The voices begin and end with a silence of their own.
            var samples = say(voice, command);
            spoken.Add(new Interval(At(audio.Count + Array.FindIndex(samples, IsAudible)), At(audio.Count + Array.FindLastIndex(samples, IsAudible))));
            audio.AddRange(samples);
            audio.AddRange(new short[GapSamples]);
        }

        var all = audio.ToArray();
        if (roomDbfs > Clean)
        {
            new TestAudio(seed: 7).AddNoise(all, roomDbfs);
        }

        return new SpokenCorpus(all, spoken);
    }

    /// <summary>What a detector finds.</summary>
    /// <param name="mark">What a recogniser writes behind a command; null for one that writes nothing while somebody speaks.</param>
    internal List<Segment> Find(Func<string, string>? mark = null)
    {
        var detector = new TurnDetector(new TurnOptions(), streamsPartials: mark is not null);
        var found = new List<Segment>();
        var (utterance, from) = (0, TimeSpan.Zero);
        foreach (var frame in Frames(Audio))
        {
            detector.Push(frame);
            if (mark is not null && detector.IsSpeaking && WordsAt(detector.Now, mark) is { Length: > 0 } words)
            {
                detector.Hear(new Transcript(utterance, words, detector.Now));
            }

            while (detector.TryRead(out var one))
            {
                switch (one)
                {
                    case TurnEvent.SpeechStarted started:
                        (utterance, from) = (started.Utterance, started.At);
                        break;
                    case TurnEvent.SpeechEnded ended:
                        found.Add(new Segment(new Interval(from, ended.LastVoiceAt), ended.At));
                        break;
                }
            }
        }

        return found;
    }

    /// <summary>The frames of a sound.</summary>
    internal static IEnumerable<byte[]> Frames(short[] audio) =>
        audio.Chunk(VoiceActivity.FrameSamples).Where(frame => frame.Length == VoiceActivity.FrameSamples).Select(frame => MemoryMarshal.AsBytes<short>(frame).ToArray());

    /// <summary>The words of the command that is being spoken or was spoken last, as far as it is: in proportion, whole words, and the mark behind the last.</summary>
    private string WordsAt(TimeSpan now, Func<string, string> mark)
    {
        var number = Spoken.Count(command => command.From <= now) - 1;
        if (number < 0)
        {
            return "";
        }

        var (command, spoken) = (Commands[number], Spoken[number]);
        if (now >= spoken.To)
        {
            return mark(command);
        }

        var part = command[..(int)(command.Length * ((now - spoken.From) / (spoken.To - spoken.From)))];
        return part[..Math.Max(0, part.LastIndexOf(' '))];
    }

    private static TimeSpan At(int sample) => TimeSpan.FromSeconds((double)sample / VoiceActivity.SampleRate);
}
