using System.Data;
using System.Globalization;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Store;

/// <summary>Connections to SQLite's file stay open, are as safe as new ones, and end with the store.</summary>
public sealed class KeptConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_AgainAndSideBySide_LosesNothingAndKnowsAllLetters()
    {
        await using var store = await StoreFixture.CreateAsync();
        for (var round = 0; round < 3; round++)
        {
            var first = store.Store.ReadAsync(AskAsync, Token);
            var second = store.Store.ReadAsync(AskAsync, Token);
            Assert.Equal("2 1 äpfel -8000 4000 1", await first);
            Assert.Equal("2 1 äpfel -8000 4000 1", await second);
        }
    }

    [Fact]
    public async Task Write_OneAfterTheOther_IsOneConnectionThatKeepsItsHandle()
    {
        await using var store = await StoreFixture.CreateAsync();
        var first = await store.Store.WriteAsync(static (db, _) => Task.FromResult(ConnectionOf(db)), cancellationToken: Token);
        await store.Store.ReadAsync(static (db, token) => db.Todos.CountAsync(token), Token);
        Assert.Equal((ConnectionState.Closed, true), (first.State, first.IsKept));
        Assert.Same(first, await store.Store.WriteAsync(static (db, _) => Task.FromResult(ConnectionOf(db)), cancellationToken: Token));
    }

    [Fact]
    public async Task Write_Fails_NothingOfItStaysAndTheNextGoesOn()
    {
        await using var store = await StoreFixture.CreateAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.Store.WriteAsync<bool>(
            static async (db, token) =>
            {
                await BumpAsync(db, token);
                db.Users.Add(new() { Name = "Nobody", TimeZone = "UTC" });
                throw new InvalidOperationException();
            },
            cancellationToken: Token));
        Assert.Equal(0, await store.Store.WriteAsync(VersionAsync, cancellationToken: Token));
        Assert.False(await store.Store.ReadAsync(static (db, token) => db.Users.AnyAsync(user => user.Name == "Nobody", token), Token));
    }

    [Fact]
    public async Task Close_InATransactionThatNobodyEnds_LetsGoOfTheHandle()
    {
        await using var file = await TestDatabase.CreateEmptyAsync();
        await using var connection = new KeptConnection(file.ConnectionString);
        await connection.OpenAsync(Token);
        await connection.CloseAsync();
        Assert.Equal((ConnectionState.Closed, true), (connection.State, connection.IsKept));

        await connection.OpenAsync(Token);
        await RunAsync(connection, "BEGIN IMMEDIATE; CREATE TABLE t (x)");
        await connection.CloseAsync();
        Assert.Equal((ConnectionState.Closed, false), (connection.State, connection.IsKept));

        await connection.OpenAsync(Token);
        await RunAsync(connection, "BEGIN IMMEDIATE; CREATE TABLE t (x); COMMIT");
    }

    [Fact]
    public async Task Open_WithSettingsOfItsOwn_Opens()
    {
        await using var file = await TestDatabase.CreateAsync();
        await using var provider = StoreOf(file.ConnectionString + ";Foreign Keys=True;Recursive Triggers=True");
        Assert.StartsWith("2 1 äpfel", await provider.GetRequiredService<ConvonetStore>().ReadAsync(AskAsync, Token), StringComparison.Ordinal);
    }

    /// <summary>Entity Framework looks first whether there is a file; one that its look had made would have none.</summary>
    [Fact]
    public async Task Migrate_NoFile_MakesOneWithAWriteAheadLog()
    {
        await using var file = await TestDatabase.CreateEmptyAsync();
        await using var provider = StoreOf(file.ConnectionString);
        await using var db = await provider.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        await db.Database.MigrateAsync(Token);
        Assert.Equal("wal", await db.Database.SqlQuery<string>($"SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync(Token));
    }

    [Fact]
    public async Task Statement_WithALongText_IsNotKeptWithIt()
    {
        await using var store = await StoreFixture.CreateAsync();
        var kept = await store.Store.WriteAsync(
            static async (db, token) =>
            {
                foreach (var length in (int[])[10, 20_000])
                {
                    await using var select = new Statement(db);
                    Assert.Equal($"{length}", await select.With("@text", new string('x', length)).FirstAsync("SELECT length(@text)", static row => row.GetString(0), token));
                }

                return ConnectionOf(db).CommandOf("SELECT length(@text)").Parameters[0].Value;
            },
            cancellationToken: Token);
        Assert.Equal(10, Assert.IsType<string>(kept).Length);
    }

    [Fact]
    public async Task CommandOf_SameStatement_IsReadOnce()
    {
        await using var file = await TestDatabase.CreateEmptyAsync();
        await using var connection = new KeptConnection(file.ConnectionString);
        await connection.OpenAsync(Token);
        var first = connection.CommandOf("SELECT 0");
        Assert.Same(first, connection.CommandOf("SELECT 0"));
        for (var i = 1; i <= 64; i++)
        {
            Assert.Equal((long)i, await connection.CommandOf($"SELECT {i}").ExecuteScalarAsync(Token));
        }

        Assert.NotSame(first, connection.CommandOf("SELECT 0")); // as many as are kept have come since
    }

    [Fact]
    public async Task Dispose_Store_LetsGoOfAllHandles()
    {
        await using var file = await TestDatabase.CreateAsync();
        KeptConnection writer, reader, busy;
        await using (var provider = StoreOf(file.ConnectionString))
        {
            var store = provider.GetRequiredService<ConvonetStore>();
            writer = await store.WriteAsync(static (db, _) => Task.FromResult(ConnectionOf(db)), cancellationToken: Token);
            var used = await provider.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
            await used.Database.OpenConnectionAsync(Token);
            busy = ConnectionOf(used);
            reader = await store.ReadAsync(
                static async (db, token) =>
                {
                    await db.Database.OpenConnectionAsync(token);
                    return ConnectionOf(db);
                },
                Token);
            Assert.Distinct([writer, reader, busy]);
            Assert.Equal((true, true, true), (writer.IsKept, reader.IsKept, busy.IsKept));
        }

        Assert.Equal((false, false, true), (writer.IsKept, reader.IsKept, busy.IsKept)); // one that is in use is not taken away
        await busy.CloseAsync();
        Assert.False(busy.IsKept);
    }

    private static ServiceProvider StoreOf(string connection) => new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddStore(connection).BuildServiceProvider();

    private static KeptConnection ConnectionOf(ConvonetDb db) => Assert.IsType<KeptConnection>(db.Database.GetDbConnection());

    private static Task<int> BumpAsync(ConvonetDb db, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync($"PRAGMA user_version = 7", cancellationToken);

    private static async Task<long> VersionAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        await using var ask = new Statement(db);
        return long.Parse((await ask.FirstAsync("PRAGMA user_version", static row => row.GetString(0), cancellationToken))!, CultureInfo.InvariantCulture);
    }

    private static async Task RunAsync(KeptConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Token);
    }

    private static async Task<string> AskAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var ask = new Statement(db);
        var answer = await ask.FirstAsync(
            "SELECT synchronous, foreign_keys, lower('ÄPFEL'), cache_size FROM pragma_synchronous, pragma_foreign_keys, pragma_cache_size",
            static row => $"{row.GetInt64(0)} {row.GetInt64(1)} {row.GetString(2)} {row.GetInt64(3)}",
            cancellationToken);
        await using var log = new Statement(db);
        answer += $" {await log.FirstAsync("PRAGMA wal_autocheckpoint", static row => row.GetString(0), cancellationToken)}";
        return answer + $" {((SqliteConnection)db.Database.GetDbConnection()).DefaultTimeout}";
    }
}
