using System.Text.Json;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Cluster;
using Convonet.Server.Mcp;
using Convonet.Server.Store;
using Convonet.Server.Usage;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Conversations;

/// <summary>Keeps conversations in the relational store.</summary>
/// <param name="store">The store.</param>
/// <param name="texts">Keeps what is shown before a step ends.</param>
/// <param name="node">This node, where there are several.</param>
/// <param name="prices">Names the currency.</param>
internal sealed class ConversationStore(ConvonetStore store, TextJournal? texts = null, NodeIdentity? node = null, PriceTable? prices = null) : IConversationStore
{
    /// <summary>How many ended turns come back to memory.</summary>
    private const int KeptTurns = 100;

    private readonly PriceTable _prices = prices ?? PriceTable.Empty;

    public bool IsDurable => true;

    public async ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken)
    {
        var userId = Guid.Parse(user);
        return !id.StartsWith(McpLedger.Prefix, StringComparison.Ordinal)
            && await store.ReadAsync((db, token) => db.Conversations.AnyAsync(one => one.Id == id && one.UserId == userId, token), cancellationToken);
    }

    public async ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken) =>
        !await store.ReadAsync((db, token) => db.Conversations.AnyAsync(one => one.Id == id, token), cancellationToken);

    public async ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken)
    {
        if (id.StartsWith(McpLedger.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var (userId, owner) = (Guid.Parse(user), node?.Name);
            var kept = await store.WriteAsync(
                async (db, token) =>
                {
                    var taken = await TakeAsync(db, id, userId, owner, _prices.Currency, token);
                    FailPoint.Pass("take_over.before_commit");
                    return taken;
                },
                repeatable: true,
                cancellationToken);
            FailPoint.Pass("take_over.after_commit");
            return kept;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException("What is kept of a conversation cannot be read.", error);
        }
    }

    public async ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken)
    {
        var userId = Guid.Parse(turn.User);
        var begun = false;
        var number = await store.WriteAsync(
            async (db, token) =>
            {
                begun = false;
                // The fence first: an owner that was superseded must not even learn that the message is a turn, because it would begin to run it.
                begun = await BeginAsync(db, turn, epoch, userId, token);
                if (!await TurnRows.InsertAsync(db, turn, userId, store.Now.ToDateTimeUtc(), token))
                {
                    return await db.Turns.Where(one => one.UserId == userId && one.ConversationId == turn.Conversation && one.ClientMsgId == turn.ClientMsgId).Select(one => one.Number).FirstAsync(token);
                }

                FailPoint.Pass("accept.before_commit");
                return turn.Number;
            },
            repeatable: true,
            cancellationToken);
        FailPoint.Pass("accept.after_commit");
        if (begun)
        {
            store.Tell(userId, ConversationLibrary.Kind);
        }

        return number;
    }

    public ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch) => new TurnJournal(store, texts, turn, Guid.Parse(user), ownerEpoch);

    public async ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken)
    {
        var now = store.Now.ToDateTimeUtc();
        await store.WriteAsync(
            async (db, token) =>
            {
                var isChanged = await TurnRows.EndAsync(db, ending, now, token);

                // None changed, and it is ours: an earlier try was committed after all, though nobody here was told.
                if (!isChanged && !await db.Turns.AnyAsync(turn => turn.Id == ending.Id && (turn.OwnerEpoch == ending.OwnerEpoch || Unprotected.Fence) && turn.EndedAt != null, token))
                {
                    texts?.Leave(ending.Id, ending.OwnerEpoch);
                    throw TurnJournal.Fenced(ending.Id);
                }

                // It is in the turn's row now.
                await TurnRows.ForgetPiecesAsync(db, ending.Id, token);
                if (isChanged && ending.LastStep is { } last)
                {
                    await TurnRows.InsertAsync(db, ending.Id, last.Checkpoint, last.Message, token);
                }

                if (isChanged && ending.Used.Count > 0)
                {
                    await AddUsageAsync(db, ending, token);
                }

                FailPoint.Pass("terminal.before_commit");
                return isChanged;
            },
            repeatable: true,
            cancellationToken);
        texts?.Forget(ending.Id, ending.OwnerEpoch);
        FailPoint.Pass("terminal.after_commit");
    }

    private async Task AddUsageAsync(ConvonetDb db, TurnEnd ending, CancellationToken cancellationToken)
    {
        if (await TurnRows.SpenderOfAsync(db, ending.Id, cancellationToken) is { } turn)
        {
            foreach (var row in UsageRows.Of(turn.Owner, ending.Used, turn.TimeZone, store.Now, _prices))
            {
                await TurnRows.InsertAsync(db, row, cancellationToken);
            }
        }
    }

    public async ValueTask HearAsync(Guid turn, int ownerEpoch, int heard, CancellationToken cancellationToken) => await store.WriteAsync(
        (db, token) => db.Turns.Where(one => one.Id == turn && one.OwnerEpoch == ownerEpoch).ExecuteUpdateAsync(update => update.SetProperty(one => one.Heard, heard), token),
        repeatable: true,
        cancellationToken);

    public async ValueTask ChooseAsync(string conversation, int epoch, string provider, CancellationToken cancellationToken) => await store.WriteAsync(
        async (db, token) =>
        {
            var row = db.Conversations.Where(one => one.Id == conversation);
            return await row.Where(one => one.Epoch == epoch || Unprotected.Fence).ExecuteUpdateAsync(update => update.SetProperty(one => one.Provider, provider), token) == 0 && await row.AnyAsync(token)
                ? throw new TurnFencedException()
                : true;
        },
        repeatable: true,
        cancellationToken);

    public async ValueTask SummarizeAsync(string conversation, int epoch, KeptSummary summary, CancellationToken cancellationToken)
    {
        var text = StoredText.Clean(summary.Text);
        if (await store.WriteAsync(
            (db, token) => db.Conversations.Where(one => one.Id == conversation && one.Epoch == epoch)
                .ExecuteUpdateAsync(update => update.SetProperty(one => one.Summary, text).SetProperty(one => one.SummaryUpTo, summary.UpTo), token),
            repeatable: true,
            cancellationToken) == 0)
        {
            throw new TurnFencedException();
        }
    }

    public async ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken)
    {
        var userId = Guid.Parse(user);
        await store.WriteAsync(
            async (db, token) =>
            {
                // Its own row first, as everybody does who writes in a conversation.
                await ConversationLibrary.Of(db, userId, id).ExecuteUpdateAsync(update => update.SetProperty(one => one.Epoch, one => one.Epoch + 1), token);
                // What hangs on a turn goes with it, behind its row, which whoever writes of it has first, too: in another order the two would wait for each other.
                await db.Turns.Where(row => row.ConversationId == id && row.UserId == userId).ExecuteDeleteAsync(token);
                // Behind the turns: one that was about to end has written down what it used.
                await db.Usage.Where(row => row.ConversationId == id && row.UserId == userId)
                    .ExecuteUpdateAsync(update => update.SetProperty(row => row.ConversationId, (string?)null), token);
                return await ConversationLibrary.Of(db, userId, id).ExecuteDeleteAsync(token);
            },
            repeatable: true,
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken) => await store.ReadAsync(
        async (db, token) =>
        {
            var unfinished = await db.Turns.AsNoTracking().Where(turn => turn.EndedAt == null).OrderBy(turn => turn.AcceptedAt)
                .Select(turn => new { turn.ConversationId, turn.UserId }).ToArrayAsync(token);
            return (IReadOnlyList<(string, string)>)[.. unfinished.Distinct().Select(turn => (turn.ConversationId, turn.UserId.ToString()))];
        },
        cancellationToken);

    /// <summary>Makes a node the owner of a conversation, and reads it; one that cannot be read is left as it is.</summary>
    internal static async Task<KeptConversation?> TakeAsync(ConvonetDb db, string id, Guid userId, string? owner, string currency, CancellationToken cancellationToken)
    {
        // The conversation's row first: whoever still accepts a message for the owner before is waited for, or comes too late.
        if (await db.Conversations.Where(one => one.Id == id && one.UserId == userId)
            .ExecuteUpdateAsync(update => update.SetProperty(one => one.Epoch, one => one.Epoch + 1).SetProperty(one => one.Owner, owner), cancellationToken) == 0)
        {
            return null;
        }

        // Only the first of them can have been begun; those behind it have not had their try yet.
        var unfinished = db.Turns.Where(turn => turn.ConversationId == id && turn.EndedAt == null);
        var begun = await unfinished.MinAsync(turn => (int?)turn.Number, cancellationToken);
        await unfinished.ExecuteUpdateAsync(
            update => update
                .SetProperty(turn => turn.OwnerEpoch, turn => turn.OwnerEpoch + 1)
                .SetProperty(turn => turn.Tries, turn => turn.Number == begun ? turn.Tries + 1 : turn.Tries),
            cancellationToken);
        // Text that was kept beside its turn's end, and is of no use.
        await db.Pieces.Where(piece => db.Turns.Any(turn => turn.Id == piece.TurnId && turn.ConversationId == id && turn.EndedAt != null)).ExecuteDeleteAsync(cancellationToken);
        var conversation = await db.Conversations.AsNoTracking().FirstAsync(one => one.Id == id, cancellationToken);
        var turns = await KeptTurnReader.ReadAsync(db, id, KeptTurns, cancellationToken, currency);
        return new KeptConversation(id, conversation.Provider, conversation.Epoch, turns.Count == 0 ? 0 : turns[^1].Turn.Number, turns)
        {
            Summary = conversation.Summary is { } summary ? new KeptSummary(summary, conversation.SummaryUpTo) : null,
        };
    }

    /// <summary>
    /// Takes the conversation's row, if it is still this owner's. The row comes with the first message: a conversation in which nothing was said leaves nothing behind, and one that was deleted does not come back.
    /// </summary>
    /// <returns>Whether the conversation begins with this message.</returns>
    private async Task<bool> BeginAsync(ConvonetDb db, NewTurn turn, int epoch, Guid userId, CancellationToken cancellationToken)
    {
        var now = store.Now.ToDateTimeUtc();
        if (await TurnRows.TouchAsync(db, turn, epoch, userId, now, cancellationToken))
        {
            return false;
        }

        if (!turn.Begins() || !await TurnRows.BeginAsync(db, turn, epoch, userId, node?.Name, now, cancellationToken))
        {
            throw TurnJournal.Fenced(turn.Id);
        }

        return true;
    }
}
