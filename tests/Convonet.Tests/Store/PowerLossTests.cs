using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Store;

/// <summary>SQLite's files as they are when the power fails: no test can pull the plug, but each can look at what was written before an acknowledgement, and at less than that.</summary>
[Collection(nameof(TestServer))]
public sealed class PowerLossTests : IDisposable
{
    private const int Written = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("convonet-power-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Each commit waits until the disk has it.</summary>
    [Fact]
    public async Task Connections_OfEveryKind_WaitForTheDisk()
    {
        await using var store = await TestStore.CreateAsync();

        var read = await store.Store.ReadAsync((db, _) => SettingsAsync(db), Token);
        var written = await store.Store.WriteAsync((db, _) => SettingsAsync(db), cancellationToken: Token);

        Assert.Equal("wal 2", read);
        Assert.Equal("wal 2", written);
    }

    /// <summary>A log that is torn in its last record, or whose last record is not what was written, is as long as what is whole of it.</summary>
    [Theory]
    [InlineData("as it is", Written)]
    [InlineData("torn", Written - 1)]
    [InlineData("flipped", Written - 1)]
    public async Task Files_OfTheMomentAfterACommit_HoldAllThatIsWhole(string log, int kept)
    {
        var copy = await CopyAsync();
        var bytes = await File.ReadAllBytesAsync(copy + "-wal", Token);
        bytes[^100] ^= (byte)(log == "flipped" ? 1 : 0);
        await File.WriteAllBytesAsync(copy + "-wal", bytes[..^(log == "torn" ? 100 : 0)], Token);

        await using var server = await TestServer.StartAsync(["--Convonet:Database", $"Data Source={copy};Pooling=False"], script: model => model.Says("Hello."));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Hi");

        Assert.Equal("Hello.", (await client.UntilAsync("agent_response"))[^1]["text"]);
        Assert.Equal(kept, await server.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => db.Todos.CountAsync(token), Token));
    }

    /// <summary>The files of a server that has just told of its last commit, and goes on.</summary>
    private async Task<string> CopyAsync()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await TestServer.StartAsync(database: database);
        var store = server.Services.GetRequiredService<ConvonetStore>();
        for (var number = 0; number < Written; number++)
        {
            var title = $"todo {number}";
            await store.WriteAsync(
                (db, _) =>
                {
                    db.Todos.Add(new Todo { Id = Guid.NewGuid(), Title = title });
                    return Task.FromResult(true);
                },
                cancellationToken: Token);
        }

        var (from, to) = (new SqliteConnectionStringBuilder(database.ConnectionString).DataSource, Path.Combine(_folder, "copy.db"));
        File.Copy(from, to);
        File.Copy(from + "-wal", to + "-wal");
        return to;
    }

    private static async Task<string> SettingsAsync(ConvonetDb db)
    {
        var journal = await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync(Token);
        return $"{journal} {await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync(Token)}";
    }
}
