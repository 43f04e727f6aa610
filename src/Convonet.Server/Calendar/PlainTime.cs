using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>
/// Reads days and times in plain words, because models pass on what people say. One day and one time, in either order; a word that is not in the table, or a
/// meaning that is not plain, is no date: nothing is guessed.
/// </summary>
internal sealed partial class PlainTime
{
    /// <summary>What each word does; the first row that fits what is left of the text takes its part.</summary>
    private static readonly (Regex Words, Func<PlainTime, Match, bool> Take)[] Table =
    [
        (Filler(), static (_, _) => true),
        (FromNow(), static (read, match) => read.TakeAmount(match)),
        (RightNow(), static (read, _) => read.TakeInstant(read._clock.Now)),
        (DayName(), static (read, match) => read.TakeDayName(match.Groups["day"].Value)),
        (Weekday(), static (read, match) => read.TakeWeekday(match)),
        (IsoDate(), static (read, match) => read.TakeIsoDate(match.Value)),
        (DayMonth(), static (read, match) => read.TakeMonth(match)),
        (MonthDay(), static (read, match) => read.TakeMonth(match)),
        (Noon(), static (read, _) => read.TakeTime(new LocalTime(12, 0))),
        (Midnight(), static (read, _) => read.TakeMidnight()),
        (Fraction(), static (read, match) => read.TakeFraction(match)),
        (Clock(), static (read, match) => read.TakeClock(match)),
        (SpokenClock(), static (read, match) => read.TakeSpokenClock(match)),
        (PartOfDay(), static (read, match) => read.TakePartOfDay(match)),
    ];

    /// <summary>The parts of a day: the hour that is meant when none is said, and which of its hours are after noon.</summary>
    private static readonly Dictionary<string, (int Hour, int From, int To, int Add)> Parts = new()
    {
        ["am"] = (0, 0, 11, 0),
        ["pm"] = (0, 1, 11, 12),
        ["morning"] = (9, 1, 11, 0),
        ["afternoon"] = (14, 1, 7, 12),
        ["evening"] = (19, 4, 11, 12),
        ["night"] = (20, 6, 11, 12),
    };

    private readonly UserClock _clock;
    private Instant? _at;
    private LocalDate? _day;
    private LocalTime? _time;
    private (int Hour, int Minute, bool Is24)? _hour;
    private string _part = "";
    private bool _midnight;
    private bool _mayBeNextWeek;

    private PlainTime(UserClock clock) => _clock = clock;

    /// <summary>Reads a text; null when it is not plain.</summary>
    public static WrittenTime? Read(string text, UserClock clock, LocalDate? bareDay)
    {
        var read = new PlainTime(clock);
        return LoneNumber().IsMatch(text) || !read.TakeAll(text) ? null : read.Result(bareDay);
    }

    /// <summary>Reads a time of the day; null when it is not plain.</summary>
    public static LocalTime? ReadTimeOfDay(string text)
    {
        var read = new PlainTime(new UserClock(default, DateTimeZone.Utc));
        return !read.TakeAll(text) || read._day is not null || read._at is not null ? null : read._midnight ? LocalTime.Midnight : read.TimeOfDay();
    }

    private bool TakeAll(string text)
    {
        var rest = Normalise(text);
        while (rest.Length > 0)
        {
            var length = 0;
            foreach (var (words, take) in Table)
            {
                if (words.Match(rest) is { Success: true } match)
                {
                    length = take(this, match) ? match.Length : 0;
                    break;
                }
            }

            if (length == 0)
            {
                return false;
            }

            rest = rest[length..].TrimStart();
        }

        return true;
    }

    private static string Normalise(string text)
    {
        var lower = text.ToLower(CultureInfo.InvariantCulture).Replace("a.m.", "am", StringComparison.Ordinal).Replace("p.m.", "pm", StringComparison.Ordinal);
        return Spaces().Replace(lower, " ").Trim(' ', '.');
    }

    private WrittenTime? Result(LocalDate? bareDay)
    {
        if (_at is { } at)
        {
            return _day is null && _time is null && _hour is null && _part.Length == 0 && !_midnight ? WrittenTime.Of(at, _clock) : null;
        }

        var timed = _midnight || _time is not null || _hour is not null || _part.Length > 0;
        if (_day is null && !timed)
        {
            return null;
        }

        if (!timed)
        {
            return new(_day!.Value.AtMidnight(), _clock.StartOf(_day.Value), true);
        }

        var day = _day ?? bareDay ?? _clock.Today;
        if (_midnight)
        {
            // Midnight of another day may be its start or its end.
            return _day is null || _day == _clock.Today ? On(day.PlusDays(1), LocalTime.Midnight) : null;
        }

        if (TimeOfDay() is not { } time)
        {
            return null;
        }

        var result = On(day, time);
        return _mayBeNextWeek && result.At <= _clock.Now ? On(day.PlusWeeks(1), time) : result;
    }

    private WrittenTime On(LocalDate day, LocalTime time) => WrittenTime.Of(_clock.InstantOf(day.At(time)), _clock);

    /// <summary>The time: what was said, made whole by the part of the day, or the part's own.</summary>
    private LocalTime? TimeOfDay()
    {
        if (_time is not null)
        {
            return _part.Length == 0 ? _time : null;
        }

        if (_hour is not (var hour, var minute, var is24))
        {
            return _part is "" or "am" or "pm" ? null : new LocalTime(Parts[_part].Hour, 0);
        }

        if (_part.Length == 0)
        {
            // "At three" is an appointment in the afternoon; "03:00" is not.
            return new LocalTime(hour is >= 1 and <= 6 && !is24 ? hour + 12 : hour, minute);
        }

        if (hour == 12)
        {
            return _part switch { "am" => new LocalTime(0, minute), "pm" or "afternoon" => new LocalTime(12, minute), _ => null };
        }

        var (_, from, to, add) = Parts[_part];
        return hour >= from && hour <= to ? new LocalTime(hour + add, minute) : hour > 12 && add > 0 ? new LocalTime(hour, minute) : null;
    }
}
