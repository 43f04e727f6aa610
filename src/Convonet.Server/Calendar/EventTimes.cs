using Convonet.Server.Store;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>When an appointment is, on the clock of its zone.</summary>
internal readonly record struct EventTimes(LocalDateTime Start, LocalDateTime End, Instant StartsAt, Instant EndsAt)
{
    private const int MostDays = 31;

    /// <summary>Makes the times of what was written: to the minute; a day as the end belongs to the appointment.</summary>
    /// <exception cref="RefusedException">It would end before it starts, or last too long.</exception>
    public static EventTimes Of(WrittenTime from, WrittenTime to, UserClock clock)
    {
        var start = from.IsDay ? from.At : Floor(from.At);
        var end = to.IsDay ? clock.StartOf(to.Date.PlusDays(1)) : Floor(to.At);
        return end < start ? throw RefusedException.Invalid("event_to", "The event would end before it starts.")
            : end - start > Duration.FromDays(MostDays) + Duration.FromHours(1) ? throw RefusedException.Invalid("event_to", $"An event may last at most {MostDays} days.")
            : new EventTimes(clock.LocalOf(start), clock.LocalOf(end), start, end);
    }

    /// <summary>The times of an appointment, on its own clock.</summary>
    public static EventTimes Of(CalendarEvent found) => new(
        LocalDateTime.FromDateTime(found.Start),
        LocalDateTime.FromDateTime(found.End),
        Instant.FromDateTimeUtc(found.StartsAt),
        Instant.FromDateTimeUtc(found.EndsAt));

    /// <summary>As long, from another start on: whole days stay whole days.</summary>
    public EventTimes MovedTo(LocalDateTime start, UserClock clock)
    {
        var startsAt = Floor(clock.InstantOf(start));
        var wholeDays = Start.TimeOfDay == LocalTime.Midnight && End.TimeOfDay == LocalTime.Midnight && start.TimeOfDay == LocalTime.Midnight;
        var endsAt = wholeDays ? clock.InstantOf(start.PlusDays(Period.DaysBetween(Start.Date, End.Date))) : startsAt + (EndsAt - StartsAt);
        return new EventTimes(clock.LocalOf(startsAt), clock.LocalOf(endsAt), startsAt, endsAt);
    }

    /// <summary>Writes them into an appointment.</summary>
    public void Put(CalendarEvent into, DateTimeZone zone)
    {
        (into.Start, into.End) = (Start.ToDateTimeUnspecified(), End.ToDateTimeUnspecified());
        (into.StartsAt, into.EndsAt) = (StartsAt.ToDateTimeUtc(), EndsAt.ToDateTimeUtc());
        into.TimeZone = zone.Id;
    }

    private static Instant Floor(Instant at) => Instant.FromUnixTimeSeconds(at.ToUnixTimeSeconds() / 60 * 60);
}
