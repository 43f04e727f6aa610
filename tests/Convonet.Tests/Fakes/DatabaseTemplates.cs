using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Npgsql;

[assembly: AssemblyFixture(typeof(DatabaseTemplates))]

namespace Convonet.Tests.Fakes;

/// <summary>Databases with their tables and nothing in them, made when the first test wants a copy, and gone when the tests end.</summary>
public sealed class DatabaseTemplates : IAsyncDisposable
{
    private static readonly Lazy<Task<byte[]>> Sqlite = new(MakeSqliteAsync);
    private static readonly Lazy<Task<string>> Postgres = new(MakePostgresAsync);

    /// <summary>What is in the file of such a database.</summary>
    internal static Task<byte[]> SqliteAsync() => Sqlite.Value;

    /// <summary>The name of such a database, to which nobody is connected; skips the test when there is no PostgreSQL.</summary>
    internal static Task<string> PostgresAsync()
    {
        Assert.SkipUnless(PostgresDatabase.IsThere, PostgresDatabase.IsMissing);
        return Postgres.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (Postgres is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await PostgresDatabase.DropAsync(PostgresDatabase.Named(await Postgres.Value));
        }
    }

    private static async Task<byte[]> MakeSqliteAsync()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await using (var db = new SqliteDb(new DbContextOptionsBuilder<SqliteDb>().UseSqlite(database.ConnectionString).Options))
        {
            await db.Database.MigrateAsync();
        }

        return await database.ReadFileAsync();
    }

    private static async Task<string> MakePostgresAsync()
    {
        var connection = await PostgresDatabase.CreateAsync();
        await using (var db = new PostgresDb(new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(connection).Options))
        {
            await db.Database.MigrateAsync();
        }

        await using var last = new NpgsqlConnection(connection);
        NpgsqlConnection.ClearPool(last);
        return last.Database;
    }
}
