using Convonet.Server.Store;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>The time where a user is.</summary>
/// <param name="Now">Now.</param>
/// <param name="Zone">The user's time zone.</param>
internal readonly record struct UserClock(Instant Now, DateTimeZone Zone)
{
    /// <summary>How times are written for models.</summary>
    public const string Minutes = "yyyy-MM-ddTHH:mm";

    /// <summary>Now, on the clock.</summary>
    public LocalDateTime LocalNow => LocalOf(Now);

    /// <summary>The day that it is.</summary>
    public LocalDate Today => LocalNow.Date;

    /// <summary>The clock of the user of a scope.</summary>
    public static UserClock Of(UserScope scope) => new(scope.Now, scope.Zone);

    /// <summary>
    /// The instant at which the clock shows a time. One that the clock skips is moved on by as much as it skips; of one that it shows twice it is the first.
    /// </summary>
    public Instant InstantOf(LocalDateTime local) => local.InZoneLeniently(Zone).ToInstant();

    /// <summary>The first instant of a day.</summary>
    public Instant StartOf(LocalDate day) => Zone.AtStartOfDay(day).ToInstant();

    /// <summary>What the clock shows at an instant.</summary>
    public LocalDateTime LocalOf(Instant at) => at.InZone(Zone).LocalDateTime;

    /// <summary>What the clock shows at an instant, to the minute: <c>yyyy-MM-ddTHH:mm</c>.</summary>
    public string Show(Instant at) => LocalOf(at).ToString(Minutes, null);

    /// <summary>What the clock shows at an instant, for programs: <c>yyyy-MM-ddTHH:mm:ss</c>.</summary>
    public string Write(Instant at) => LocalOf(at).ToString("yyyy-MM-ddTHH:mm:ss", null);
}
