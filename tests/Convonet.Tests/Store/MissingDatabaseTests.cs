using Convonet.Tests.Fakes;
using Npgsql;

namespace Convonet.Tests.Store;

/// <summary>The database that PostgreSQL is to have is not there yet.</summary>
[Collection(nameof(TestServer))]
public sealed class MissingDatabaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_DatabaseIsNotThereYet_MakesIt()
    {
        await using var beside = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        var store = new NpgsqlConnectionStringBuilder(beside.ConnectionString) { Database = $"missing_{Guid.NewGuid():N}" };
        try
        {
            await using var server = await TestServer.StartAsync(["--Convonet:Database", store.ConnectionString], script: model => model.Says("Hello."), database: beside);
            using var client = await VoiceClient.ConnectAsync(server);
            await client.AskAsync("Hi", "m1");

            Assert.Equal("completed", (await client.UntilAsync("agent_response"))[^1]["outcome"]);
        }
        finally
        {
            await using var database = NpgsqlDataSource.Create(beside.ConnectionString);
            await using var drop = database.CreateCommand($"DROP DATABASE IF EXISTS {store.Database} WITH (FORCE)");
            await drop.ExecuteNonQueryAsync(Token);
        }
    }
}
