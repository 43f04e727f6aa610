using Convonet.Server.Store;

namespace Convonet.Server.Calendar;

/// <summary>An appointment, or one of a series, as the page sees it.</summary>
/// <param name="Id">Id of the appointment; all of a series have the same.</param>
/// <param name="Title">What it is.</param>
/// <param name="Description">More about it.</param>
/// <param name="EventFrom">Start, on the user's clock.</param>
/// <param name="EventTo">End, on the user's clock.</param>
/// <param name="Recurrence">How it recurs: an RRULE value; null for once.</param>
/// <param name="TimeZone">The zone whose clock a series follows.</param>
internal sealed record CalendarEventView(Guid Id, string Title, string? Description, string EventFrom, string EventTo, string? Recurrence, string TimeZone)
{
    /// <summary>What is shown of one on the user's clock.</summary>
    public static CalendarEventView Of(Occurrence one, UserClock clock) => new(
        one.Event.Id, one.Event.Title, one.Event.Description, clock.Write(one.Start), clock.Write(one.End), one.Event.Recurrence, one.Event.TimeZone);

    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{Written.Quote(Title)} ({Details()}) id: {Id}";

    /// <summary>What was done to it, for models.</summary>
    public string Told(string verb) => $"{verb} event {Written.Quote(Title)}, {Details()}. id: {Id}";

    private string Details() => $"{ToMinutes(EventFrom)} to {ToMinutes(EventTo)}{(Recurrence is null ? "" : $", repeats {Recurrence}")}";

    private static string ToMinutes(string time) => time[..UserClock.Minutes.Length];
}
