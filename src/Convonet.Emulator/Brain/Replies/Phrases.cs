using System.Globalization;
using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Replies;

/// <summary>Times and lists in words.</summary>
internal static class Phrases
{
    /// <summary>How many things are named in one sentence.</summary>
    internal const int MaxNamed = 10;

    internal static string Join(IReadOnlyList<string> items, string joint = "and") => items.Count switch
    {
        0 => "nothing",
        1 => items[0],
        _ => $"{string.Join(", ", items.SkipLast(1))} {joint} {items[^1]}",
    };

    /// <summary>The first of the items, and how many more there are.</summary>
    internal static string Some(IReadOnlyList<string> items) =>
        items.Count <= MaxNamed ? Join(items) : Join([.. items.Take(MaxNamed), $"{items.Count - MaxNamed} more"]);

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

    /// <summary>As <see cref="Day"/>, after "from".</summary>
    internal static string BareDay(DateTime day, DateTime now) => Day(day, now) is var words && words.StartsWith("on ", StringComparison.Ordinal) ? words[3..] : words;

    internal static string Clock(DateTime time) => time.ToString("H:mm", CultureInfo.InvariantCulture);

    /// <summary>The day, and the clock unless it is midnight, which stands for a whole day.</summary>
    internal static string DayAndClock(DateTime time, DateTime now) =>
        time.TimeOfDay == TimeSpan.Zero ? Day(time, now) : $"{Day(time, now)} at {Clock(time)}";

    /// <summary>"one hour", "30 minutes".</summary>
    internal static string Length(TimeSpan length) => length.TotalHours is 0.5 ? "half an hour"
        : length.TotalMinutes >= 60 && length.Minutes == 0 ? Count((int)length.TotalHours, "hour", "hours")
        : Count((int)length.TotalMinutes, "minute", "minutes");

    /// <summary>", due tomorrow, high priority": of a new thing, what the tool says before what was asked for.</summary>
    internal static string Details(When asked, string? level, Item? made, DateTime now)
    {
        var due = made?.From is { } from ? DayAndClock(from, now)
            : !asked.IsNamed ? null
            : asked is { Time: null, From: { } day } ? Day(day.ToDateTime(TimeOnly.MinValue), now) : DayAndClock(asked.Start(now, default), now);
        return $"{(due is null ? "" : ", due " + due)}{(level is null ? "" : $", {level} priority")}";
    }

    /// <summary>"Every day", "every Monday", "every Tuesday and Thursday".</summary>
    internal static string Often(string rule, DateTime? begins) => rule switch
    {
        "daily" => "every day",
        "weekdays" => "every weekday",
        "weekly" => $"every {begins?.DayOfWeek.ToString() ?? "week"}",
        "monthly" => "every month",
        "yearly" => "every year",
        _ => "every " + Join([.. rule[(rule.IndexOf("BYDAY=", StringComparison.Ordinal) + "BYDAY=".Length)..].Split(',').Select(DayOf)]),
    };

    private static string DayOf(string code) => Enum.GetNames<DayOfWeek>().First(name => name.StartsWith(code, StringComparison.OrdinalIgnoreCase));

    internal static string Article(string noun) => $"{(noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {noun}";

    internal static string Quote(string title) => $"\"{title}\"";

    internal static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static readonly string[] Numbers =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
}
