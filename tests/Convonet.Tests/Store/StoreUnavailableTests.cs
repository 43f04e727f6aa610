using Convonet.Server.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Convonet.Tests.Store;

public sealed class StoreUnavailableTests
{
    public static TheoryData<Exception, bool> Failures => new()
    {
        { new NpgsqlException("The connection broke."), true },
        { new InvalidOperationException("Likely transient.", new NpgsqlException("The connection broke.")), true },
        { new InvalidOperationException("Likely transient.", new DbUpdateException("Not saved.", new NpgsqlException("The connection broke."))), true },
        { new PostgresException("It shuts down.", "FATAL", "FATAL", "57P01"), true },
        { new PostgresException("There is one already.", "ERROR", "ERROR", "23505"), false },
        { new SqliteException("The disk is full.", 13), true },
        { new SqliteException("The file system is read-only.", 8), true },
        { new SqliteException("There is one already.", 19), false },
        { new InvalidOperationException("A bug."), false },
        { new IOException("Something else."), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Is_OfAFailure_SaysWhetherTheDatabaseIsNotThere(Exception error, bool gone) => Assert.Equal(gone, StoreUnavailableException.Is(error));
}
