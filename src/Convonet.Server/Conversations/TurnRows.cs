using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Usage;
using Convonet.Tools;

namespace Convonet.Server.Conversations;

/// <summary>The rows that turns write on their way.</summary>
internal static class TurnRows
{
    /// <summary>Takes the conversation's row, if it is still this owner's.</summary>
    /// <returns>Whether it is.</returns>
    public static async Task<bool> TouchAsync(ConvonetDb db, NewTurn turn, int epoch, Guid user, DateTime now, CancellationToken cancellationToken)
    {
        await using var touch = new Statement(db);
        return await touch.With("@now", now).With("@provider", turn.Provider).With("@id", turn.Conversation).With("@user", user).With("@epoch", epoch).With("@free", Unprotected.Fence)
            .RunAsync("""UPDATE conversations SET "UsedAt" = @now, "Provider" = @provider WHERE "Id" = @id AND "UserId" = @user AND ("Epoch" = @epoch OR @free)""", cancellationToken) == 1;
    }

    /// <summary>Inserts a conversation with its first turn.</summary>
    /// <returns>False when there is one under its id.</returns>
    public static async Task<bool> BeginAsync(ConvonetDb db, NewTurn turn, int epoch, Guid user, string? owner, DateTime now, CancellationToken cancellationToken)
    {
        await using var insert = new Statement(db);
        return await insert.With("@id", turn.Conversation).With("@user", user).With("@title", StoredText.Clean(ConversationLibrary.TitleOf(turn.Text))).With("@provider", turn.Provider).With("@epoch", epoch)
            .With("@owner", owner).With("@now", now)
            .RunAsync(
                """
                INSERT INTO conversations ("Id", "UserId", "Title", "Provider", "Epoch", "Owner", "CreatedAt", "UsedAt", "SummaryUpTo")
                VALUES (@id, @user, @title, @provider, @epoch, @owner, @now, @now, 0) ON CONFLICT ("Id") DO NOTHING
                """,
                cancellationToken) == 1;
    }

    /// <summary>Inserts a turn.</summary>
    /// <returns>False when the message is a turn already.</returns>
    public static async Task<bool> InsertAsync(ConvonetDb db, NewTurn turn, Guid user, DateTime now, CancellationToken cancellationToken)
    {
        await using var insert = new Statement(db);
        return await insert.With("@id", turn.Id).With("@conversation", turn.Conversation).With("@number", turn.Number).With("@user", user).With("@message", turn.ClientMsgId)
            .With("@text", StoredText.Clean(turn.Text)).With("@voice", turn.IsVoice).With("@provider", turn.Provider).With("@now", now)
            .RunAsync(
                """
                INSERT INTO turns ("Id", "ConversationId", "Number", "UserId", "ClientMsgId", "Text", "IsVoice", "Provider", "OwnerEpoch", "Tries", "Shown", "AcceptedAt")
                VALUES (@id, @conversation, @number, @user, @message, @text, @voice, @provider, 1, 0, '', @now)
                ON CONFLICT ("UserId", "ConversationId", "ClientMsgId") DO NOTHING
                """,
                cancellationToken) == 1;
    }

    /// <summary>Ends a turn, if it is still this owner's and has not ended.</summary>
    /// <returns>Whether it was.</returns>
    public static async Task<bool> EndAsync(ConvonetDb db, TurnEnd ending, DateTime now, CancellationToken cancellationToken)
    {
        await using var end = new Statement(db);
        return await end.With("@outcome", ending.Outcome.ToString()).With("@error", HistoryJson.Write(ending.Error)).With("@shown", StoredText.Clean(ending.Shown))
            .With("@provider", ending.Provider).With("@now", now).With("@id", ending.Id).With("@owner", ending.OwnerEpoch).With("@free", Unprotected.Fence)
            .RunAsync(
                """
                UPDATE turns SET "Outcome" = @outcome, "Error" = @error, "Shown" = @shown, "Provider" = @provider, "EndedAt" = @now
                WHERE "Id" = @id AND (("OwnerEpoch" = @owner AND "EndedAt" IS NULL) OR @free)
                """,
                cancellationToken) == 1;
    }

