using System.Net;
using Convonet.Server.Store;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Convonet.Tests.Store;

/// <summary>A server whose store cannot be written to says that it takes no work.</summary>
public sealed class StoreHealthTests
{
    private readonly ObservedTime _time = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ready_FileIsLockedByAnotherProgram_Is503UntilItIsFree()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await TestServer.StartAsync(database: database, time: _time);
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TestServer.Patience };
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(http));
        _time.Advance(StoreHealth.Lifetime);

        await using (var other = new SqliteConnection($"{database.ConnectionString};Pooling=False"))
        {
            await other.OpenAsync(Token);
            await RunAsync(other, "BEGIN IMMEDIATE");

            var locked = ReadyAsync(http);
            await _time.ArmedAsync(StoreHealth.Limit);
            _time.Advance(StoreHealth.Limit);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await locked);
            await RunAsync(other, "ROLLBACK");
        }

        // The look that stood in the file ends by itself, and its result is shared for a moment.
        await UntilReadyAsync(http);
    }

    [Fact]
    public async Task Ready_PostgresTakesNoWrites_Is503UntilItDoes()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await using var server = await TestServer.StartAsync(database: database, time: _time);
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TestServer.Patience };
        await using var admin = NpgsqlDataSource.Create($"{database.ConnectionString};Pooling=False;Options=-c default_transaction_read_only=off");

        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(http));
        _time.Advance(StoreHealth.Lifetime);

        await MakeReadOnlyAsync(admin, "on");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(http));
        await MakeReadOnlyAsync(admin, "off");

        await UntilReadyAsync(http);
    }

    [Fact]
    public async Task Check_ManyAtOnce_StandInTheWritersLineOnce()
    {
        const int Asking = 10;
        await using var fixture = await StoreFixture.CreateAsync();
        var (begun, health) = (0, new StoreHealth(fixture.Store, fixture.Time));
        var writer = await HeldWriter.StartAsync(fixture.Store);
        fixture.Store.Waited = _ => Interlocked.Increment(ref begun);

        var checks = Enumerable.Range(0, Asking).Select(_ => health.CheckHealthAsync(new HealthCheckContext(), Token)).ToArray();
        await writer.LetGoAsync();

        Assert.All(await Task.WhenAll(checks), static result => Assert.Equal(HealthStatus.Healthy, result.Status));
        await health.CheckHealthAsync(new HealthCheckContext(), Token);
        Assert.Equal(1, begun);

        fixture.Time.Advance(StoreHealth.Lifetime);
        await health.CheckHealthAsync(new HealthCheckContext(), Token);
        Assert.Equal(2, begun);
    }

    private static async Task<HttpStatusCode> ReadyAsync(HttpClient http)
    {
        using var response = await http.GetAsync("/readyz", Token);
        return response.StatusCode;
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>For whoever connects from now on, which the server has to.</summary>
    private static async Task MakeReadOnlyAsync(NpgsqlDataSource admin, string value)
    {
        await using var alter = admin.CreateCommand($"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {value}', current_database()); END $$");
        await alter.ExecuteNonQueryAsync(Token);
        await using var end = admin.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await end.ExecuteNonQueryAsync(Token);
    }

    private async Task UntilReadyAsync(HttpClient http)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TestServer.Patience);
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(StoreHealth.Lifetime);
        }
        while (await ReadyAsync(http) != HttpStatusCode.OK);
    }
}
