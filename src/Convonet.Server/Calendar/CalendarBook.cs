using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>A user's appointments.</summary>
internal sealed class CalendarBook(UserScope scope)
{
    /// <summary>How many are listed at most.</summary>
    public const int MostListed = 500;

    private const int MostExported = 5000;
    private const int LongestTitle = 500;
    private const int LongestDescription = 4000;

    private UserClock Clock => UserClock.Of(scope);

    /// <summary>Puts an appointment, or a series, into the calendar.</summary>
    /// <remarks>A series begins with the first day on which its rule takes place, on or after the start that was given.</remarks>
    public CalendarEventView Create(NewEvent wanted)
    {
        var created = new CalendarEvent
        {
            Id = scope.NewId(),
            OwnerId = scope.UserId,
            Title = Written.Required("title", wanted.Title, LongestTitle),
            Description = Written.Optional("description", wanted.Description, LongestDescription),
            CreatedAt = scope.UtcNow,
        };
        var from = RefusedException.In("event_from", () => WrittenTime.Read(wanted.EventFrom, Clock));
        var to = RefusedException.In("event_to", () => WrittenTime.Read(wanted.EventTo, Clock, from.Date));
        Put(created, EventTimes.Of(from, to, Clock), scope.Zone, wanted.Recurrence);
        scope.Db.CalendarEvents.Add(created);
        scope.Summary = Written.Summary("Added", created.Title);
        return ViewOf(created);
    }

    /// <summary>Changes an appointment, or a series as a whole.</summary>
    /// <exception cref="RefusedException">There is no such appointment for this user.</exception>
    public async Task<CalendarEventView> UpdateAsync(Guid id, EventPatch patch, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, cancellationToken);
        found.Title = patch.Title is null ? found.Title : Written.Required("title", patch.Title, LongestTitle);
        found.Description = patch.Description is null ? found.Description : Written.Optional("description", patch.Description, LongestDescription);
        if (patch.EventFrom is not null || patch.EventTo is not null)
        {
            Put(found, Moved(found, patch), scope.Zone, patch.Recurrence ?? found.Recurrence);
        }
        else if (patch.Recurrence is not null)
        {
            Put(found, EventTimes.Of(found), Occurrence.ZoneOf(found), patch.Recurrence);
        }

        scope.Summary = Written.Summary("Changed", found.Title);
        return ViewOf(found);
    }

    /// <summary>Deletes an appointment, or a series as a whole.</summary>
    /// <returns>What it was.</returns>
    /// <exception cref="RefusedException">There is no such appointment for this user.</exception>
    public async Task<CalendarEventView> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, cancellationToken);
        scope.Db.CalendarEvents.Remove(found);
        scope.Summary = Written.Summary("Deleted", found.Title);
        return ViewOf(found);
    }

    /// <summary>One appointment, or a series by its first.</summary>
    /// <exception cref="RefusedException">There is no such appointment for this user.</exception>
    public async Task<CalendarEventView> GetAsync(Guid id, CancellationToken cancellationToken) => ViewOf(await FindAsync(id, cancellationToken));

    /// <summary>What takes place in a span, in order of time; a series once for each time.</summary>
    public async Task<IReadOnlyList<CalendarEventView>> ListAsync(AskedSpan span, CancellationToken cancellationToken) =>
        [.. (await InAsync(span, MostListed, cancellationToken)).Select(one => CalendarEventView.Of(one, Clock))];

    /// <summary>What takes place in a span, in order of time.</summary>
    /// <param name="span">The span.</param>
    /// <param name="most">How many to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Occurrence>> InAsync(AskedSpan span, int most, CancellationToken cancellationToken)
    {
        var (from, to) = (span.From.ToDateTimeUtc(), span.To.ToDateTimeUtc());
        var found = await Own()
            .Where(one => one.StartsAt < to && (one.Recurrence != null || one.EndsAt > from || one.StartsAt >= from))
            .OrderBy(one => one.StartsAt).ToArrayAsync(cancellationToken);
        return [.. found.SelectMany(one => Occurrence.Of(one, span, most)).OrderBy(one => one.Start).ThenBy(one => one.End).ThenBy(one => one.Event.Id).Take(most)];
    }

    /// <summary>All appointments that are not over at a time, and all series; for another program.</summary>
    public async Task<IReadOnlyCollection<CalendarEvent>> FromAsync(Instant from, CancellationToken cancellationToken)
    {
        var utc = from.ToDateTimeUtc();
        return await Own().Where(one => one.Recurrence != null || one.EndsAt > utc).OrderByDescending(one => one.StartsAt).Take(MostExported).ToArrayAsync(cancellationToken);
    }

    private IQueryable<CalendarEvent> Own() => scope.Db.CalendarEvents.Where(one => one.OwnerId == scope.UserId);

    private async Task<CalendarEvent> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await Own().FirstOrDefaultAsync(one => one.Id == id, cancellationToken) ?? throw RefusedException.NotFound("event");

    /// <summary>New times, read on the user's clock, which the appointment then follows. A start alone takes the end with it.</summary>
    private EventTimes Moved(CalendarEvent found, EventPatch patch)
    {
        var old = EventTimes.Of(found);
        var (start, end) = (WrittenTime.Of(old.StartsAt, Clock), WrittenTime.Of(old.EndsAt, Clock));
        var from = patch.EventFrom is null ? start : RefusedException.In("event_from", () => WrittenTime.Read(patch.EventFrom, Clock, start.Date));
        return patch.EventTo is null
            ? new EventTimes(start.Local, end.Local, old.StartsAt, old.EndsAt).MovedTo(from.Local, Clock)
            : EventTimes.Of(from, RefusedException.In("event_to", () => WrittenTime.Read(patch.EventTo, Clock, from.Date)), Clock);
    }

    private static void Put(CalendarEvent into, EventTimes times, DateTimeZone zone, string? recurrence)
    {
        var clock = new UserClock(default, zone);
        var rule = Recurrence.Read(recurrence, times.Start, zone);
        into.Recurrence = rule?.Value;
        var first = rule?.First(times.Start) ?? times.Start;
        (first == times.Start ? times : times.MovedTo(first, clock)).Put(into, zone);
    }

    private CalendarEventView ViewOf(CalendarEvent found)
    {
        var times = EventTimes.Of(found);
        return CalendarEventView.Of(new Occurrence(found, times.StartsAt, times.EndsAt), Clock);
    }
}
