using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Convonet.Tests.Store;

/// <summary>The connection to PostgreSQL ends right behind a <c>COMMIT</c>: it was done, and nobody here was told.</summary>
[Collection(nameof(TestServer))]
public sealed class CutCommitTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private HeldLine _line = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        _line = new HeldLine(new NpgsqlConnectionStringBuilder(_database.ConnectionString).Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_line is not null)
        {
            await _line.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Accept_CutBehindItsCommit_IsOneTurnAndIsAnsweredOnce()
    {
        await using var server = await StartAsync(script: model => model.Says("Hello.").Says("Again."));
        using var client = await VoiceClient.ConnectAsync(server);

        _line.CutBehind("COMMIT"u8, after: "INSERT INTO turns"u8);
        await client.AskAsync("Hi", "m1");
        var end = (await client.UntilAsync("agent_response"))[^1];
        await client.AskAsync("Hi", "m1");
        await client.AskAsync("And?", "m2");
        await client.UntilAsync(one => one.EndsTurn(2));

        Assert.Equal((1, "Hello."), (end.Turn, end["text"]));
        Assert.Equal(1, _line.Cuts);
        Assert.Equal(["m1", "m2"], await ReadAsync(server, db => db.Turns.OrderBy(turn => turn.Number).Select(turn => turn.ClientMsgId)));
        Assert.Equal(2, server.Model.Requests.Count);
    }

    [Fact]
    public async Task Tool_CutBehindItsCommit_TookEffectOnceAndSaysSo()
    {
        var tool = ToolFactory.Create(
            () => new ToolCommit(async (transaction, token) =>
            {
                var db = ((StoreTransaction)transaction).Db;
                db.Todos.Add(new Todo { Id = Guid.NewGuid(), Title = "milk" });
                _line.CutBehind("COMMIT"u8, after: "INSERT INTO todos"u8);
                await db.SaveChangesAsync(token);
                return new ToolAnswer("Made.");
            }),
            "make",
            "Test.",
            new ToolTraits { Effect = ToolEffect.Store });
        await using var server = await StartAsync(script: model => model.Step().Call("make"), tools: [tool]);
        server.Model.Says("Done.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Make it");
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(1, _line.Cuts);
        Assert.Equal(("completed", "Done."), (events[^1]["outcome"], events[^1]["text"]));
        Assert.Equal("ok", events.Single(one => one.Name == "agent_tool_result")["outcome"]);
        Assert.Equal(["milk"], await ReadAsync(server, db => db.Todos.Select(todo => todo.Title)));
    }

    private Task<TestServer> StartAsync(Action<ScriptedModel> script, params Microsoft.Extensions.AI.AIFunction[] tools)
    {
        var through = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Port = _line.Port };
        return TestServer.StartAsync(["--Convonet:Database", through.ConnectionString], tools: tools, script: script, database: _database);
    }

    private static Task<string[]> ReadAsync(TestServer server, Func<ConvonetDb, IQueryable<string>> what) =>
        server.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => what(db).ToArrayAsync(token), Token);
}
