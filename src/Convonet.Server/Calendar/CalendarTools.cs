using System.ComponentModel;
using System.Globalization;
using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Calendar;

/// <summary>The assistant's tools for the calendar and the clock.</summary>
internal static class CalendarTools
{
    /// <summary>How many appointments a model is told of; the page has more.</summary>
    private const int MostTold = 100;

    private const string From = "First day or time: yyyy-MM-dd or yyyy-MM-ddTHH:mm, or words such as 'next week'. Today if left out.";
    private const string To = "Last day (included) or time. Without it: a week when from is left out, else that one day.";

    private static readonly ToolTraits Creates = new() { Effect = ToolEffect.Store, OncePerTurn = true };
    private static readonly ToolTraits Writes = new() { Effect = ToolEffect.Store };
    private static readonly ToolTraits Reads = new() { Effect = ToolEffect.None, Source = "the user's calendar" };
    private static readonly ToolTraits Counts = new() { Effect = ToolEffect.None };

    /// <summary>All of them.</summary>
    public static IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(Create, "create_calendar_event", "Puts an event, or a recurring series, into the user's calendar.", Creates),
        ToolFactory.Create(ListAsync, "get_calendar_events", "Lists the events in the user's calendar, in order of time; a series once for each time.", Reads),
        ToolFactory.Create(Update, "update_calendar_event", "Changes an event; what is left out stays. A series is changed as a whole. Call get_calendar_events first to find its id.", Writes),
        ToolFactory.Create(Delete, "delete_calendar_event", "Deletes an event; a series as a whole. Call get_calendar_events first to find its id.", Writes),
        ToolFactory.Create(FindFreeTimeAsync, "find_free_time", "Finds up to five stretches of time without events.", Counts),
        ToolFactory.Create(AgendaAsync, "get_agenda", "Lists events, todos that are due and reminders together, in order of time.", Reads with { Source = "the user's agenda" }),
        ToolFactory.Create(NowAsync, "get_time", "Tells the current date and time where the user is.", Counts),
    ];

    private static ToolCommit Create(
        ToolContext context,
        [Description("What it is.")] string title,
        [Description("Start: yyyy-MM-ddTHH:mm in the user's time, or yyyy-MM-dd for whole days.")] string event_from,
        [Description("End: yyyy-MM-ddTHH:mm in the user's time, or the last day as yyyy-MM-dd.")] string event_to,
        [Description("More about it.")] string? description = null,
        [Description("daily, weekdays, weekly, monthly, yearly, or an RRULE value such as FREQ=WEEKLY;BYDAY=MO. Leave it out for once.")] string? recurrence = null) =>
        context.Write((scope, _) =>
        {
            var wanted = new NewEvent { Title = title, EventFrom = event_from, EventTo = event_to, Description = description, Recurrence = recurrence };
            var created = new CalendarBook(scope).Create(wanted);
            return Task.FromResult(new ToolAnswer(created.Told("Created"), created));
        });

    private static Task<ToolAnswer> ListAsync(
        ToolContext context, [Description(From)] string? from = null, [Description(To)] string? to = null, CancellationToken cancellationToken = default) => context.ReadAsync(
        async (scope, token) =>
        {
            var events = await new CalendarBook(scope).ListAsync(AskedSpan.Read(from, to, UserClock.Of(scope)), token);
            return new ToolAnswer(Written.List("event", "events", [.. events.Take(MostTold).Select(one => one.Line())], events.Count - MostTold), events.Take(MostTold));
        },
        cancellationToken);

    private static ToolCommit Update(
        ToolContext context,
        [Description("The event's id.")] Guid id,
        [Description("What it is.")] string? title = null,
        [Description("Start: yyyy-MM-ddTHH:mm in the user's time. The end moves with it unless it is given too.")] string? event_from = null,
        [Description("End: yyyy-MM-ddTHH:mm in the user's time.")] string? event_to = null,
        [Description("More about it; an empty text takes it away.")] string? description = null,
        [Description("How it recurs, as in create_calendar_event; 'none' for once.")] string? recurrence = null) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var patch = new EventPatch();

            // A model that sends null for a parameter that it leaves out must not take anything away.
            patch = title is null ? patch : patch with { Title = title };
            patch = string.IsNullOrWhiteSpace(event_from) ? patch : patch with { EventFrom = event_from };
            patch = string.IsNullOrWhiteSpace(event_to) ? patch : patch with { EventTo = event_to };
            patch = description is null ? patch : patch with { Description = description };
            patch = recurrence is null ? patch : patch with { Recurrence = recurrence };
            var changed = await new CalendarBook(scope).UpdateAsync(id, patch, cancellationToken);
            return new ToolAnswer(changed.Told("Updated"), changed);
        });

    private static ToolCommit Delete(ToolContext context, [Description("The event's id.")] Guid id) => context.Write(async (scope, cancellationToken) =>
    {
        var deleted = await new CalendarBook(scope).DeleteAsync(id, cancellationToken);
        return new ToolAnswer(deleted.Told("Deleted"), deleted);
    });

    private static Task<ToolAnswer> FindFreeTimeAsync(
        ToolContext context,
        [Description("How long it must be, in minutes.")] int duration_minutes,
        [Description("First day or time: yyyy-MM-dd or yyyy-MM-ddTHH:mm, or words such as 'next week'. Now if left out.")] string? from = null,
        [Description(To)] string? to = null,
        [Description("Not before this time of the day: HH:mm. 08:00 if left out.")] string? earliest = null,
        [Description("Over by this time of the day: HH:mm. 18:00 if left out.")] string? latest = null,
        CancellationToken cancellationToken = default) => context.ReadAsync(
        async (scope, token) =>
        {
            var free = await new FreeTimeSearch(scope).FindAsync(new WantedTime(duration_minutes, from, to, earliest, latest), token);
            return new ToolAnswer(Written.List("free time", "free times", [.. free.Select(one => one.Line())]), free);
        },
        cancellationToken);

    private static Task<ToolAnswer> AgendaAsync(
        ToolContext context, [Description(From)] string? from = null, [Description(To)] string? to = null, CancellationToken cancellationToken = default) => context.ReadAsync(
        async (scope, token) =>
        {
            var entries = await new Agenda(scope).ListAsync(AskedSpan.Read(from, to, UserClock.Of(scope)), token);
            return new ToolAnswer(Written.List("entry", "entries", [.. entries.Take(MostTold).Select(one => one.Line())], entries.Count - MostTold), entries.Take(MostTold));
        },
        cancellationToken);

    private static Task<ToolAnswer> NowAsync(ToolContext context, CancellationToken cancellationToken) => context.ReadAsync(
        (scope, _) =>
        {
            var now = scope.Now.InZone(scope.Zone).ToDateTimeOffset();
            return Task.FromResult(new ToolAnswer(string.Create(CultureInfo.InvariantCulture, $"{now:dddd, yyyy-MM-dd HH:mm zzz} ({scope.Zone.Id})")));
        },
        cancellationToken);
}
