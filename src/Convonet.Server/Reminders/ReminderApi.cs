using System.Security.Claims;
using Convonet.Server.Http;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Reminders;

/// <summary>Reminders over HTTP.</summary>
internal static class ReminderApi
{
    public static void MapReminders(this IEndpointRouteBuilder api)
    {
        var reminders = api.MapGroup("/reminders").WithTags("Reminders");
        reminders.MapGet("/", ListAsync).WithSummary("The user's reminders: those to come, the next one first; then notes; then those that were delivered");
        reminders.MapPost("/", CreateAsync).WithSummary("Writes a reminder down");
        reminders.MapGet("/{id}", GetAsync).WithSummary("One reminder");
        reminders.MapPatch("/{id}", UpdateAsync).WithSummary("Changes a reminder; what is left out stays. A new time reminds anew");
        reminders.MapDelete("/{id}", DeleteAsync).WithSummary("Deletes a reminder");
    }

    private static async Task<Ok<IReadOnlyList<ReminderView>>> ListAsync(ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new ReminderList(scope).ListAsync(token), cancellationToken));

    private static async Task<Created<ReminderView>> CreateAsync(NewReminder wanted, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        var created = await store.WriteAsync(user, (scope, _) => Task.FromResult(new ReminderList(scope).Create(wanted)), cancellationToken);
        return TypedResults.Created($"/api/reminders/{created.Id}", created);
    }

    private static async Task<Ok<ReminderView>> GetAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new ReminderList(scope).GetAsync(id, token), cancellationToken));

    private static async Task<Ok<ReminderView>> UpdateAsync(PathId id, ReminderPatch patch, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.WriteAsync(user, (scope, token) => new ReminderList(scope).UpdateAsync(id, patch, token), cancellationToken));

    private static async Task<NoContent> DeleteAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        await store.WriteAsync(user, (scope, token) => new ReminderList(scope).DeleteAsync(id, token), cancellationToken);
        return TypedResults.NoContent();
    }
}
