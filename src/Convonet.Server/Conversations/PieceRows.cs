using System.Globalization;
using System.Text;
using Convonet.Conversations;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Conversations;

/// <summary>Writes pieces of shown text, by far the most frequent write.</summary>
internal static class PieceRows
{
    /// <summary>How many one statement takes: SQLite looks each parameter up among all, so that the cost of a large one grows with its square.</summary>
    public const int Most = 16;

    /// <summary>Inserts those whose turn has not ended and is still the owner's; one that is there already stays as it is.</summary>
    /// <param name="db">The store, in a transaction.</param>
    /// <param name="pieces">At least one, at most <see cref="Most"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were inserted.</returns>
    public static async Task<int> InsertAsync(ConvonetDb db, IReadOnlyList<StoredPiece> pieces, CancellationToken cancellationToken)
    {
        // A turn that is being deleted is waited for, and left out: on PostgreSQL its foreign key alone would be asked too late, and the pieces of all others fail with it.
        var held = db.Database.IsNpgsql() ? "FOR KEY SHARE OF turns" : "";
        await using var insert = new Statement(db);
        insert.With("@free", Unprotected.Fence);
        var rows = new StringBuilder();
        for (var i = 0; i < pieces.Count; i++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}(@t{i},@o{i},@a{i},@x{i})");
            insert.With($"@t{i}", pieces[i].TurnId).With($"@o{i}", pieces[i].OwnerEpoch).With($"@a{i}", pieces[i].At).With($"@x{i}", StoredText.Clean(pieces[i].Text));
        }

        return await insert.RunAsync(
            $"""
            INSERT INTO pieces ("TurnId", "OwnerEpoch", "At", "Text")
            SELECT new.column1, new.column2, new.column3, new.column4 FROM (VALUES {rows}) AS new
            JOIN turns ON turns."Id" = new.column1 AND (turns."OwnerEpoch" = new.column2 OR @free) AND turns."EndedAt" IS NULL
            WHERE true {held} ON CONFLICT DO NOTHING
            """,
            cancellationToken);
    }
}
