using System.ComponentModel;
using System.Security.Claims;
using Convonet.Server.Http;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Calendar;

/// <summary>The calendar over HTTP.</summary>
internal static class CalendarApi
{
    private const string First = "First day or time, on the user's clock; today when left out.";
    private const string Last = "Last day (included) or time; left out: a week when from is left out too, else that one day.";

    public static void MapCalendar(this IEndpointRouteBuilder api)
    {
        var events = api.MapGroup("/calendar-events").WithTags("Calendar");
        events.MapGet("/", ListAsync).WithSummary("The events of a span, in order of time; a series once for each time");
        events.MapPost("/", CreateAsync).WithSummary("Puts an event, or a series, into the calendar");
        events.MapGet("/{id}", GetAsync).WithSummary("One event, or a series by its first");
        events.MapPatch("/{id}", UpdateAsync).WithSummary("Changes an event; what is left out stays. A series is changed as a whole");
        events.MapDelete("/{id}", DeleteAsync).WithSummary("Deletes an event; a series as a whole");
        api.MapGet("/agenda", AgendaAsync).WithTags("Calendar").WithSummary("Events, todos that are due and reminders of a span, in order of time");
        api.MapGet("/free-time", FindFreeTimeAsync).WithTags("Calendar").WithSummary("Up to five stretches of time without events");
        api.MapCalendarLink();
    }

    private static async Task<Ok<IReadOnlyList<CalendarEventView>>> ListAsync(
        ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken, [Description(First)] string? from = null, [Description(Last)] string? to = null) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new CalendarBook(scope).ListAsync(AskedSpan.Read(from, to, UserClock.Of(scope)), token), cancellationToken));

    private static async Task<Created<CalendarEventView>> CreateAsync(NewEvent wanted, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        var created = await store.WriteAsync(user, (scope, _) => Task.FromResult(new CalendarBook(scope).Create(wanted)), cancellationToken);
        return TypedResults.Created($"/api/calendar-events/{created.Id}", created);
    }

    private static async Task<Ok<CalendarEventView>> GetAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new CalendarBook(scope).GetAsync(id, token), cancellationToken));

    private static async Task<Ok<CalendarEventView>> UpdateAsync(PathId id, EventPatch patch, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.WriteAsync(user, (scope, token) => new CalendarBook(scope).UpdateAsync(id, patch, token), cancellationToken));

    private static async Task<NoContent> DeleteAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        await store.WriteAsync(user, (scope, token) => new CalendarBook(scope).DeleteAsync(id, token), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<AgendaEntry>>> AgendaAsync(
        ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken, [Description(First)] string? from = null, [Description(Last)] string? to = null) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new Agenda(scope).ListAsync(AskedSpan.Read(from, to, UserClock.Of(scope)), token), cancellationToken));

    private static async Task<Ok<IReadOnlyList<FreeTimeView>>> FindFreeTimeAsync(
        ClaimsPrincipal user,
        ConvonetStore store,
        [Description("How long it must be, in minutes.")] int duration_minutes,
        CancellationToken cancellationToken,
        [Description("First day or time, on the user's clock; now when left out.")] string? from = null,
        [Description(Last)] string? to = null,
        [Description("Not before this time of the day; 08:00 when left out.")] string? earliest = null,
        [Description("Over by this time of the day; 18:00 when left out.")] string? latest = null)
    {
        var wanted = new WantedTime(duration_minutes, from, to, earliest, latest);
        return TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new FreeTimeSearch(scope).FindAsync(wanted, token), cancellationToken));
    }
}
