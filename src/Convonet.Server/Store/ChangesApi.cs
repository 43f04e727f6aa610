using System.ComponentModel;
using System.Security.Claims;
using Convonet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Store;

/// <summary>The user's changes over HTTP.</summary>
internal static class ChangesApi
{
    public static void MapChanges(this IEndpointRouteBuilder api)
    {
        var changes = api.MapGroup("/changes").WithTags("changes");
        changes.MapGet("", ListAsync).WithSummary("The user's newest 20 changes, by hand and by tools, newest first.");
        changes.MapPost("{id}/undo", UndoAsync).WithSummary("Takes a change back, if nobody has changed its things since. Answers with the change that this is.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<IReadOnlyList<ChangeSetView>>> ListAsync(
        ClaimsPrincipal user,
        ConvonetStore store,
        CancellationToken cancellationToken,
        [Description("Only those that the tool calls of this conversation made.")] string? conversation = null) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => conversation is null ? new Undo(scope).ListAsync(token) : new Undo(scope).ListAsync(StoredText.Clean(conversation), token), cancellationToken));

    private static async Task<Ok<ChangeSetView>> UndoAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.WriteAsync(user, (scope, token) => new Undo(scope).TakeBackAsync(id, token), cancellationToken));
}
