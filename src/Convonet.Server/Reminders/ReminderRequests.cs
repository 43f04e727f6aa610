using System.ComponentModel;
using Convonet.Server.Todos;

namespace Convonet.Server.Reminders;

/// <summary>A reminder to be made.</summary>
internal sealed record NewReminder
{
    [Description("What to be reminded of; at most 1000 characters.")]
    public required string Text { get; init; }

    [Description("low, medium, high or urgent; medium when left out.")]
    public Importance Importance { get; init; } = Importance.Medium;

    [Description("When, on the user's clock: yyyy-MM-ddTHH:mm, or yyyy-MM-dd for nine o'clock that day. Left out: a note without a time.")]
    public string? RemindAt { get; init; }
}

/// <summary>What is to change of a reminder. What is left out stays; null or an empty text takes the time away.</summary>
internal sealed record ReminderPatch
{
    [Description("What to be reminded of; at most 1000 characters.")]
    public string? Text { get; set => field = value ?? ""; }

    [Description("low, medium, high or urgent.")]
    public Importance? Importance { get; init; }

    [Description("When, on the user's clock; null or \"\" takes the time away. A new time reminds anew.")]
    public string? RemindAt { get; set => field = value ?? ""; }
}
