using System.Globalization;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>A point or a stretch of time that a sentence names.</summary>
/// <param name="From">The first day; null when the sentence names none.</param>
/// <param name="To">The last day, the same as <paramref name="From"/> for one day.</param>
/// <param name="Time">The time of day; null when the sentence names none.</param>
/// <param name="Length">How long it takes.</param>
/// <param name="Words">How to name it in an answer: "tomorrow", "this week", "on Friday".</param>
internal sealed record When(DateOnly? From, DateOnly? To, TimeOnly? Time, TimeSpan? Length, string Words)
{
    internal static readonly When Never = new(null, null, null, null, "");

    /// <summary>The end of the stretch of the day that was named: "in the morning", "between two and five".</summary>
    internal TimeOnly? Until { get; init; }

    /// <summary>How it recurs, as the calendar's tools want it: <c>weekly</c>, or a rule of iCalendar; null for once.</summary>
    internal string? Recurrence { get; init; }

    internal bool IsNamed => From is not null || Time is not null;

    /// <summary>The day as a tool wants it, with the time if there is one; null when nothing is named.</summary>
    internal string? ToArgument(DateTime now) => this switch
    {
        { From: { } day, Time: { } time } => Iso(day.ToDateTime(time)),
        { From: { } day } => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        { Time: not null } => Iso(Start(now, default)),
        _ => null,
    };

    /// <summary>When it begins; a time without a day is the next such time.</summary>
    internal DateTime Start(DateTime now, TimeOnly usual)
    {
        var time = Time ?? usual;
        if (From is { } day)
        {
            return day.ToDateTime(time);
        }

        var today = DateOnly.FromDateTime(now).ToDateTime(time);
        return today > now ? today : today.AddDays(1);
    }

    internal static string Iso(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
