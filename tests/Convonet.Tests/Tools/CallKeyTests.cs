using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Tools;

/// <summary>Ids of what a call makes derive from the call, so that the same call makes the same rows.</summary>
public sealed class CallKeyTests
{
    private static readonly CallKey Key = new("user", Guid.Parse("11111111-2222-3333-4444-555555555555"), 1, 2);

    [Fact]
    public void NewId_OfTheSameCall_IsTheSame()
    {
        Assert.Equal(Key.NewId(3), (Key with { }).NewId(3));
        Assert.Equal(8, Key.NewId().Version);
    }

    [Fact]
    public void NewId_OfAnyOther_IsAnother()
    {
        Guid[] ids =
        [
            Key.NewId(), Key.NewId(1), (Key with { User = "other" }).NewId(), (Key with { Turn = Guid.Empty }).NewId(),
            (Key with { Step = 2 }).NewId(), (Key with { Ordinal = 1 }).NewId(), (Key with { Step = 12, Ordinal = 2 }).NewId(), (Key with { Step = 1, Ordinal = 22 }).NewId(),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.NotEqual(Key.IdempotencyKey, (Key with { Ordinal = 1 }).IdempotencyKey);
    }

    [Fact]
    public async Task CreateTodo_InATurn_HasTheIdOfItsCall()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Step().Call("create_todo", """{"title":"milk"}""").Call("create_todo", """{"title":"eggs"}""");
        server.Model.Says("Done.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Milk and eggs");
        await client.UntilAsync("agent_response");

        await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var turn = db.Turns.Single();
        var key = new CallKey(turn.UserId.ToString(), turn.Id, 0, 0);
        Assert.Equal(key.NewId(), db.Todos.Single(todo => todo.Title == "milk").Id);
        Assert.Equal((key with { Ordinal = 1 }).NewId(), db.Todos.Single(todo => todo.Title == "eggs").Id);
    }
}
