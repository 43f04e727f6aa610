using System.Net.Http.Json;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Conversations;
using Convonet.Server.Mcp;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Store;

/// <summary>What is deleted after 30 days, and what stays, on both databases.</summary>
public sealed class RetentionTests
{
    private static readonly ToolCall Send = new("mcp_1", "send", "{}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Sweep_AfterThirtyDays_DeletesTheRecordsOfWhatHasEndedAndNoWord(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var ended = await EndedTurnAsync(store);
        var (open, openJournal) = await store.BeginTurnAsync(number: 2);
        await TestStore.PlanAsync(open, openJournal, 0);
        await AddChangesAsync(store, 1);
        var mcp = new McpLedger(store.Store, store.UserId, Guid.NewGuid(), "k1");
        await mcp.PlanAsync(Invocation(), Token);
        await mcp.RecordAsync(Invocation(), new ToolResult(Send.Id, Send.Name, ToolOutcome.Ok, "Sent.", TimeSpan.Zero), Token);

        Assert.Equal((0, 0), await SweepAsync(store, days: 29));
        Assert.Equal((2, 1), await SweepAsync(store, days: 31));
        Assert.Equal((0, 0), await SweepAsync(store, days: 31));

        Assert.Equal(
            [open.Id],
            await store.Store.ReadAsync((db, token) => db.Calls.Select(planned => planned.TurnId).ToArrayAsync(token), Token));
        Assert.Equal((0, 0, 0, 2), await store.Store.ReadAsync(
            async (db, token) => (await db.Steps.CountAsync(token), await db.Results.CountAsync(token), await db.Set<Change>().CountAsync(token), await db.Turns.CountAsync(token)), Token));

        // The same message makes no second turn, whenever it comes again; a call over MCP is a new one.
        Assert.Equal(1, await store.Conversations.AcceptAsync(ended with { Number = 3 }, 1, Token));
        Assert.Null(await mcp.PlanAsync(Invocation(), Token));

        var kept = await store.Conversations.LoadAsync("c_1", ended.User, Token);
        Assert.Equal(
            ["Hello", "I have added it."],
            KeptHistory.ItemsOf(kept!.Turns[0]).Select(item => item switch
            {
                HistoryItem.UserMessage message => message.Text,
                HistoryItem.AssistantMessage { Parts: [AssistantPart.Text text] } => text.Value,
                _ => item.ToString(),
            }));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Sweep_MoreThanABatch_DeletesAllOfThem(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await AddChangesAsync(store, (2 * Retention.Batch) + 1);

        Assert.Equal((0, (2 * Retention.Batch) + 1), await SweepAsync(store, days: 31));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Sweep_AfterFourHundredDays_DeletesWhatWasUsed(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        await store.Conversations.EndAsync(new TurnEnd(turn.Id, 1, TurnOutcome.Completed, null, "Hi.", "first") { Used = [new Used(UsageKind.Answer, "first", "m")] }, Token);

        await SweepAsync(store, days: 399);
        Assert.Equal(1, await store.Store.ReadAsync((db, token) => db.Usage.CountAsync(token), Token));
        await SweepAsync(store, days: 401);
        Assert.Equal(0, await store.Store.ReadAsync((db, token) => db.Usage.CountAsync(token), Token));
    }

    [Fact]
    public async Task Start_WithOldRecords_DeletesThem()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var database = await TestDatabase.CreateAsync();
        await using (var first = await TestServer.StartAsync(time: time, database: database))
        {
            using var http = TestUser.Client(first);
            using var made = await http.PostAsJsonAsync("api/todos", new { title = "milk" }, Token);
        }

        time.Advance(TimeSpan.FromDays(31));
        await using var second = await TestServer.StartAsync(time: time, database: database);

        await second.Log.WaitForAsync("Records of 0 turns and 1 changes were deleted");
        Assert.Equal(["milk"], await second.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => db.Todos.Select(todo => todo.Title).ToArrayAsync(token), Token));
    }

    [Fact]
    public void ReadParts_CallThatWasJustDeleted_IsLeftOut()
    {
        var parts = HistoryJson.WriteParts([new AssistantPart.Text("Now. "), new AssistantPart.ToolUse(Send)]);

        Assert.Equal([new AssistantPart.Text("Now. ")], HistoryJson.ReadParts(parts, []));
        Assert.Equal(2, HistoryJson.ReadParts(parts, [Send]).Count);
    }

    private static ToolInvocation Invocation() => new(default, Send, new ToolTraits { Effect = ToolEffect.Outside });

    private static async Task<(int Turns, int Changes)> SweepAsync(TestStore store, int days)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(days));
        using var retention = new Retention(store.Store, Options.Create(new RetentionOptions()), null!, time, NullLogger<Retention>.Instance);
        return await retention.SweepAsync(Token);
    }

    /// <summary>A turn with a call and its result, from the message to the end.</summary>
    private static async Task<NewTurn> EndedTurnAsync(TestStore store)
    {
        var (turn, journal) = await store.BeginTurnAsync();
        var invocation = await TestStore.PlanAsync(turn, journal, 0);
        await journal.RecordAsync(invocation, new ToolResult(invocation.Call.Id, invocation.Call.Name, ToolOutcome.Ok, "Done.", TimeSpan.Zero), Token);
        await journal.SaveAsync(
            new Checkpoint(1, 0, GraphNode.Assistant, 2, TurnOutcome.Completed),
            new HistoryItem.AssistantMessage([new AssistantPart.ToolUse(invocation.Call), new AssistantPart.Text("I have added it.")]),
            "I have added it.",
            Token);
        await store.Conversations.EndAsync(new TurnEnd(turn.Id, 1, TurnOutcome.Completed, null, "I have added it.", "first"), Token);
        return turn;
    }

    private static Task<bool> AddChangesAsync(TestStore store, int count) => store.Store.WriteAsync(
        (db, _) =>
        {
            for (var number = 0; number < count; number++)
            {
                var set = new ChangeSet { Id = Guid.NewGuid(), UserId = store.UserId, Summary = "Added milk.", MadeAt = store.Store.Now.ToDateTimeUtc() };
                set.Changes.Add(new Change { Id = Guid.NewGuid(), ChangeSetId = set.Id, Kind = "todo", EntityId = Guid.NewGuid(), VersionAfter = 1 });
                db.ChangeSets.Add(set);
            }

            return Task.FromResult(true);
        },
        cancellationToken: Token);
}
