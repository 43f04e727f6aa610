using System.Globalization;
using Convonet.Server.Store;
using Convonet.Tools;
using NodaTime;
using NodaTime.Text;

namespace Convonet.Server.Calendar;

/// <summary>A day, or a day and time, that a person or a model wrote, on the user's clock.</summary>
/// <param name="Local">What the clock shows then; midnight for a day.</param>
/// <param name="At">The same as an instant.</param>
/// <param name="IsDay">Whether no time was written.</param>
internal readonly record struct WrittenTime(LocalDateTime Local, Instant At, bool IsDay)
{
    /// <summary>In characters; nothing that is a date is longer.</summary>
    private const int Longest = 80;

    /// <summary>Earlier and later years are slips of the pen.</summary>
    private const int FirstYear = 1970;
    private const int LastYear = 2199;

    private static readonly LocalDatePattern Day = LocalDatePattern.Iso;

    private static readonly LocalDateTimePattern[] LocalPatterns =
        [LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm"), LocalDateTimePattern.ExtendedIso];

    private static readonly OffsetDateTimePattern[] OffsetPatterns =
        [OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mmo<G>"), OffsetDateTimePattern.ExtendedIso];

    /// <summary>The day.</summary>
    public LocalDate Date => Local.Date;

    /// <summary>What the clock shows, as the store keeps it.</summary>
    public DateTime Wall => Local.ToDateTimeUnspecified();

    /// <summary>The instant, as the store keeps it.</summary>
    public DateTime Utc => At.ToDateTimeUtc();

    /// <summary>Reads <c>yyyy-MM-dd</c>, <c>yyyy-MM-ddTHH:mm</c>, either with an offset, or plain words such as <c>tomorrow at three</c>.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="clock">The user's clock.</param>
    /// <param name="day">The day of a time without one; today if left out.</param>
    /// <exception cref="ToolException">It cannot be read.</exception>
    public static WrittenTime Read(string text, UserClock clock, LocalDate? day = null)
    {
        var read = text.Length <= Longest ? Iso(text.Trim(), clock) ?? PlainTime.Read(text, clock, day) : null;
        return read is { } found && IsNear(found.Local.Year) ? found : throw Unreadable(text);
    }

    /// <summary>As the other, on the clock of a scope's user.</summary>
    /// <exception cref="ToolException">It cannot be read.</exception>
    public static WrittenTime Read(string text, UserScope scope) => Read(text, UserClock.Of(scope));

    /// <summary>As <see cref="Read(string, UserScope)"/>; null for nothing.</summary>
    /// <exception cref="ToolException">It cannot be read.</exception>
    public static WrittenTime? ReadOptional(string? text, UserScope scope) => string.IsNullOrWhiteSpace(text) ? null : Read(text, scope);

    /// <summary>Reads a time of the day: <c>08:00</c>, <c>8 am</c>, <c>noon</c>. Midnight is the day's end.</summary>
    /// <exception cref="ToolException">It cannot be read.</exception>
    public static LocalTime ReadTimeOfDay(string text) => (text.Length <= Longest ? PlainTime.ReadTimeOfDay(text) : null)
        ?? throw new ToolException($"{Written.Quote(Shorten(text))} is not a time of the day. Write HH:mm.");

    private static WrittenTime? Iso(string text, UserClock clock)
    {
        if (Day.Parse(text) is { Success: true } day && IsNear(day.Value.Year))
        {
            return new(day.Value.AtMidnight(), clock.StartOf(day.Value), true);
        }

        // A space between date and time is common and means the same.
        var upper = text.ToUpper(CultureInfo.InvariantCulture);
        var joined = upper.Length > 10 && upper[10] == ' ' ? string.Concat(upper.AsSpan(0, 10), "T", upper.AsSpan(11)) : upper;
        foreach (var parsed in LocalPatterns.Select(pattern => pattern.Parse(joined)).Where(parsed => parsed.Success && IsNear(parsed.Value.Year)))
        {
            return Of(clock.InstantOf(parsed.Value), clock);
        }

        foreach (var parsed in OffsetPatterns.Select(pattern => pattern.Parse(joined)).Where(parsed => parsed.Success && IsNear(parsed.Value.Year)))
        {
            return Of(parsed.Value.ToInstant(), clock);
        }

        return null;
    }

    /// <summary>Whether a year is one that can be meant. Asked before a time becomes an instant: at the ends of the calendar there is none in every zone.</summary>
    public static bool IsNear(int year) => year is >= FirstYear and <= LastYear;

    /// <summary>An instant, on the clock.</summary>
    public static WrittenTime Of(Instant at, UserClock clock) => new(clock.LocalOf(at), at, false);

    private static ToolException Unreadable(string text) => new(
        $"{Written.Quote(Shorten(text))} is not a date that can be read. Write yyyy-MM-dd, yyyy-MM-ddTHH:mm, or words such as 'tomorrow at 15:00', 'friday' or 'in two hours'.");

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..(char.IsHighSurrogate(text[39]) ? 39 : 40)];
}
