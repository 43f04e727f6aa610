using System.Net.Http.Json;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Security;

/// <summary>What Anna sends does nothing to what Bob has open, and what happens to Bob's things is told to Bob.</summary>
public sealed class EventMatrixTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Confirm_OfAnothersCall_IsTheAnswerToNoneAndTheCallGoesOnWaiting(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        using var anna = await WithAConversationAsync(users);
        var todo = await TwoUsers.MakeAsync(users.Bob, "todos", TwoUsers.Canary);
        users.Server.Model.Step().Call("delete_todo", $$"""{"id":"{{todo}}"}""");
        users.Server.Model.Says("I left it.");
        using var bob = await users.Bob.ConnectAsync();
        await bob.SendAsync("user_message", new { text = "Delete it.", client_msg_id = "m1", voice = true });
        var events = await bob.UntilAsync("tool_confirmation");
        var (id, conversation) = (events[^1].Data.GetProperty("tool_call").GetProperty("id").GetString(), events[0]["conversation"]);

        var answers = new List<string>();
        foreach (var guess in new object[] { new { id, yes = true }, new { id, yes = true, conversation }, new { id = "nonsense", yes = true } })
        {
            await anna.SendAsync("confirm", guess);
            answers.Add((await anna.NextAsync()).Raw);
        }

        Assert.Single(answers.Distinct());
        Assert.Contains("unknown_call", answers[0], StringComparison.Ordinal);
        await bob.SendAsync("confirm", new { id, yes = false });
        await bob.UntilAsync("agent_response");
        var told = Assert.Single(Assert.IsType<HistoryItem.ToolResults>(users.Server.Model.Requests[^1].History[^1]).Results);
        Assert.Equal((ToolOutcome.Cancelled, "Not run: the user said no. Do not ask for it again."), (told.Outcome, told.Content));
        Assert.Contains(todo, await users.Bob.Http.GetStringAsync("api/todos", Token), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task CancelAndSetProvider_ByAnother_LeaveTheTurnAndItsProviderAlone(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        using var anna = await WithAConversationAsync(users);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        users.Server.Model.Step().Text("One").Wait(gate.Task).Text(", two.");
        users.Server.Model.Says("Three.");
        using var bob = await users.Bob.ConnectAsync();
        await bob.AskAsync("Count");
        var conversation = (await bob.UntilAsync("agent_stream_chunk"))[0]["conversation"];

        foreach (var (name, data) in new (string, object)[]
        {
            ("resume", new { conversation, after = 0, epoch = 1 }),
            ("cancel", new { }),
            ("cancel", new { turn = 1 }),
            ("cancel", new { turn = 1, conversation }),
            ("set_provider", new { provider = "second" }),
            ("set_provider", new { provider = "second", conversation }),
        })
        {
            await anna.SendAsync(name, data);
        }

        // Answered after all of them were.
        await anna.SendAsync("nonsense");
        var heard = await anna.UntilAsync(one => one.Name == "error" && one["code"] == "unknown_event");
        gate.SetResult();
        var counted = await bob.UntilAsync("agent_response");
        await bob.AskAsync("Go on");
        var wentOn = await bob.UntilAsync("agent_response");

        Assert.Equal("unknown_conversation", heard[0]["code"]);
        Assert.Equal(("completed", "One, two."), (counted[^1]["outcome"], counted[^1]["text"]));
        Assert.Equal(("completed", "Three."), (wentOn[^1]["outcome"], wentOn[^1]["text"]));
        Assert.Empty(users.Server.Other.Requests);
        Assert.DoesNotContain(counted.Concat(wentOn), one => one.Name == "status" && one["code"] == "provider");
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Feed_OfWhatIsOnesOwn_ReachesNobodyElse(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        using var anna = await users.Anna.ConnectAsync();
        using var bob = await users.Bob.ConnectAsync();
        foreach (var kind in new[] { "todos", "calendar-events", "teams" })
        {
            await TwoUsers.MakeAsync(users.Bob, kind, TwoUsers.Canary);
            await bob.UntilAsync("data_changed");
        }

        using var due = await users.Bob.Http.PostAsJsonAsync("api/reminders", new { text = TwoUsers.Canary, remind_at = "now" }, Token);
        Assert.True(due.IsSuccessStatusCode);
        Assert.Equal(TwoUsers.Canary, (await bob.UntilAsync("reminder_due"))[^1]["text"]);

        await anna.SendAsync("nonsense");
        var next = await anna.NextAsync();
        Assert.Equal(("error", "unknown_event"), (next.Name, next["code"]));
    }

    /// <summary>Anna, in a conversation of her own whose first turn has ended.</summary>
    private static async Task<VoiceClient> WithAConversationAsync(TwoUsers users)
    {
        users.Server.Model.Says("Hello.");
        var anna = await users.Anna.ConnectAsync();
        await anna.AskAsync("Hello");
        await anna.UntilAsync("agent_response");
        return anna;
    }
}
