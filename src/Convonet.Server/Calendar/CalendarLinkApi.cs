using System.ComponentModel;
using System.Security.Claims;
using System.Text;
using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>The calendar for other programs (iCalendar, RFC 5545), under a secret link.</summary>
internal static class CalendarLinkApi
{
    private const string Path = "/calendar.ics";
    private const string MediaType = "text/calendar";

    public static void MapCalendarLink(this IEndpointRouteBuilder api)
    {
        api.MapGet(Path, FetchAsync).AllowAnonymous().WithTags("Calendar").Produces<string>(contentType: MediaType)
            .WithSummary("The calendar whose secret link this is, as iCalendar: the past year and all to come");
        api.MapPost("/calendar-link", RenewAsync).WithTags("Calendar").WithSummary("Makes the secret link of the user's calendar; an earlier one no longer works");
        api.MapDelete("/calendar-link", RemoveAsync).WithTags("Calendar").WithSummary("Takes the secret link away");
    }

    private static async Task<ContentHttpResult> FetchAsync(
        HttpResponse response, CalendarLink link, ConvonetStore store, CancellationToken cancellationToken, [Description("The link's secret.")] string? key = null)
    {
        response.Headers.CacheControl = "private, no-cache";
        var user = await link.FindAsync(key, cancellationToken) ?? throw new RefusedException(Refusal.NotFound, "There is no calendar under this link.");
        var events = await store.ReadAsync(user, (scope, token) => new CalendarBook(scope).FromAsync(scope.Now - Duration.FromDays(366), token), cancellationToken);
        return TypedResults.Text(CalendarFile.Write(events), MediaType, Encoding.UTF8);
    }

    private static async Task<Ok<CalendarLinkView>> RenewAsync(HttpRequest request, ClaimsPrincipal user, CalendarLink link, CancellationToken cancellationToken)
    {
        var key = await link.RenewAsync(user.Id(), cancellationToken);
        return TypedResults.Ok(new CalendarLinkView($"{request.Scheme}://{request.Host}{request.PathBase}/api{Path}?key={key}"));
    }

    private static async Task<NoContent> RemoveAsync(ClaimsPrincipal user, CalendarLink link, CancellationToken cancellationToken)
    {
        await link.RemoveAsync(user.Id(), cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary>A new secret link.</summary>
/// <param name="Url">The link; it is told this once.</param>
internal sealed record CalendarLinkView(string Url);
