using System.Security.Cryptography;
using System.Text;
using Convonet.Agents;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol;

namespace Convonet.Server.Mcp;

/// <summary>
/// The record of one call that came over MCP. With a key of the client it is written down before it runs, as in a conversation, and the effect of its tool and
/// the record of its result are one transaction. Without one nothing is recorded, because nobody could ask for it again.
/// </summary>
/// <remarks>Each call with a key is a turn of its own that has ended when it is written, so that no restart takes it up.</remarks>
internal sealed class McpLedger(ConvonetStore store, Guid user, Guid turn, string? key) : IToolLedger
{
    private const string Provider = "mcp";

    /// <summary>The conversation that a user's keyed calls are kept in.</summary>
    public static string ConversationOf(Guid user) => $"{Prefix}{user:N}";

    /// <summary>How the ids of such conversations begin; nobody talks in them.</summary>
    public const string Prefix = "mcp-";

    /// <summary>The key was used for another call.</summary>
    public static McpProtocolException UsedForAnother() => new("This idempotency key was used for another call.", McpErrorCode.InvalidParams);

    /// <summary>What is recorded of this call; null when nothing is.</summary>
    /// <exception cref="McpProtocolException">The key was used for another call.</exception>
    public Task<ToolResult?> FindAsync(ToolCall call, CancellationToken cancellationToken) =>
        store.ReadAsync(async (db, token) => (await FindAsync(db, call, token)).Result, cancellationToken);

    /// <summary>Writes a call down before it runs.</summary>
    /// <returns>Its result, if it has one: a call that an earlier process began is run again only if that does no harm.</returns>
    /// <exception cref="McpProtocolException">The key was used for another call.</exception>
    public async Task<ToolResult?> PlanAsync(ToolInvocation invocation, CancellationToken cancellationToken) => await store.WriteAsync(
        async (db, token) =>
        {
            // The conversation's row first: whoever else writes a call of this user down is waited for, so that no two get one number.
            await TakeConversationAsync(db, token);
            var (isPlanned, result) = await FindAsync(db, invocation.Call, token);
            if (!isPlanned)
            {
                await AddAsync(db, invocation, token);
            }

            return result is null && isPlanned && invocation.Traits.Effect == ToolEffect.Outside ? await KeepAsync(db, LeftBy(invocation.Call), token) : result;
        },

        // Of a plan that may have been committed nobody knows here whether its call began.
        repeatable: false,
        cancellationToken);

    public async ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken) => key is null ? result : await store.WriteAsync(
        async (db, token) => (await FindAsync(db, invocation.Call, token)).Result ?? await KeepAsync(db, result, token),
        repeatable: true,
        cancellationToken);

    public async ValueTask<ToolResult> CommitAsync(
        ToolInvocation invocation, ToolCommit commit, Func<ToolAnswer, ToolResult> toResult, CancellationToken cancellationToken)
    {
        ChangeNotice? notice = null;
        var result = await store.WriteAsync(
            async (db, token) =>
            {
                notice = null;
                if (key is not null && (await FindAsync(db, invocation.Call, token)).Result is { } recorded)
                {
                    return recorded;
                }

                var transaction = new StoreTransaction(store, db);
                var made = toResult(await commit.ApplyAsync(transaction, token));
                notice = transaction.Notice;
                return key is null ? made : await KeepAsync(db, made, token);
            },

            // With a key a second run finds what the first one committed.
            repeatable: key is not null,
            cancellationToken);
        store.Tell(notice);
        return result;
    }

    private static ToolResult LeftBy(ToolCall call) => new(
        call.Id, call.Name, ToolOutcome.Unknown, $"The server stopped while {call.Name} ran. It is not known whether it took effect, and it was not repeated.", TimeSpan.Zero);

    private async Task<(bool IsPlanned, ToolResult? Result)> FindAsync(ConvonetDb db, ToolCall call, CancellationToken cancellationToken)
    {
        if (await db.Calls.AsNoTracking().FirstOrDefaultAsync(one => one.UserId == user && one.TurnId == turn, cancellationToken) is not { } planned)
        {
            return (false, null);
        }

        if (planned.Tool != call.Name || planned.ArgumentsHash != call.ArgumentsHash())
        {
            throw UsedForAnother();
        }

        var row = await db.Results.AsNoTracking().FirstOrDefaultAsync(one => one.UserId == user && one.TurnId == turn, cancellationToken);
        return (true, row is null ? null : KeptTurnReader.ResultOf(row, call.Id, call.Name));
    }

    private async Task TakeConversationAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        var (conversation, now) = (ConversationOf(user), store.Now.ToDateTimeUtc());
        if (await db.Conversations.Where(one => one.Id == conversation).ExecuteUpdateAsync(update => update.SetProperty(one => one.UsedAt, now), cancellationToken) == 0)
        {
            db.Conversations.Add(new StoredConversation { Id = conversation, UserId = user, Provider = Provider, Epoch = 1, CreatedAt = now, UsedAt = now });
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private async Task AddAsync(ConvonetDb db, ToolInvocation invocation, CancellationToken cancellationToken)
    {
        var (call, conversation, now) = (invocation.Call, ConversationOf(user), store.Now.ToDateTimeUtc());
        db.Turns.Add(new StoredTurn
        {
            Id = turn,
            ConversationId = conversation,
            Number = 1 + (await db.Turns.Where(one => one.ConversationId == conversation).MaxAsync(one => (int?)one.Number, cancellationToken) ?? 0),
            UserId = user,
            ClientMsgId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key!))),
            Text = "",
            Provider = Provider,
            OwnerEpoch = 1,
            Outcome = nameof(TurnOutcome.Completed),
            AcceptedAt = now,
            EndedAt = now,
        });
        db.Calls.Add(new StoredCall
        {
            UserId = user,
            TurnId = turn,
            CallId = call.Id,
            Tool = call.Name,
            Arguments = call.Arguments,
            ArgumentsHash = call.ArgumentsHash(),
            Effect = invocation.Traits.Effect.ToString(),
            Before = "[]",
            PlannedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<ToolResult> KeepAsync(ConvonetDb db, ToolResult result, CancellationToken cancellationToken)
    {
        db.Results.Add(new StoredResult
        {
            UserId = user,
            TurnId = turn,
            Outcome = result.Outcome.ToString(),
            Content = result.Content,
            Data = result.Data?.GetRawText(),
            ElapsedMs = result.Elapsed.TotalMilliseconds,
            LimitMs = result.Limit?.TotalMilliseconds,
            OwnerEpoch = 1,
            RecordedAt = store.Now.ToDateTimeUtc(),
        });
        await db.SaveChangesAsync(cancellationToken);
        return result;
    }
}
