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
/// The record of one call that came over MCP. The effect of a tool and the record of the call are one transaction, as in a conversation. Without a key
/// of the client nothing is recorded, because nobody could ask for it again.
/// </summary>
/// <remarks>Each call with a key is a turn of its own that has ended when it is written, so that no restart takes it up.</remarks>
internal sealed class McpLedger(ConvonetStore store, Guid user, Guid turn, string? key) : IToolLedger
{
    private const string Provider = "mcp";

    /// <summary>The conversation that a user's keyed calls are kept in.</summary>
    public static string ConversationOf(Guid user) => $"mcp-{user:N}";

    /// <summary>What is recorded of this call.</summary>
    /// <exception cref="McpProtocolException">The key was used for another call.</exception>
    public async Task<ToolResult?> FindAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            return null;
        }

        var (found, same) = await store.ReadAsync((db, token) => FindAsync(db, call, token), cancellationToken);
        return same ? found : throw new McpProtocolException("This idempotency key was used for another call.", McpErrorCode.InvalidParams);
    }

    public async ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken) => key is null ? result : await store.WriteAsync(
        async (db, token) => (await FindAsync(db, invocation.Call, token)).Found ?? await KeepAsync(db, invocation, result, token),
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
                if (key is not null && (await FindAsync(db, invocation.Call, token)).Found is { } recorded)
                {
                    return recorded;
                }

                var transaction = new StoreTransaction(store, db);
                var made = toResult(await commit.ApplyAsync(transaction, token));
                notice = transaction.Notice;
                return key is null ? made : await KeepAsync(db, invocation, made, token);
            },

            // With a key a second run finds what the first one committed.
            repeatable: key is not null,
            cancellationToken);
        store.Tell(notice);
        return result;
    }

    private async Task<(ToolResult? Found, bool IsSameCall)> FindAsync(ConvonetDb db, ToolCall call, CancellationToken cancellationToken)
    {
        if (await db.Calls.AsNoTracking().FirstOrDefaultAsync(one => one.UserId == user && one.TurnId == turn, cancellationToken) is not { } planned)
        {
            return (null, true);
        }

        var row = await db.Results.AsNoTracking().FirstAsync(one => one.UserId == user && one.TurnId == turn, cancellationToken);
        return (KeptTurnReader.ResultOf(row, call.Id, call.Name), planned.Tool == call.Name && planned.ArgumentsHash == call.ArgumentsHash());
    }

    private async Task<ToolResult> KeepAsync(ConvonetDb db, ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken)
    {
        var (call, conversation, now) = (invocation.Call, ConversationOf(user), store.Now.ToDateTimeUtc());
        if (await db.Conversations.FindAsync([conversation], cancellationToken) is { } kept)
        {
            kept.UsedAt = now;
        }
        else
        {
            db.Conversations.Add(new StoredConversation { Id = conversation, UserId = user, Provider = Provider, Epoch = 1, CreatedAt = now, UsedAt = now });
        }

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
            RecordedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
        return result;
    }
}
