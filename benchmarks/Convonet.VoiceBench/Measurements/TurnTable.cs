using System.Globalization;
using Convonet.Tests.Turns;
using Convonet.Turns;

namespace Convonet.VoiceBench.Measurements;

/// <summary>The turn detector alone, over spoken commands: what it finds at the silence of 0.7 s, and what words gain.</summary>
internal static class TurnTable
{
    private static readonly string[] Voices = ["rms", "slt", "awb", "kal16"];

    public static void Print()
    {
        Console.WriteLine("| voice | room, dBFS | found | missed | split | merged | made up | words without marks: gain, split | words with marks: gain, split |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var all = new List<(CorpusScore Score, Gain Plain, Gain Marked)>();
        foreach (var voice in Voices)
        {
            foreach (var room in SpokenCorpus.Rooms)
            {
                var corpus = SpokenCorpus.Speak(FliteCommand.Say, voice, room);
                var found = corpus.Find();
                var score = CorpusScore.Of(corpus.Spoken, found);
                var (plain, marked) = (Gain.Of(corpus, found, static command => command), Gain.Of(corpus, found, Mark));
                all.Add((score, plain, marked));
                Print(voice, double.IsFinite(room) ? room.ToString("0", CultureInfo.InvariantCulture) : "silent", score, plain, marked);
            }
        }

        Print(
            "**all**",
            "",
            all.Select(one => one.Score).Aggregate((left, right) => new CorpusScore(
                left.Found + right.Found, left.Missed + right.Missed, left.Split + right.Split, left.Merged + right.Merged, left.Invented + right.Invented)),
            Gain.All(all.Select(one => one.Plain)),
            Gain.All(all.Select(one => one.Marked)));
    }

    private static void Print(string voice, string room, CorpusScore score, Gain plain, Gain marked) =>
        Console.WriteLine($"| {voice} | {room} | {score.Found} | {score.Missed} | {score.Split} | {score.Merged} | {score.Invented} | {plain} | {marked} |");

    /// <summary>As engines write that set punctuation.</summary>
    private static string Mark(string command) => EndpointDelay.Words(command) is ["what" or "how" or "am", ..] ? $"{command}?" : $"{command}.";

    /// <summary>How much sooner commands were seen as over because of their words, in ms.</summary>
    private sealed record Gain(double[] Milliseconds, int Split)
    {
        public static Gain Of(SpokenCorpus corpus, List<Segment> without, Func<string, string> mark)
        {
            var with = corpus.Find(mark);
            var gains = corpus.Spoken.Select(command => (EndOf(without, command) - EndOf(with, command)).TotalMilliseconds).ToArray();
            return new Gain(gains, CorpusScore.Of(corpus.Spoken, with).Split);
        }

        public static Gain All(IEnumerable<Gain> gains) => gains.Aggregate((left, right) => new Gain([.. left.Milliseconds, .. right.Milliseconds], left.Split + right.Split));

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds.Average():0} ms ({Milliseconds.Min():0} … {Milliseconds.Max():0}), {Split}");

        /// <summary>When a command's last segment was seen as over.</summary>
        private static TimeSpan EndOf(List<Segment> segments, Interval command) => segments.Last(segment => segment.Voice.Meets(command)).EndedAt;
    }
}
