using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using Convonet.Server.Accounts;
using Convonet.Server.Http;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Convonet.Server.Conversations;

/// <summary>Conversations over HTTP.</summary>
internal static class ConversationApi
{
    private const int Listed = 50;

    public static void MapConversations(this IEndpointRouteBuilder api)
    {
        var conversations = api.MapGroup("/conversations").WithTags("conversations");
        conversations.MapGetWithOptions("", ListAsync).WithSummary("The user's conversations, those that were used last first.");
        conversations.MapGet("{id}", GetAsync).WithSummary("One conversation.");
        conversations.MapGet("{id}/export", ExportAsync).WithSummary("All that was said and done in a conversation, as JSON or as Markdown.");
        conversations.MapPatch("{id}", RenameAsync).WithSummary("Gives a conversation another title.");
        conversations.MapDelete("{id}", DeleteAsync).WithSummary("Deletes a conversation with all that was said in it. What its tools did stays.");
    }

    private static async Task<Ok<ConversationView[]>> ListAsync(
        ClaimsPrincipal user,
        ConversationLibrary library,
        CancellationToken cancellationToken,
        [Description("Only those whose title, messages or answers hold this text.")] string search = "",
        [Description("Only those last used before this moment: the used_at of the last one that you have.")] string? before = null,
        [FromQuery(Name = "before_id"), Description("The id of the last one that you have: those that were used at the same moment come too.")] string? beforeId = null,
        [Description("At most so many, 1 to 100.")] int limit = Listed)
    {
        if (search.Length > ConversationLibrary.LongestSearch)
        {
            throw RefusedException.Invalid("search", $"A text to search for has at most {ConversationLibrary.LongestSearch} characters.");
        }

        if (limit is < 1 or > ConversationLibrary.MostListed)
        {
            throw RefusedException.Invalid("limit", $"'limit' is a number from 1 to {ConversationLibrary.MostListed}.");
        }

        return TypedResults.Ok(await library.ListAsync(user.Id(), StoredText.Clean(search), MomentOf(before), beforeId is null ? null : StoredText.Clean(beforeId), limit, cancellationToken));
    }

    private static async Task<Ok<ConversationView>> GetAsync(string id, ClaimsPrincipal user, ConversationLibrary library, CancellationToken cancellationToken) =>
        TypedResults.Ok(await library.GetAsync(user.Id(), id, cancellationToken));

    private static async Task<Results<Ok<ConversationExport>, PushStreamHttpResult>> ExportAsync(
        string id,
        ClaimsPrincipal user,
        ConversationLibrary library,
        HttpResponse response,
        CancellationToken cancellationToken,
        [Description("json or markdown.")] string format = "json")
    {
        var one = await library.GetAsync(user.Id(), id, cancellationToken);
        var export = new ConversationExport(
            one.Id, one.Title, one.CreatedAt, one.UsedAt, ConversationExport.TurnsOf(library.TurnsAsync(one.Id, cancellationToken), cancellationToken));
        switch (format)
        {
            case "json":
                response.Headers.ContentDisposition = "attachment; filename=conversation.json";
                return TypedResults.Ok(export);
            case "markdown":
                return TypedResults.Stream(output => export.WriteMarkdownAsync(output, cancellationToken), "text/markdown; charset=utf-8", "conversation.md");
            default:
                throw RefusedException.Invalid("format", "'format' is json or markdown.");
        }
    }

    private static async Task<Ok<ConversationView>> RenameAsync(string id, TitlePatch patch, ClaimsPrincipal user, ConversationLibrary library, CancellationToken cancellationToken) =>
        TypedResults.Ok(await library.RenameAsync(user.Id(), id, patch.Title, cancellationToken));

    private static async Task<NoContent> DeleteAsync(string id, ClaimsPrincipal user, ConversationLibrary library, CancellationToken cancellationToken)
    {
        await library.DeleteAsync(user.Id(), id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static DateTime? MomentOf(string? before) => before is null ? null
        : DateTime.TryParse(before, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var moment) ? moment
        : throw RefusedException.Invalid("before", "'before' is a moment like 2026-11-25T12:00:00Z.");
}

/// <summary>What is to change of a conversation.</summary>
internal sealed record TitlePatch
{
    [Description("Its new title; 1 to 120 characters.")]
    public required string Title { get; init; }
}
