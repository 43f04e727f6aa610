using System.Globalization;
using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>Finds days and times in a sentence and takes them out of it.</summary>
internal sealed partial class WhenReader(DateTime now)
{
    private static readonly TimeOnly Morning = new(9, 0);
    private static readonly TimeOnly Evening = new(19, 0);

    private static readonly string[] Numbers =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

    private static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private DateOnly? _from;
    private DateOnly? _to;
    private TimeOnly? _time;
    private TimeSpan? _length;
    private TimeOnly? _until;
    private string? _recurrence;
    private string _words = "";
    private string _text = "";

    private DateOnly Today => DateOnly.FromDateTime(now);

    /// <summary>What the sentence says about time, and the sentence without it.</summary>
    internal static (When When, string Remainder) Read(string text, DateTime now, Recurring recurring = Recurring.No)
    {
        var reader = new WhenReader(now) { _text = text };
        if (recurring == Recurring.Yes)
        {
            reader.ReadRecurrence();
        }

        reader.ReadLength();
        reader.ReadRelative();
        reader.ReadDay();
        reader.ReadTime();
        var rest = Spaces().Replace(reader._text, " ").Trim(' ', ',');
        var when = new When(reader._from, reader._to ?? reader._from, reader._time, reader._length, reader._words) { Until = reader._until, Recurrence = reader._recurrence };
        return (when, Dangling().Replace(rest, "").Trim());
    }

