using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>How long, how long from now, and how often.</summary>
internal sealed partial class WhenReader
{
    /// <summary>The first length of time in a text, such as "half an hour"; null when there is none.</summary>
    internal static TimeSpan? LengthIn(string text) => Length().Match(text) is { Success: true } match ? Amount(match) : null;

    /// <summary>"Every Monday", "every Monday and Thursday", "every weekday", "on Mondays".</summary>
    private void ReadRecurrence()
    {
        if (Take(Series()) is not { } series)
        {
            return;
        }

        var days = series.Groups["day"].Captures.Select(day => Enum.Parse<DayOfWeek>(day.Value, ignoreCase: true)).Distinct().ToList();
        if (days.Count > 0)
        {
            _from = days.Min(day => Today.AddDays(Ahead(day)));
            _recurrence = days.Count == 1 ? "weekly" : $"FREQ=WEEKLY;BYDAY={string.Join(',', days.Select(day => day.ToString()[..2].ToUpperInvariant()))}";
            return;
        }

        _recurrence = series.Groups["unit"].Value.ToLowerInvariant() switch
        {
            "weekday" or "working day" => "weekdays",
            "week" or "weekly" => "weekly",
            "month" or "monthly" => "monthly",
            "year" or "yearly" or "annually" => "yearly",
            _ => "daily",
        };
        _time = series.Groups["unit"].Value.ToLowerInvariant() switch { "morning" => Morning, "evening" or "night" => Evening, _ => null };
    }

    private void ReadLength()
    {
        if (Take(Range()) is { } range && Clock(range.Groups["to"].Value, range.Groups["half"].Value) is { } end)
        {
            // "from 3 to 4 pm": the half of the day belongs to both.
            var start = Clock(range.Groups["from"].Value, range.Groups["half1"].Value is { Length: > 0 } own ? own : range.Groups["half"].Value) ?? end;
            _time = start;
            _length = end > start ? end - start : null;
            _until = end > start ? end : null;
        }
        else if (Take(Duration()) is { } duration)
        {
            _length = Amount(duration);
        }
    }

    private void ReadRelative()
    {
        if (Take(Relative()) is not { } relative)
        {
            return;
        }

        var target = now + Amount(relative);
        _from = DateOnly.FromDateTime(target);
        _words = relative.Value.Trim().ToLowerInvariant();
        if (relative.Groups["unit"].Value[0] is 'm' or 'h')
        {
            _time = new TimeOnly(target.Hour, target.Minute);
        }
    }

    private static TimeSpan Amount(Match match)
    {
        var word = match.Groups["n"].Value.ToLowerInvariant();
        var number = word switch
        {
            "a" or "an" => 1,
            "half an" => 0.5,
            "a few" => 3,
            "a couple of" => 2,
            _ when word.EndsWith(" and a half", StringComparison.Ordinal) => Math.Max(1, Hour(word.Split(' ')[0])) + 0.5,
            _ => Math.Max(1, Hour(word)),
        };
        number += match.Groups["half"].Success ? 0.5 : 0;
        return match.Groups["unit"].Value.ToLowerInvariant()[0] switch
        {
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'w' => TimeSpan.FromDays(7 * number),
            _ => TimeSpan.FromDays(number),
        };
    }
}

/// <summary>Whether "every Monday" is read as a series, or left in the text.</summary>
internal enum Recurring
{
    No,
    Yes,
}
