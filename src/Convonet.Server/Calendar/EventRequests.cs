using System.ComponentModel;

namespace Convonet.Server.Calendar;

/// <summary>An appointment to be made.</summary>
internal sealed record NewEvent
{
    [Description("What it is; at most 500 characters.")]
    public required string Title { get; init; }

    [Description("Start, on the user's clock: yyyy-MM-ddTHH:mm, or yyyy-MM-dd for whole days.")]
    public required string EventFrom { get; init; }

    [Description("End, on the user's clock: yyyy-MM-ddTHH:mm, or the last day as yyyy-MM-dd.")]
    public required string EventTo { get; init; }

    [Description("More about it; at most 4000 characters.")]
    public string? Description { get; init; }

    [Description("daily, weekdays, weekly, monthly, yearly, or an RRULE value such as FREQ=WEEKLY;BYDAY=MO; left out: once.")]
    public string? Recurrence { get; init; }
}

/// <summary>What is to change of an appointment; a series is changed as a whole. What is left out stays; null or an empty text takes away what need not be there.</summary>
internal sealed record EventPatch
{
    [Description("What it is; at most 500 characters.")]
    public string? Title { get; set => field = value ?? ""; }

    [Description("Start, on the user's clock. The end moves with it unless it is given too.")]
    public string? EventFrom { get; set => field = value ?? ""; }

    [Description("End, on the user's clock.")]
    public string? EventTo { get; set => field = value ?? ""; }

    [Description("More about it; null or \"\" takes it away.")]
    public string? Description { get; set => field = value ?? ""; }

    [Description("How it recurs; null, \"\" or none: once.")]
    public string? Recurrence { get; set => field = value ?? ""; }
}
