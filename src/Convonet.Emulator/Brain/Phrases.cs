using System.Globalization;

namespace Convonet.Emulator.Brain;

/// <summary>Times and lists in words.</summary>
internal static class Phrases
{
    internal static string Join(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "nothing",
        1 => items[0],
        _ => $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}",
    };

    internal static string Count(int number, string one, string many) => number switch
    {
        1 => $"one {one}",
        <= 12 => $"{Numbers[number]} {many}",
        _ => $"{number} {many}",
    };

    /// <summary>"today", "tomorrow", "on Friday", "on 5 March".</summary>
    internal static string Day(DateTime day, DateTime now) => (day.Date - now.Date).Days switch
    {
        -1 => "yesterday",
        0 => "today",
        1 => "tomorrow",
        > 1 and < 7 => "on " + day.ToString("dddd", CultureInfo.InvariantCulture),
        _ => "on " + day.ToString("d MMMM", CultureInfo.InvariantCulture),
    };

    internal static string Clock(DateTime time) => time.ToString("H:mm", CultureInfo.InvariantCulture);

    /// <summary>The day, and the clock unless it is midnight, which stands for a whole day.</summary>
    internal static string DayAndClock(DateTime time, DateTime now) =>
        time.TimeOfDay == TimeSpan.Zero ? Day(time, now) : $"{Day(time, now)} at {Clock(time)}";

    internal static string Quote(string title) => $"\"{title}\"";

    internal static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static readonly string[] Numbers =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
}
