using System.ComponentModel;
using System.Globalization;
using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Calendar;

/// <summary>The assistant's tools for the calendar and the clock.</summary>
internal sealed class CalendarTools(IDbContextFactory<ConvonetDb> database, TimeProvider time)
{
    public IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(CreateAsync, "create_calendar_event", "Puts an appointment into the user's calendar."),
        ToolFactory.Create(ListAsync, "get_calendar_events", "Lists the appointments in the user's calendar, in order of time."),
        ToolFactory.Create(Now, "get_time", "Tells the current date and time where the user is."),
    ];

    private async Task<CalendarEventView> CreateAsync(
        [Description("What it is.")] string title,
        [Description("Start: yyyy-MM-ddTHH:mm in the user's time.")] string event_from,
        [Description("End: yyyy-MM-ddTHH:mm in the user's time.")] string event_to,
        [Description("More about it.")] string? description = null,
        CancellationToken cancellationToken = default)
    {
        var (start, end) = (LocalTime.Parse(event_from, time), LocalTime.Parse(event_to, time));
        if (end < start)
        {
            throw new ToolException("The appointment would end before it starts.");
        }

        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var created = new CalendarEvent
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Title = title,
            Description = description,
            Start = start,
            End = end,
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        db.CalendarEvents.Add(created);
        await db.SaveChangesAsync(cancellationToken);
        return CalendarEventView.Of(created);
    }

    private async Task<CalendarEventView[]> ListAsync(
        [Description("First day or time: yyyy-MM-dd or yyyy-MM-ddTHH:mm. Today if left out.")] string? from = null,
        [Description("Last day (included) or time. Without it: a week when from is left out, else that one day.")] string? to = null,
        CancellationToken cancellationToken = default)
    {
        var today = time.GetLocalNow().Date;
        var start = LocalTime.ParseOptional(from, time) ?? today;
        var end = string.IsNullOrWhiteSpace(to)
            ? start.Date.AddDays(from is null ? 7 : 1)
            : LocalTime.Parse(to, time).AddDays(LocalTime.IsDay(to) ? 1 : 0);
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var events = await db.CalendarEvents.AsNoTracking()
            .Where(appointment => appointment.End >= start && appointment.Start < end)
            .OrderBy(appointment => appointment.Start).Take(100).ToArrayAsync(cancellationToken);
        return [.. events.Select(CalendarEventView.Of)];
    }

    private string Now() => time.GetLocalNow().ToString("dddd, yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
}

/// <summary>An appointment as the model and the page see it.</summary>
internal sealed record CalendarEventView(Guid Id, string Title, string? Description, string EventFrom, string EventTo)
{
    public static CalendarEventView Of(CalendarEvent found) => new(found.Id, found.Title, found.Description, found.Start.ToString("s"), found.End.ToString("s"));
}
