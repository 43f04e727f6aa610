using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.EndToEnd;

/// <summary>Tools that write, side by side, through the whole server.</summary>
public sealed class WritingToolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_TwoToolsThatWaitForEachOther_BothCommit()
    {
        var (left, right) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync(tools: [Meeting("left", left, right.Task), Meeting("right", right, left.Task)]);
        server.Model.Step().Call("left").Call("right");
        server.Model.Says("Both.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Go");
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(["ok", "ok"], events.Where(one => one.Name == "agent_tool_result").Select(one => one["outcome"]));
        Assert.Equal(["left", "right"], (await TitlesAsync(server)).Order());
    }

    [Fact]
    public async Task Run_SameCreateTwiceInOneStep_MakesOneAndNamesItTwice()
    {
        await using var server = await TestServer.StartAsync(tools: [Meeting("make", new(), Task.CompletedTask, oncePerTurn: true)]);
        server.Model.Step().Call("make").Call("make");
        server.Model.Says("Done.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Go");
        await client.UntilAsync("agent_response");

        var results = ((HistoryItem.ToolResults)server.Model.Requests[1].History[^1]).Results.Select(result => result.Content).OrderBy(content => content.Length).ToArray();
        Assert.Equal($"Already done in this turn, not done again: {results[0]}", results[1]);
        Assert.Single(await TitlesAsync(server));
    }

    [Fact]
    public async Task Run_CommitThatIsRefused_IsToldToTheModelAndIsNoLineInTheLog()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Step().Call("create_reminder", """{"reminder_text":"stretch","reminder_date":"2020-01-01T10:00"}""");
        server.Model.Says("That is over.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Go");
        var events = await client.UntilAsync("agent_response");

        Assert.Equal("error", events.Single(one => one.Name == "agent_tool_result")["outcome"]);
        Assert.DoesNotContain(server.Log.Lines(), static line => line.Contains("nobody waited", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CommitThatOutlastsTheLimit_EndsAsTimeoutAndWritesNothing()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (inside, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = ToolFactory.Create(
            () => new ToolCommit(async (transaction, token) =>
            {
                var db = ((StoreTransaction)transaction).Db;
                db.Todos.Add(new Todo { Id = Guid.NewGuid(), Title = "late" });
                await db.SaveChangesAsync(token);
                inside.SetResult();
                await goOn.Task.WaitAsync(token);
                return new ToolAnswer("Late.");
            }),
            "slow",
            "Test.",
            new ToolTraits { Effect = ToolEffect.Store });
        await using var server = await TestServer.StartAsync(["--Convonet:Tools:Limit", "00:00:03"], time, [slow]);
        server.Model.Step().Call("slow");
        server.Model.Says("Too slow.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Go");
        await inside.Task.WaitAsync(TestServer.Patience, Token);
        time.Advance(TimeSpan.FromSeconds(3));
        var events = await client.UntilAsync("agent_response");

        Assert.Equal("timeout", events.Single(one => one.Name == "agent_tool_result")["outcome"]);
        Assert.Empty(await TitlesAsync(server));
    }

    private static AIFunction Meeting(string name, TaskCompletionSource here, Task other, bool oncePerTurn = false) => ToolFactory.Create(
        async () =>
        {
            here.TrySetResult();
            await other.WaitAsync(TestServer.Patience, Token);
            return new ToolCommit(async (transaction, token) =>
            {
                var todo = new Todo { Id = Guid.NewGuid(), Title = name };
                var db = ((StoreTransaction)transaction).Db;
                db.Todos.Add(todo);
                await db.SaveChangesAsync(token);
                return new ToolAnswer($"Made {todo.Id}");
            });
        },
        name,
        "Test.",
        new ToolTraits { Effect = ToolEffect.Store, OncePerTurn = oncePerTurn });

    private static Task<string[]> TitlesAsync(TestServer server) => server.Services.GetRequiredService<ConvonetStore>()
        .ReadAsync((db, token) => db.Todos.Select(todo => todo.Title).ToArrayAsync(token), Token);
}