    private void ReadDay()
    {
        if (_from is not null)
        {
            return;
        }

        if (Take(NextDays()) is { } next)
        {
            _from = Today;
            _to = Today.AddDays((int)Amount(next).TotalDays);
            _words = "in " + next.Value.Trim().ToLowerInvariant();
        }
        else if (Take(DayName()) is { } day)
        {
            var word = day.Groups["day"].Value.ToLowerInvariant();
            _from = word switch
            {
                "yesterday" => Today.AddDays(-1),
                "tomorrow" => Today.AddDays(1),
                "day after tomorrow" => Today.AddDays(2),
                _ => Today,
            };
            _words = word == "day after tomorrow" ? "the day after tomorrow" : word;
            _time ??= word == "tonight" ? new TimeOnly(20, 0) : null;
        }
        else if (Take(Stretch()) is { } stretch)
        {
            ReadStretch(stretch.Groups["which"].Value.ToLowerInvariant(), stretch.Groups["what"].Value.ToLowerInvariant());
        }
        else if (Take(Weekday()) is { } weekday)
        {
            ReadWeekday(weekday.Groups["which"].Value.ToLowerInvariant(), weekday.Groups["day"].Value);
        }
        else if (Take(IsoDate()) is { } iso && DateOnly.TryParseExact(iso.Groups["date"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            SetDate(date);
        }
        else if (Take(DayMonth()) is { } dayMonth)
        {
            ReadDate(dayMonth);
        }
        else if (Take(MonthDay()) is { } monthDay)
        {
            ReadDate(monthDay);
        }
    }

    private void ReadStretch(string which, string what)
    {
        var monday = Today.AddDays(-(((int)Today.DayOfWeek + 6) % 7) + (which == "next" ? 7 : 0));
        var month = new DateOnly(now.Year, now.Month, 1).AddMonths(which == "next" ? 1 : 0);
        (_from, _to) = what switch
        {
            "month" => (which == "next" ? month : Today, month.AddMonths(1).AddDays(-1)),
            "weekend" => (monday.AddDays(5), monday.AddDays(6)),
            _ => (which == "next" ? monday : Today, monday.AddDays(6)),
        };
        _words = $"{(which.Length > 0 ? which : "this")} {what}";
    }

    private void ReadWeekday(string which, string name)
    {
        var day = Enum.Parse<DayOfWeek>(name, ignoreCase: true);
        var ahead = Ahead(day);
        if (which == "next")
        {
            // "Next Friday" is the one of the week that begins on the coming Monday.
            var toMonday = (8 - (int)Today.DayOfWeek) % 7;
            ahead = (toMonday == 0 ? 7 : toMonday) + (((int)day + 6) % 7);
        }

        _from = Today.AddDays(ahead);
        _words = $"{(which == "next" ? "next" : "on")} {day}";
    }

    private int Ahead(DayOfWeek day) => ((int)day - (int)Today.DayOfWeek + 7) % 7;

    private void ReadDate(Match match)
    {
        var month = Array.FindIndex(Months, name => name.StartsWith(match.Groups["month"].Value[..3], StringComparison.OrdinalIgnoreCase)) + 1;
        var day = int.Parse(match.Groups["day"].Value, CultureInfo.InvariantCulture);
        if (month > 0 && day >= 1 && day <= DateTime.DaysInMonth(now.Year, month))
        {
            var date = new DateOnly(now.Year, month, day);
            SetDate(date < Today && month != 2 ? date.AddYears(1) : date);
        }
    }

    private void SetDate(DateOnly date)
    {
        _from = date;
        _words = "on " + date.ToString("d MMMM", CultureInfo.InvariantCulture);
    }

    private void ReadTime()
    {
        if (_time is not null && !Moment().IsMatch(_text))
        {
            Take(PartOfDay());
            return;
        }

        if (Take(NamedTime()) is { } named)
        {
            _time = named.Groups["name"].Value.Equals("midnight", StringComparison.OrdinalIgnoreCase) ? new TimeOnly(0, 0) : new TimeOnly(12, 0);
        }
        else if (Take(HalfPast()) is { } past)
        {
            var hour = Hour(past.Groups["hour"].Value);
            _time = past.Groups["part"].Value.ToLowerInvariant() switch
            {
                "half past" => Afternoon(hour, past.Groups["half"].Value).AddMinutes(30),
                "quarter past" => Afternoon(hour, past.Groups["half"].Value).AddMinutes(15),
                _ => Afternoon(hour, past.Groups["half"].Value).AddMinutes(-15),
            };
        }
        else if (Take(Moment()) is { } moment)
        {
            var half = moment.Groups["half"].Value is { Length: > 0 } said ? said : Take(PartOfDay()) is { } part ? HalfOf(part) : "";
            _time = Clock(moment.Groups["clock"].Value, half);
        }

        if (Take(PartOfDay()) is { } partOfDay && _time is null)
        {
            (_time, _until) = partOfDay.Groups["part"].Value.ToLowerInvariant() switch
            {
                "morning" => (Morning, new TimeOnly(12, 0)),
                "afternoon" => (new TimeOnly(14, 0), new TimeOnly(18, 0)),
                _ => (Evening, new TimeOnly(22, 0)),
            };
        }
    }

    private static string HalfOf(Match part) => part.Groups["part"].Value.Equals("morning", StringComparison.OrdinalIgnoreCase) ? "am" : "pm";

    /// <summary>"3", "15:30", "three" and the half of the day, if it was said.</summary>
    private static TimeOnly? Clock(string clock, string half)
    {
        var parts = clock.Split(':', '.');
        var minute = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var hour = Hour(parts[0]);
        return hour is < 0 or > 24 || minute > 59
            ? null
            : parts.Length > 1 && half.Length == 0 ? new TimeOnly(hour % 24, minute) : Afternoon(hour, half).AddMinutes(minute);
    }

    private static int Hour(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : Array.FindIndex(Numbers, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>A bare "at 3" is in the afternoon, a bare "at 9" in the morning.</summary>
    private static TimeOnly Afternoon(int hour, string half) => char.ToLowerInvariant(half.FirstOrDefault()) switch
    {
        'p' => new TimeOnly(hour < 12 ? hour + 12 : hour % 24, 0),
        'a' => new TimeOnly(hour == 12 ? 0 : hour % 24, 0),
        _ => new TimeOnly(hour is >= 1 and <= 6 ? hour + 12 : hour % 24, 0),
    };

    private Match? Take(Regex pattern)
    {
        var match = pattern.Match(_text);
        if (!match.Success)
        {
            return null;
        }

        _text = string.Concat(_text.AsSpan(0, match.Index), " ", _text.AsSpan(match.Index + match.Length));
        return match;
    }
}
