using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Convonet.Server.Store;

/// <summary>The database cannot be reached, or does nothing at the moment. Nothing was wrong with what was asked.</summary>
internal sealed class StoreUnavailableException(Exception cause) : IOException("The store is not there at the moment.", cause)
{
    /// <summary>Whether a failure means that the database is not there, whatever it is wrapped in.</summary>
    public static bool Is(Exception error) => CauseOf(error) switch
    {
        PostgresException postgres => postgres.IsTransient || StoodStill(postgres) || postgres.SqlState.StartsWith("57", StringComparison.Ordinal), // operator intervention: it shuts down, or starts
        NpgsqlException => true, // not an answer of the server: the connection
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 8 or 10 or 13 or 14, // BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
        _ => false,
    };

    /// <summary>Whether the database has given a transaction up because nothing happened in it. It was not committed, wherever that is learned.</summary>
    public static bool StoodStill(DbException? error) => error is PostgresException { SqlState: "25P03" }; // idle_in_transaction_session_timeout

    /// <summary>The database's own error. Entity Framework wraps those that may pass in an <see cref="InvalidOperationException"/>.</summary>
    public static DbException? CauseOf(Exception error) => error switch
    {
        DbException cause => cause,
        InvalidOperationException { InnerException: { } inner } => CauseOf(inner),
        Microsoft.EntityFrameworkCore.DbUpdateException { InnerException: { } inner } => CauseOf(inner),
        _ => null,
    };
}
