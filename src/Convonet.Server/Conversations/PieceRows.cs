using System.Data.Common;
using System.Globalization;
using System.Text;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Convonet.Server.Conversations;

/// <summary>
/// Writes pieces of shown text in one statement, in SQL that both databases read. It is by far the most frequent write: tracked entities cost more than all else
/// that the server does while text flows.
/// </summary>
internal static class PieceRows
{
    /// <summary>How many one statement takes.</summary>
    public const int Most = 250;

    /// <summary>Inserts those whose turn has not ended and is still the owner's; one that is there already stays as it is.</summary>
    /// <param name="db">The store, in a transaction.</param>
    /// <param name="pieces">At least one, at most <see cref="Most"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were inserted.</returns>
    public static async Task<int> InsertAsync(ConvonetDb db, IReadOnlyList<StoredPiece> pieces, CancellationToken cancellationToken)
    {
        await using var insert = db.Database.GetDbConnection().CreateCommand();
        insert.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        insert.CommandTimeout = db.Database.GetCommandTimeout() ?? insert.CommandTimeout;
        var rows = new StringBuilder();
        for (var i = 0; i < pieces.Count; i++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}(@t{i},@o{i},@a{i},@x{i})");
            Add(insert, $"@t{i}", pieces[i].TurnId);
            Add(insert, $"@o{i}", pieces[i].OwnerEpoch);
            Add(insert, $"@a{i}", pieces[i].At);
            Add(insert, $"@x{i}", StoredText.Clean(pieces[i].Text));
        }

        insert.CommandText =
            $"""
            INSERT INTO pieces ("TurnId", "OwnerEpoch", "At", "Text")
            SELECT new.column1, new.column2, new.column3, new.column4 FROM (VALUES {rows}) AS new
            JOIN turns ON turns."Id" = new.column1 AND turns."OwnerEpoch" = new.column2 AND turns."EndedAt" IS NULL
            WHERE true ON CONFLICT DO NOTHING
            """;
        return await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
