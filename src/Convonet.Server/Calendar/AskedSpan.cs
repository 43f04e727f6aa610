using Convonet.Server.Store;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>A stretch of time that somebody asks about.</summary>
/// <param name="From">Its first instant.</param>
/// <param name="To">The instant after it.</param>
internal readonly record struct AskedSpan(Instant From, Instant To)
{
    private const int MostDays = 731;
    private const int DaysAhead = 7;

    /// <summary>Reads a span: days, times, or words such as <c>next week</c>. Its last day belongs to it.</summary>
    /// <param name="from">Where it begins; today if left out.</param>
    /// <param name="to">Where it ends. If left out: a week after today when <paramref name="from"/> is left out too, else the end of that day.</param>
    /// <param name="clock">The user's clock.</param>
    /// <exception cref="RefusedException">It cannot be read, ends before it begins, or is longer than two years.</exception>
    public static AskedSpan Read(string? from, string? to, UserClock clock)
    {
        var asked = string.IsNullOrWhiteSpace(from) ? null : Stretch(from, clock);
        var begin = asked?.From ?? (string.IsNullOrWhiteSpace(from) ? clock.StartOf(clock.Today) : RefusedException.In("from", () => WrittenTime.Read(from, clock)).At);
        var end = !string.IsNullOrWhiteSpace(to) ? EndOf(to, clock)
            : asked?.To ?? clock.StartOf(clock.LocalOf(begin).Date.PlusDays(string.IsNullOrWhiteSpace(from) ? DaysAhead : 1));
        return end <= begin ? throw RefusedException.Invalid("to", "The span must end after it begins.")
            : end - begin > Duration.FromDays(MostDays) ? throw RefusedException.Invalid("to", "Ask for at most two years at once.")
            : new AskedSpan(begin, end);
    }

    /// <summary>Whether something lies in it, at least in part. What takes no time does where it is.</summary>
    public bool Touches(Instant start, Instant end) => start < To && (end > From || start >= From);

    private static Instant EndOf(string to, UserClock clock)
    {
        if (Stretch(to, clock) is { } stretch)
        {
            return stretch.To;
        }

        var read = RefusedException.In("to", () => WrittenTime.Read(to, clock));
        return read.IsDay ? clock.StartOf(read.Date.PlusDays(1)) : read.At;
    }

    /// <summary>Weeks begin on Monday; what is left of this one begins today.</summary>
    private static AskedSpan? Stretch(string text, UserClock clock)
    {
        var today = clock.Today;
        var monday = today.PlusDays(1).Previous(IsoDayOfWeek.Monday);
        var month = new LocalDate(today.Year, today.Month, 1);
        (LocalDate From, LocalDate To)? days = text.Trim().ToLowerInvariant() switch
        {
            "this week" => (today, monday.PlusWeeks(1)),
            "next week" => (monday.PlusWeeks(1), monday.PlusWeeks(2)),
            "weekend" or "the weekend" or "this weekend" => (LocalDate.Max(today, monday.PlusDays(5)), monday.PlusWeeks(1)),
            "next weekend" => (monday.PlusDays(12), monday.PlusWeeks(2)),
            "this month" => (today, month.PlusMonths(1)),
            "next month" => (month.PlusMonths(1), month.PlusMonths(2)),
            _ => null,
        };
        return days is { } found ? new AskedSpan(clock.StartOf(found.From), clock.StartOf(found.To)) : null;
    }
}
