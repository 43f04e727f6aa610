using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>One time that an appointment takes place.</summary>
/// <param name="Event">The appointment, or the series.</param>
/// <param name="Start">When it starts.</param>
/// <param name="End">When it ends.</param>
internal sealed record Occurrence(CalendarEvent Event, Instant Start, Instant End)
{
    /// <summary>All of an appointment that lie in a span, in order.</summary>
    /// <param name="found">The appointment, or the series.</param>
    /// <param name="span">The span.</param>
    /// <param name="most">How many to give.</param>
    public static IEnumerable<Occurrence> Of(CalendarEvent found, AskedSpan span, int most)
    {
        var clock = new UserClock(default, ZoneOf(found));
        if (found.Recurrence is null)
        {
            var only = new Occurrence(found, Utc(found.StartsAt), Utc(found.EndsAt));
            return span.Touches(only.Start, only.End) ? [only] : [];
        }

        // A day more on both sides: clocks differ from their zone's usual offset by less.
        var first = LocalDateTime.FromDateTime(found.Start);
        var from = clock.LocalOf(span.From - (Utc(found.EndsAt) - Utc(found.StartsAt))).PlusDays(-1);
        return Recurrence.Parse(found.Recurrence, clock.Zone).Starts(first, from, clock.LocalOf(span.To).PlusDays(1), int.MaxValue)
            .Select(start => new Occurrence(found, clock.InstantOf(start), EndOf(found, start, clock)))
            .Where(one => span.Touches(one.Start, one.End))
            .Take(most);
    }

    /// <summary>The zone that an appointment was written down in.</summary>
    public static DateTimeZone ZoneOf(CalendarEvent found) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(found.TimeZone) ?? DateTimeZone.Utc;

    /// <summary>Whether an appointment takes whole days.</summary>
    public static bool IsWholeDays(CalendarEvent found) => found.Start.TimeOfDay == TimeSpan.Zero && found.End.TimeOfDay == TimeSpan.Zero && found.End > found.Start;

    /// <summary>The end of one of a series: whole days stay whole days; anything else lasts as long as the first (RFC 5545 section 3.8.5.3).</summary>
    private static Instant EndOf(CalendarEvent found, LocalDateTime start, UserClock clock) => IsWholeDays(found)
        ? clock.InstantOf(start.PlusDays((found.End - found.Start).Days))
        : clock.InstantOf(start) + (Utc(found.EndsAt) - Utc(found.StartsAt));

    private static Instant Utc(DateTime at) => Instant.FromDateTimeUtc(DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
