using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Store;

/// <summary>A process that was killed while it started has left Entity Framework's lock in the file.</summary>
[Collection(nameof(TestServer))]
public sealed class UpgradeLockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_KilledWithNothingToUpgrade_StartsAtOnce()
    {
        await using var file = await TestDatabase.CreateAsync();
        await LockAsync(file, DateTimeOffset.UtcNow);

        await using var server = await TestServer.StartAsync(file.Arguments, script: model => model.Says("Hello."));

        await AnswersAsync(server);
    }

    [Fact]
    public async Task Start_KilledInTheMiddleOfAnUpgrade_UpgradesTheRest()
    {
        await using var file = await TestDatabase.CreateEmptyAsync();
        await using (var db = new SqliteDb(new DbContextOptionsBuilder<SqliteDb>().UseSqlite(file.ConnectionString).Options))
        {
            await db.GetService<IMigrator>().MigrateAsync("20261122221652_Initial", Token);
        }

        await LockAsync(file, DateTimeOffset.UtcNow.AddSeconds(-11));

        await using var server = await TestServer.StartAsync(file.Arguments, script: model => model.Says("Hello."));

        await AnswersAsync(server);
    }

    /// <summary>As on a file system that came back read-only, behind a process that was killed: there it could be opened, and each message would have been refused.</summary>
    [Fact]
    public async Task Start_OnAFileThatCanOnlyBeRead_SaysSoAndEnds()
    {
        await using var file = await TestDatabase.CreateAsync();
        await using var provider = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddStore(file.ConnectionString + ";Mode=ReadOnly").BuildServiceProvider();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => new StoreUpgrade(provider.GetRequiredService<IDbContextFactory<ConvonetDb>>()).StartAsync(Token));

        Assert.EndsWith("can only be read.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Without a write-ahead log readers and writers would lock each other out.</summary>
    [Fact]
    public async Task Start_OnNoFile_MakesOneWithAWriteAheadLog()
    {
        await using var file = await TestDatabase.CreateEmptyAsync();
        await using var server = await TestServer.StartAsync(file.Arguments);

        await using var connection = new SqliteConnection(file.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", await command.ExecuteScalarAsync(Token));
    }

    private static async Task AnswersAsync(TestServer server)
    {
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Hi", "m1");
        Assert.Equal("completed", (await client.UntilAsync("agent_response"))[^1]["outcome"]);
    }

    /// <summary>As Entity Framework takes it.</summary>
    private static async Task LockAsync(TestDatabase file, DateTimeOffset since)
    {
        await using var connection = new SqliteConnection(file.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" ("Id", "Timestamp") VALUES (1, @since);
            """;
        command.Parameters.AddWithValue("@since", since);
        await command.ExecuteNonQueryAsync(Token);
    }
}
