using Convonet.Conversations;
using Convonet.Server.Store;

namespace Convonet.Server.Conversations;

/// <summary>The rows that every turn writes: its beginning and its end.</summary>
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
                WHERE "Id" = @id AND ("OwnerEpoch" = @owner OR @free) AND "EndedAt" IS NULL
                """,
                cancellationToken) == 1;
    }

    /// <summary>Lets go of the text that a turn's row has by now.</summary>
    public static async Task ForgetPiecesAsync(ConvonetDb db, Guid turn, CancellationToken cancellationToken)
    {
        await using var delete = new Statement(db);
        await delete.With("@id", turn).RunAsync("""DELETE FROM pieces WHERE "TurnId" = @id""", cancellationToken);
    }
}
