using System.Runtime.CompilerServices;
using Convonet.Conversations;
using Convonet.Server.Mcp;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Conversations;

/// <summary>A user's conversations as things of their own: listed, searched, named, deleted.</summary>
internal sealed class ConversationLibrary(ConvonetStore store, IConversationDirectory directory)
{
    /// <summary>The kind in <c>data_changed</c>.</summary>
    public const string Kind = "conversation";

    /// <summary>The longest title, in characters.</summary>
    public const int LongestTitle = 120;

    /// <summary>The longest text to search for, in characters.</summary>
    public const int LongestSearch = 200;

    /// <summary>The most that one page of the list holds.</summary>
    public const int MostListed = 100;

    /// <summary>Turns that are read at once.</summary>
    private const int PageOfTurns = 100;

    private const string Escape = "\\";

    /// <summary>The title of a conversation until its user gives it one: how it began.</summary>
    public static string TitleOf(string message)
    {
        const int Longest = 60;
        var title = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (title.Length <= Longest)
        {
            return title;
        }

        var end = title.LastIndexOf(' ', Longest - 1);
        end = end < Longest / 2 ? Longest - 1 : end;
        return title[..(char.IsHighSurrogate(title[end - 1]) ? end - 1 : end)] + "…";
    }

    /// <summary>The conversations of a user, those that were used last first.</summary>
    /// <param name="user">The user.</param>
    /// <param name="search">Only those whose title, messages or answers hold this, whatever the case of its letters; empty for all.</param>
    /// <param name="before">Only those that were last used before this moment, in UTC; null from the newest on.</param>
    /// <param name="beforeId">Of those that were last used at that very moment, only those behind this one; null for none of them.</param>
    /// <param name="limit">At most so many, up to <see cref="MostListed"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ConversationView[]> ListAsync(Guid user, string search, DateTime? before, string? beforeId, int limit, CancellationToken cancellationToken) => store.ReadAsync(
        async (db, token) =>
        {
            var found = db.Conversations.AsNoTracking().Where(one => one.UserId == user && !one.Id.StartsWith(McpLedger.Prefix));
            if (before is { } moment)
            {
                found = beforeId is null ? found.Where(one => one.UsedAt < moment)
                    : found.Where(one => one.UsedAt < moment || (one.UsedAt == moment && string.Compare(one.Id, beforeId) > 0));
            }

            if (search.Trim() is { Length: > 0 } words)
            {
                var like = $"%{Escaped(words.ToLowerInvariant())}%";
                found = found.Where(one => EF.Functions.Like(one.Title.ToLower(), like, Escape) || db.Turns.Any(turn => turn.ConversationId == one.Id
                    && (EF.Functions.Like(turn.Text.ToLower(), like, Escape) || EF.Functions.Like(turn.Shown.ToLower(), like, Escape))));
            }

            return await found.OrderByDescending(one => one.UsedAt).ThenBy(one => one.Id).Take(limit)
                .Select(one => new ConversationView(one.Id, one.Title, one.CreatedAt, one.UsedAt, db.Turns.Count(turn => turn.ConversationId == one.Id)))
                .ToArrayAsync(token);
        },
        cancellationToken);

    /// <summary>One conversation.</summary>
    /// <exception cref="RefusedException">The user has none with this id.</exception>
    public async Task<ConversationView> GetAsync(Guid user, string id, CancellationToken cancellationToken) => await store.ReadAsync(
        (db, token) => Of(db, user, id)
            .Select(one => new ConversationView(one.Id, one.Title, one.CreatedAt, one.UsedAt, db.Turns.Count(turn => turn.ConversationId == one.Id)))
            .FirstOrDefaultAsync(token),
        cancellationToken) ?? throw NotFound();

    /// <summary>All turns of a conversation that <see cref="GetAsync"/> has found, oldest first; some at a time, so that the longest one takes no more memory than others.</summary>
    public async IAsyncEnumerable<KeptTurn> TurnsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = 0; ;)
        {
            var from = after;
            var page = await store.ReadAsync((db, token) => KeptTurnReader.ReadAfterAsync(db, id, from, PageOfTurns, token), cancellationToken);
            foreach (var turn in page)
            {
                after = turn.Turn.Number;
                yield return turn;
            }

            if (page.Count < PageOfTurns)
            {
                yield break;
            }
        }
    }

    /// <summary>Gives a conversation another title.</summary>
    /// <exception cref="RefusedException">The user has no such conversation, or this is no title.</exception>
    public async Task<ConversationView> RenameAsync(Guid user, string id, string title, CancellationToken cancellationToken)
    {
        title = StoredText.Clean(title.Trim());
        if (title.Length is 0 or > LongestTitle)
        {
            throw RefusedException.Invalid("title", $"A title has 1 to {LongestTitle} characters.");
        }

        if (await store.WriteAsync(
            (db, token) => Of(db, user, id).ExecuteUpdateAsync(update => update.SetProperty(one => one.Title, title), token), repeatable: true, cancellationToken) == 0)
        {
            throw NotFound();
        }

        store.Tell(user, Kind);
        return await GetAsync(user, id, cancellationToken);
    }

    /// <summary>
    /// Deletes a conversation with all that was said in it; what its tools did stays done. Nobody is told of it before the store has done so.
    /// </summary>
    /// <exception cref="RefusedException">The user has no such conversation.</exception>
    public async Task DeleteAsync(Guid user, string id, CancellationToken cancellationToken)
    {
        _ = await GetAsync(user, id, cancellationToken);

        // Not given up, though whoever asked may go away: what is deleted is told to all tabs.
        await directory.ForgetAsync(id, user.ToString(), CancellationToken.None);
        store.Tell(user, Kind);
    }

    /// <summary>Text that stands for itself in a pattern.</summary>
    private static string Escaped(string text) =>
        text.Replace(Escape, Escape + Escape, StringComparison.Ordinal).Replace("%", Escape + "%", StringComparison.Ordinal).Replace("_", Escape + "_", StringComparison.Ordinal);

    internal static IQueryable<StoredConversation> Of(ConvonetDb db, Guid user, string id) =>
        db.Conversations.Where(one => one.Id == id && one.UserId == user && !one.Id.StartsWith(McpLedger.Prefix));

    private static RefusedException NotFound() => RefusedException.NotFound("conversation");
}

/// <summary>A conversation as its user sees it in a list.</summary>
/// <param name="Id">Its id; <c>resume</c> takes it.</param>
/// <param name="Title">What it is called: how it began, until its user says otherwise.</param>
/// <param name="CreatedAt">When it began, in UTC.</param>
/// <param name="UsedAt">When something was last said in it, in UTC.</param>
/// <param name="Turns">How many messages there are.</param>
internal sealed record ConversationView(string Id, string Title, DateTime CreatedAt, DateTime UsedAt, int Turns);
