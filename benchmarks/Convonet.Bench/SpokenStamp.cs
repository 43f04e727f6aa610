using System.Diagnostics;
using System.Globalization;

namespace Convonet.Bench;

/// <summary>Words that say when they were written down: a transcript carries its own time to the client, and all that is measured from it.</summary>
internal static class SpokenStamp
{
    /// <summary>Words of now. They end in no number, which would read like a dictation.</summary>
    public static string Now() => string.Create(CultureInfo.InvariantCulture, $"stamp {Stopwatch.GetTimestamp()} said");

    /// <summary>When the words were written down, on this machine's monotonic clock.</summary>
    public static long Read(string words) => long.Parse(words.Split(' ')[1], CultureInfo.InvariantCulture);
}
