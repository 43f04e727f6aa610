using Convonet.Speech.Recognition;
using Convonet.Tests.Speech;
using Convonet.Turns;

namespace Convonet.Tests.Turns;

/// <summary>Spoken commands in rooms of four loudnesses: none may be missed, none cut in two.</summary>
public sealed class SpokenCorpusTests
{
    [Theory]
    [InlineData("rms")]
    [InlineData("slt")]
    [InlineData("awb")]
    [InlineData("kal16")]
    public void Push_CommandsInFourRooms_NoneIsMissedAndNoneIsSplit(string voice)
    {
        FliteVoice.Require();

        foreach (var room in SpokenCorpus.Rooms)
        {
            var corpus = SpokenCorpus.Speak(FliteVoice.Say, voice, room);
            var found = corpus.Find();

            // Each command is one segment that lies over it: none is missed, split, joined or made up.
            Assert.Equal(new CorpusScore(SpokenCorpus.Commands.Length, 0, 0, 0, 0), CorpusScore.Of(corpus.Spoken, found));
            Assert.All(corpus.Spoken.Zip(found), pair =>
            {
                Assert.InRange(pair.Second.Voice.From, pair.First.From - Ms(100), pair.First.From + Ms(350));
                Assert.InRange(pair.Second.Voice.To, pair.First.To - Ms(350), pair.First.To + Ms(150));
            });
        }
    }

    [Fact]
    public void Score_OneOfEachKind_IsCounted()
    {
        Interval[] commands = [At(0, 1), At(2, 3), At(4, 5), At(6, 7), At(8, 9)];
        Segment[] segments = [Found(0, 1), Found(2, 2.4), Found(2.6, 3), Found(5.2, 5.4), Found(6, 9)];

        Assert.Equal(new CorpusScore(Found: 1, Missed: 1, Split: 1, Merged: 2, Invented: 1), CorpusScore.Of(commands, segments));
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
        foreach (var frame in SpokenCorpus.Frames(audio))
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

    private static Segment Found(double from, double to) => new(At(from, to), TimeSpan.FromSeconds(to + 0.7));

    private static Interval At(double from, double to) => new(TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to));

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
