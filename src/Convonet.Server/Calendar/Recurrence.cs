using System.Globalization;
using Convonet.Server.Store;
using Convonet.Tools;
using Ical.Net;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using NodaTime;
using NodaTime.Text;
using IcalEvent = Ical.Net.CalendarComponents.CalendarEvent;

namespace Convonet.Server.Calendar;

/// <summary>How an appointment recurs: an RRULE value of iCalendar (RFC 5545 section 3.3.10) of days, weeks, months or years.</summary>
/// <remarks>It is expanded on the clock of its zone, without offsets, so that nine o'clock stays nine o'clock.</remarks>
internal sealed class Recurrence
{
    /// <summary>In characters, as it is kept: its end is longer in UTC than as a day.</summary>
    private const int LongestRule = 500;

    /// <summary>Years in which a series may end: at the ends of the calendar there is no instant in every zone.</summary>
    private const int FirstYear = 1900;
    private const int LastYear = 9998;

    private const int MostTimes = 1000;
    private const int LongestInterval = 1000;

    /// <summary>How far a rule is followed that names days which do not come, such as 30 February.</summary>
    private static readonly EvaluationOptions Bounds = new() { MaxUnmatchedIncrementsLimit = 4000 };

    private static readonly InstantPattern UntilInstant = InstantPattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss'Z'");
    private static readonly LocalDateTimePattern UntilTime = LocalDateTimePattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss");
    private static readonly LocalDatePattern UntilDay = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");