    /// <summary>Lets go of the text that a turn's row has by now.</summary>
    public static async Task ForgetPiecesAsync(ConvonetDb db, Guid turn, CancellationToken cancellationToken)
    {
        await using var delete = new Statement(db);
        await delete.With("@id", turn).RunAsync("""DELETE FROM pieces WHERE "TurnId" = @id""", cancellationToken);
    }

    /// <summary>Takes a turn's row, if it is still this owner's and has not ended.</summary>
    /// <param name="db">The store.</param>
    /// <param name="turn">The turn, whose, and of which owner.</param>
    /// <param name="getsOn">Whether something comes of the turn by this write.</param>
    /// <param name="shown">All text of the turn that was shown until now; null when that is kept already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is.</returns>
    public static async Task<bool> FenceAsync(ConvonetDb db, (Guid Id, Guid User, int Owner) turn, bool getsOn, string? shown, CancellationToken cancellationToken)
    {
        await using var fence = new Statement(db);
        fence.With("@id", turn.Id).With("@user", turn.User).With("@owner", turn.Owner).With("@free", Unprotected.Fence).With("@on", getsOn);
        if (shown is not null)
        {
            fence.With("@shown", StoredText.Clean(shown));
        }

        return await fence.RunAsync(
            $"""
            UPDATE turns SET "Tries" = CASE WHEN @on THEN 0 ELSE "Tries" END{(shown is null ? "" : ", \"Shown\" = @shown")}
            WHERE "Id" = @id AND "UserId" = @user AND (("OwnerEpoch" = @owner AND "EndedAt" IS NULL) OR @free)
            """,
            cancellationToken) == 1;
    }

    /// <summary>Inserts what the model said in a step, unless it is there.</summary>
    public static async Task InsertAsync(ConvonetDb db, Guid turn, Checkpoint checkpoint, HistoryItem.AssistantMessage message, CancellationToken cancellationToken)
    {
        await using var insert = new Statement(db);
        await insert.With("@turn", turn).With("@round", checkpoint.Round).With("@parts", StoredText.Clean(HistoryJson.WriteParts(message.Parts)))
            .With("@outcome", checkpoint.Outcome?.ToString()).With("@error", HistoryJson.Write(checkpoint.Error))
            .RunAsync("""INSERT INTO steps ("TurnId", "Round", "Parts", "Outcome", "Error") VALUES (@turn, @round, @parts, @outcome, @error) ON CONFLICT DO NOTHING""", cancellationToken);
    }

    /// <summary>Inserts a call.</summary>
    /// <returns>False when it is there.</returns>
    public static async Task<bool> InsertAsync(ConvonetDb db, StoredCall call, CancellationToken cancellationToken)
    {
        await using var insert = new Statement(db);
        return await insert.With("@user", call.UserId).With("@turn", call.TurnId).With("@step", call.Step).With("@ordinal", call.Ordinal).With("@id", call.CallId).With("@tool", StoredText.Clean(call.Tool))
            .With("@arguments", StoredText.Clean(call.Arguments)).With("@hash", call.ArgumentsHash).With("@effect", call.Effect).With("@before", StoredText.Clean(call.Before))
            .With("@data", call.ProviderData is { } data ? StoredText.Clean(data) : null).With("@now", call.PlannedAt)
            .RunAsync(
                """
                INSERT INTO calls ("UserId", "TurnId", "Step", "Ordinal", "CallId", "Tool", "Arguments", "ArgumentsHash", "Effect", "Before", "ProviderData", "PlannedAt")
                VALUES (@user, @turn, @step, @ordinal, @id, @tool, @arguments, @hash, @effect, @before, @data, @now) ON CONFLICT DO NOTHING
                """,
                cancellationToken) == 1;
    }

