using Convonet.Server.Calendar;
using Convonet.Server.Store;
using NodaTime;

namespace Convonet.Server.Reminders;

/// <summary>A reminder as the page sees it.</summary>
/// <param name="Id">Id.</param>
/// <param name="Text">What to be reminded of.</param>
/// <param name="Importance"><c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</param>
/// <param name="RemindAt">When, on the user's clock; null for a note without a time.</param>
/// <param name="Delivered">Whether the user was told.</param>
internal sealed record ReminderView(Guid Id, string Text, string Importance, string? RemindAt, bool Delivered)
{
    /// <summary>What is shown of one on the user's clock.</summary>
    public static ReminderView Of(Reminder reminder, UserClock clock) => new(
        reminder.Id,
        reminder.Text,
        reminder.Importance,
        reminder.RemindAt is { } at ? clock.Write(Instant.FromDateTimeUtc(at)) : null,
        reminder.DeliveredAt is not null);

    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{Written.Quote(Text)} ({Importance}{At()}{(Delivered ? ", delivered" : "")}) id: {Id}";

    /// <summary>What was done to it, for models.</summary>
    public string Told(string verb) => $"{verb} reminder {Written.Quote(Text)}{At()}. id: {Id}";

    private string At() => RemindAt is null ? "" : $", at {RemindAt[..UserClock.Minutes.Length]}";
}