    private static readonly Dictionary<string, string?> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = null,
        ["none"] = null,
        ["never"] = null,
        ["once"] = null,
        ["daily"] = "FREQ=DAILY",
        ["every day"] = "FREQ=DAILY",
        ["weekdays"] = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        ["every weekday"] = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        ["weekly"] = "FREQ=WEEKLY",
        ["every week"] = "FREQ=WEEKLY",
        ["monthly"] = "FREQ=MONTHLY",
        ["every month"] = "FREQ=MONTHLY",
        ["yearly"] = "FREQ=YEARLY",
        ["every year"] = "FREQ=YEARLY",
        ["annually"] = "FREQ=YEARLY",
    };

    private readonly RecurrenceRule _rule;
    private readonly Instant? _until;
    private readonly UserClock _clock;

    private Recurrence(string value, RecurrenceRule rule, Instant? until, UserClock clock) => (Value, _rule, _until, _clock) = (value, rule, until, clock);

    /// <summary>The RRULE value: upper case, its end in UTC.</summary>
    public string Value { get; }

    /// <summary>The last instant at which it may take place, if it says so.</summary>
    public Instant? Until => _until;

    /// <summary>Reads what was asked for: an RRULE value or a word; null for once.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="start">When the first is to be, on the clock of the zone.</param>
    /// <param name="zone">The series' zone.</param>
    /// <exception cref="RefusedException">It is no rule, or not one for a calendar.</exception>
    public static Recurrence? Read(string? text, LocalDateTime start, DateTimeZone zone)
    {
        var written = (text ?? "").Trim();
        if (Words.TryGetValue(written, out var word))
        {
            return word is null ? null : Parse(word, zone);
        }

        return RefusedException.In("recurrence", () =>
        {
            var parts = written.Length <= LongestRule ? Split(written) : throw TooLong();
            DropTimeOfDay(parts, start);
            if (parts.TryGetValue("UNTIL", out var until))
            {
                parts["UNTIL"] = parts.ContainsKey("COUNT") ? throw Wrong() : UntilInstant.Format(Near(ReadUntil(until, zone)));
            }

            var read = Parse(string.Join(';', parts.Select(part => $"{part.Key}={part.Value}")), zone);
            Check(read._rule);
            if (read.Value.Length > LongestRule)
            {
                throw TooLong();
            }

            return read.First(start) is null ? throw new ToolException("The recurrence has no day on which it takes place.") : read;
        });
    }

    /// <summary>Reads a value that <see cref="Read"/> made.</summary>
    /// <exception cref="ToolException">It is no rule.</exception>
    public static Recurrence Parse(string value, DateTimeZone zone)
    {
        var parts = Split(value);
        Instant? until = parts.Remove("UNTIL", out var end) ? ReadUntil(end, zone) : null;
        try
        {
            return new Recurrence(value, new RecurrenceRule(string.Join(';', parts.Select(part => $"{part.Key}={part.Value}"))), until, new UserClock(default, zone));
        }
        catch (Exception error) when (error is ArgumentException or OverflowException or FormatException)
        {
            throw Wrong();
        }
    }

    /// <summary>The first start on or after a time; null when there is none.</summary>
    public LocalDateTime? First(LocalDateTime start) => Starts(start, start, start.PlusYears(100), 1) is [var first] ? first : null;

    /// <summary>Starts of a series, in order.</summary>
    /// <param name="first">The series' first.</param>
    /// <param name="from">The earliest to give.</param>
    /// <param name="before">The time before which they must be.</param>
    /// <param name="most">How many to give.</param>
    public IReadOnlyList<LocalDateTime> Starts(LocalDateTime first, LocalDateTime from, LocalDateTime before, int most)
    {
        var series = new IcalEvent { DtStart = new CalDateTime(first.ToDateTimeUnspecified(), true), RecurrenceRule = _rule };
        var starts = new List<LocalDateTime>();
        try
        {
            foreach (var occurrence in series.GetOccurrences(new CalDateTime(LocalDateTime.Max(first, from).ToDateTimeUnspecified(), true), Bounds))
            {
                var start = LocalDateTime.FromDateTime(occurrence.Period.StartTime.Value);
                if (starts.Count == most || start >= before || _clock.InstantOf(start) > _until)
                {
                    break;
                }

                starts.Add(start);
            }
        }
        catch (EvaluationException)
        {
            // Nothing comes any more within the bounds.
        }

        return starts;
    }

    /// <summary>The parts of a rule, each once.</summary>
    private static Dictionary<string, string> Split(string rule)
    {
        var upper = rule.ToUpperInvariant();
        var parts = new Dictionary<string, string>();
        foreach (var part in (upper.StartsWith("RRULE:", StringComparison.Ordinal) ? upper["RRULE:".Length..] : upper).TrimEnd(';').Split(';'))
        {
            if (part.Split('=') is not [var name, var value] || !part.All(one => char.IsAsciiLetterOrDigit(one) || one is '=' or ',' or '+' or '-') || !parts.TryAdd(name, value))
            {
                throw Wrong();
            }
        }

        return parts;
    }

    /// <summary>The time of day is that of the start; a rule may repeat it, and nothing else.</summary>
    private static void DropTimeOfDay(Dictionary<string, string> parts, LocalDateTime start)
    {
        foreach (var (name, own) in new[] { ("BYHOUR", start.Hour), ("BYMINUTE", start.Minute), ("BYSECOND", 0) })
        {
            if (parts.Remove(name, out var value) && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var said) && said == own))
            {
                throw new ToolException("A recurrence has no times of day: it takes place when event_from says. Leave out BYHOUR, BYMINUTE and BYSECOND.");
            }
        }
    }

    private static Instant ReadUntil(string text, DateTimeZone zone) =>
        UntilInstant.Parse(text) is { Success: true } instant ? instant.Value
        : UntilTime.Parse(text) is { Success: true } time && IsNear(time.Value.Year) ? time.Value.InZoneLeniently(zone).ToInstant()
        : UntilDay.Parse(text) is { Success: true } day && IsNear(day.Value.Year) ? day.Value.At(new LocalTime(23, 59, 59)).InZoneLeniently(zone).ToInstant()
        : throw NoDate();

    /// <summary>What was kept is read whatever it says; new series end within these years.</summary>
    private static Instant Near(Instant until) => IsNear(until.InUtc().Year) ? until : throw NoDate();

    private static bool IsNear(int year) => year is >= FirstYear and <= LastYear;

    private static void Check(RecurrenceRule rule)
    {
        if (rule.Frequency is not (FrequencyType.Daily or FrequencyType.Weekly or FrequencyType.Monthly or FrequencyType.Yearly))
        {
            throw new ToolException("An event recurs daily, weekly, monthly or yearly, not more often.");
        }

        if (rule.Count > MostTimes || rule.Interval > LongestInterval)
        {
            throw new ToolException($"COUNT may be at most {MostTimes}, and INTERVAL at most {LongestInterval}.");
        }

        // RFC 5545, the table below section 3.3.10.
        if ((rule.ByDay.Any(day => day.Offset is not null) && rule.Frequency is (FrequencyType.Daily or FrequencyType.Weekly))
            || (rule.ByWeekNo.Count > 0 && rule.Frequency != FrequencyType.Yearly)
            || (rule.ByYearDay.Count > 0 && rule.Frequency != FrequencyType.Yearly)
            || (rule.ByMonthDay.Count > 0 && rule.Frequency == FrequencyType.Weekly))
        {
            throw Wrong();
        }
    }

    private static ToolException NoDate() => new($"The UNTIL of the recurrence is no date from {FirstYear} to {LastYear}. Write UNTIL=yyyyMMdd.");

    private static ToolException TooLong() => new($"The recurrence is too long: at most {LongestRule} characters.");

    private static ToolException Wrong() => new("This is no recurrence. Write daily, weekdays, weekly, monthly, yearly, or an RRULE value such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10.");
}
