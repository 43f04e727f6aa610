using Convonet.Server.Store;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>Finds time when a user has nothing in the calendar.</summary>
internal sealed class FreeTimeSearch(UserScope scope)
{
    private const int MostFound = 5;
    private const int MostDays = 92;
    private const int MinutesOfADay = 24 * 60;

    private static readonly DayHours Usual = new(new LocalTime(8, 0), new LocalTime(18, 0));

    /// <summary>The first stretches that are long enough, not before now. Whole-day events take the whole day.</summary>
    /// <exception cref="RefusedException">What is wanted cannot be meant.</exception>
    public async Task<IReadOnlyList<FreeTimeView>> FindAsync(WantedTime wanted, CancellationToken cancellationToken)
    {
        var clock = UserClock.Of(scope);
        var span = SpanOf(wanted, clock);
        var hours = HoursOf(wanted);
        var length = (hours.Latest == LocalTime.Midnight ? MinutesOfADay : Minutes(hours.Latest)) - Minutes(hours.Earliest);
        if (length <= 0)
        {
            throw RefusedException.Invalid("latest", "The latest time must be after the earliest.");
        }

        if (wanted.DurationMinutes < 1 || wanted.DurationMinutes > length)
        {
            throw RefusedException.Invalid("duration_minutes", $"The duration must be at least 1 minute and fit between the earliest and the latest time, which are {length} minutes apart.");
        }

        var events = await new CalendarBook(scope).InAsync(span, int.MaxValue, cancellationToken);
        return
        [
            .. FreeTime.In(events.Select(one => new AskedSpan(one.Start, one.End)), span, Duration.FromMinutes(wanted.DurationMinutes), hours, clock)
                .Take(MostFound).Select(free => FreeTimeView.Of(free, clock)),
        ];
    }

    private static AskedSpan SpanOf(WantedTime wanted, UserClock clock)
    {
        var asked = AskedSpan.Read(wanted.From, wanted.To, clock);
        return asked.To <= clock.Now ? throw RefusedException.Invalid("to", $"That time is over. It is now {clock.Show(clock.Now)}.")
            : asked.To - asked.From > Duration.FromDays(MostDays) ? throw RefusedException.Invalid("to", $"Look at no more than {MostDays} days at once.")
            : asked with { From = Instant.Max(asked.From, clock.Now) };
    }

    private static DayHours HoursOf(WantedTime wanted) => new(
        string.IsNullOrWhiteSpace(wanted.Earliest) ? Usual.Earliest : RefusedException.In("earliest", () => WrittenTime.ReadTimeOfDay(wanted.Earliest)),
        string.IsNullOrWhiteSpace(wanted.Latest) ? Usual.Latest : RefusedException.In("latest", () => WrittenTime.ReadTimeOfDay(wanted.Latest)));

    private static int Minutes(LocalTime time) => (time.Hour * 60) + time.Minute;
}

/// <summary>The time that somebody looks for.</summary>
/// <param name="DurationMinutes">How long it must be.</param>
/// <param name="From">First day or time; now when left out.</param>
/// <param name="To">Last day (included) or time.</param>
/// <param name="Earliest">Not before this time of the day; 08:00 when left out.</param>
/// <param name="Latest">Over by this time of the day; 18:00 when left out.</param>
internal sealed record WantedTime(int DurationMinutes, string? From, string? To, string? Earliest, string? Latest);

/// <summary>A stretch of free time as the page sees it.</summary>
/// <param name="From">Its start, on the user's clock.</param>
/// <param name="To">Its end, on the user's clock.</param>
/// <param name="Minutes">How long it is.</param>
internal sealed record FreeTimeView(string From, string To, int Minutes)
{
    /// <summary>What is shown of a stretch on the user's clock.</summary>
    public static FreeTimeView Of(AskedSpan free, UserClock clock) => new(clock.Write(free.From), clock.Write(free.To), (int)(free.To - free.From).TotalMinutes);

    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{From[..UserClock.Minutes.Length]} to {To[..UserClock.Minutes.Length]} ({Minutes} minutes)";
}