    /// <summary>The user has allowed a call: from now on it has its effect.</summary>
    public static async Task<int> AllowAsync(ConvonetDb db, ToolInvocation invocation, CancellationToken cancellationToken)
    {
        await using var allow = new Statement(db);
        var key = invocation.Key;
        return await allow.With("@effect", invocation.Traits.Effect.ToString()).With("@user", Guid.Parse(key.User)).With("@turn", key.Turn).With("@step", key.Step).With("@ordinal", key.Ordinal)
            .RunAsync("""UPDATE calls SET "Effect" = @effect WHERE "UserId" = @user AND "TurnId" = @turn AND "Step" = @step AND "Ordinal" = @ordinal""", cancellationToken);
    }

    /// <summary>Inserts what came of a call.</summary>
    /// <returns>False when something is recorded of it.</returns>
    public static async Task<bool> InsertAsync(ConvonetDb db, StoredResult result, CancellationToken cancellationToken)
    {
        await using var insert = new Statement(db);
        return await insert.With("@user", result.UserId).With("@turn", result.TurnId).With("@step", result.Step).With("@ordinal", result.Ordinal).With("@outcome", result.Outcome)
            .With("@content", StoredText.Clean(result.Content)).With("@data", result.Data is { } data ? StoredText.Clean(data) : null).With("@elapsed", result.ElapsedMs).With("@limit", result.LimitMs)
            .With("@owner", result.OwnerEpoch).With("@now", result.RecordedAt)
            .RunAsync(
                """
                INSERT INTO results ("UserId", "TurnId", "Step", "Ordinal", "Outcome", "Content", "Data", "ElapsedMs", "LimitMs", "OwnerEpoch", "RecordedAt")
                VALUES (@user, @turn, @step, @ordinal, @outcome, @content, @data, @elapsed, @limit, @owner, @now) ON CONFLICT DO NOTHING
                """,
                cancellationToken) == 1;
    }

    /// <summary>Inserts what was used of one provider; nothing when it is there.</summary>
    public static async Task InsertAsync(ConvonetDb db, StoredUsage usage, CancellationToken cancellationToken)
    {
        await using var insert = new Statement(db);
        await insert.With("@id", usage.Id).With("@user", usage.UserId).With("@conversation", usage.ConversationId).With("@turn", usage.Turn).With("@day", usage.Day).With("@kind", usage.Kind)
            .With("@provider", StoredText.Clean(usage.Provider)).With("@model", StoredText.Clean(usage.Model)).With("@calls", usage.Calls).With("@untold", usage.UntoldCalls).With("@in", usage.InputTokens)
            .With("@out", usage.OutputTokens).With("@cached", usage.CachedInputTokens).With("@sound", usage.AudioMs).With("@characters", usage.Characters).With("@cost", usage.CostNano)
            .With("@currency", usage.Currency).With("@now", usage.UsedAt)
            .RunAsync(
                """
                INSERT INTO usage ("Id", "UserId", "ConversationId", "Turn", "Day", "Kind", "Provider", "Model", "Calls", "UntoldCalls", "InputTokens", "OutputTokens", "CachedInputTokens", "AudioMs", "Characters", "CostNano", "Currency", "UsedAt")
                VALUES (@id, @user, @conversation, @turn, @day, @kind, @provider, @model, @calls, @untold, @in, @out, @cached, @sound, @characters, @cost, @currency, @now) ON CONFLICT ("Id") DO NOTHING
                """,
                cancellationToken);
    }

    /// <summary>Whose usage a turn's is; null when there is no such turn.</summary>
    public static async Task<Spender?> SpenderOfAsync(ConvonetDb db, Guid turn, CancellationToken cancellationToken)
    {
        await using var select = new Statement(db);
        return await select.With("@id", turn).FirstAsync(
            """SELECT turns."UserId", turns."ConversationId", turns."Number", users."TimeZone" FROM turns JOIN users ON users."Id" = turns."UserId" WHERE turns."Id" = @id""",
            static row => new Spender(new UsageOwner(row.GetGuid(0).ToString(), row.GetString(1), row.GetInt32(2)), row.GetString(3)),
            cancellationToken);
    }

    /// <summary>Whose usage a turn's is.</summary>
    /// <param name="Owner">The user, the conversation, and the turn.</param>
    /// <param name="TimeZone">IANA name of the user's time zone.</param>
    internal sealed record Spender(UsageOwner Owner, string TimeZone);
}
