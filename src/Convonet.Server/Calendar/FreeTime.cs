using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>Finds the time between appointments.</summary>
internal static class FreeTime
{
    /// <summary>The stretches of a span that are free, long enough and within the hours of each day; to the minute, in order.</summary>
    /// <param name="busy">When there is something, in any order; they may overlap.</param>
    /// <param name="span">Where to look.</param>
    /// <param name="needed">How long a stretch must be.</param>
    /// <param name="hours">The hours of each day.</param>
    /// <param name="clock">The user's clock.</param>
    public static IEnumerable<AskedSpan> In(IEnumerable<AskedSpan> busy, AskedSpan span, Duration needed, DayHours hours, UserClock clock)
    {
        AskedSpan[] taken = [.. busy.Where(one => one.To > one.From).OrderBy(one => one.From)];
        for (var day = clock.LocalOf(span.From).Date; clock.StartOf(day) < span.To; day = day.PlusDays(1))
        {
            var from = Instant.Max(hours.StartOf(day, clock), UpToMinute(span.From));
            var to = Instant.Min(hours.EndOf(day, clock), DownToMinute(span.To));
            foreach (var one in taken.Where(one => one.From < to && one.To > from))
            {
                if (one.From - from >= needed)
                {
                    yield return new AskedSpan(from, DownToMinute(one.From));
                }

                from = Instant.Max(from, UpToMinute(one.To));
            }

            if (to - from >= needed)
            {
                yield return new AskedSpan(from, to);
            }
        }
    }

    private static Instant DownToMinute(Instant at) => Instant.FromUnixTimeSeconds((long)Math.Floor(at.ToUnixTimeSeconds() / 60.0) * 60);

    private static Instant UpToMinute(Instant at) => DownToMinute(at) is var down && down == at ? at : down + Duration.FromMinutes(1);
}

/// <summary>The hours of a day in which somebody wants to be asked.</summary>
/// <param name="Earliest">The first moment.</param>
/// <param name="Latest">The moment after the last; midnight is the day's end.</param>
internal readonly record struct DayHours(LocalTime Earliest, LocalTime Latest)
{
    /// <summary>When they begin on a day.</summary>
    public Instant StartOf(LocalDate day, UserClock clock) => clock.InstantOf(day.At(Earliest));

    /// <summary>When they end on a day.</summary>
    public Instant EndOf(LocalDate day, UserClock clock) => Latest == LocalTime.Midnight ? clock.StartOf(day.PlusDays(1)) : clock.InstantOf(day.At(Latest));
}
