using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

public sealed class ConversationCancelTests
{
    private readonly ConversationFixture _fixture = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task Cancel_RunningTurn_EndsItAndKeepsWhatWasSaid(int? turn)
    {
        var step = _fixture.Model.Step().Text("I was say").Hang();
        _fixture.Model.Says("Yes?");
        await using var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "Talk", Token);
        await UntilAsync(conversation, one => one is SessionEvent.TextChunk);

        await conversation.CancelAsync(turn, Token);
        var end = (await UntilTurnEndsAsync(conversation))[^1].Event;
        await WithinAsync(step.Closed);
        await conversation.SubmitAsync("b", "Go on", Token);
        await UntilTurnEndsAsync(conversation, 2);

        Assert.True(end is SessionEvent.AgentResponse { Outcome: "cancelled", Success: false, Text: "I was say", Error: null });
        Assert.Equal(["Talk", "I was say", "Go on"], _fixture.Model.Requests[1].History.Select(ConversationTests.Words));
    }

    /// <summary>A stop must not wait behind a message that the store does not take.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_BehindAMessageThatTheStoreIsSlowToTake_StopsAtOnce(bool byVoice)
    {
        var step = _fixture.Model.Step().Text("I was say").Hang();
        await using var conversation = new Conversation("c_0123456789", "user", _fixture.Services with { Store = new SlowStore(_gate.Task) });
        await conversation.SubmitAsync("a", "Talk", Token);
        await UntilAsync(conversation, one => one is SessionEvent.TextChunk);
        var second = conversation.SubmitAsync("b", "And", Token);

        try
        {
            await (byVoice ? conversation.InterruptAsync(1, 2, Token) : conversation.CancelAsync(1, Token));
            await WithinAsync(step.Closed);
            Assert.False(second.IsCompleted);
        }
        finally
        {
            _gate.SetResult();
        }

        await WithinAsync(second);
    }

    [Fact]
    public async Task Cancel_WhileToolsRun_EachCallGetsOneResultInOrder()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fixture = new ConversationFixture(
            Tool("deaf", async _ =>
            {
                running.SetResult();
                await _gate.Task;
                return "too late";
            }),
            Tool("quick", _ => Task.FromResult("done")));
        fixture.Model.Step().Call("deaf").Call("quick");
        fixture.Model.Says("Yes?");
        await using var conversation = fixture.Start();
        await conversation.SubmitAsync("a", "Work", Token);
        await WithinAsync(running.Task);
        await UntilAsync(conversation, one => one is SessionEvent.ToolEnded);

        await conversation.CancelAsync(cancellationToken: Token);
        var events = (await UntilTurnEndsAsync(conversation)).Select(one => one.Event).ToArray();
        _gate.SetResult();
        await conversation.SubmitAsync("b", "Go on", Token);
        await UntilTurnEndsAsync(conversation, 2);

        Assert.Equal([("quick", "ok"), ("deaf", "cancelled")], events.OfType<SessionEvent.ToolEnded>().Select(tool => (tool.ToolCall.Name, tool.Outcome)));
        Assert.Equal("cancelled", Assert.Single(events.OfType<SessionEvent.AgentResponse>()).Outcome);
        var results = Assert.Single(fixture.Model.Requests[1].History.OfType<HistoryItem.ToolResults>()).Results;
        Assert.Equal([("call_1_0_0", ToolOutcome.Cancelled), ("call_1_0_1", ToolOutcome.Ok)], results.Select(result => (result.CallId, result.Outcome)));
    }

    [Fact]
    public async Task Cancel_WaitingTurn_EndsOnlyThat()
    {
        _fixture.Model.Step().Wait(_gate.Task).Text("One.");
        _fixture.Model.Says("Three.");
        await using var conversation = _fixture.Start();
        foreach (var id in "abc")
        {
            await conversation.SubmitAsync($"{id}", $"Message {id}", Token);
        }

        await conversation.CancelAsync(2, Token);
        var end = (await UntilTurnEndsAsync(conversation, 2))[^1].Event;
        _gate.SetResult();
        var events = await UntilTurnEndsAsync(conversation, 3);

        Assert.True(end is SessionEvent.AgentResponse { Outcome: "cancelled", Success: false, Text: "" });
        Assert.Equal(
            [(2, "cancelled"), (1, "completed"), (3, "completed")],
            events.Select(one => one.Event).OfType<SessionEvent.AgentResponse>().Select(response => (response.Turn, response.Outcome)));
        Assert.Equal(["Message a", "One.", "Message c"], _fixture.Model.Requests[1].History.Select(ConversationTests.Words));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(-1)]
    public async Task Cancel_TurnThatIsOverOrNeverWas_ChangesNothing(int turn)
    {
        _fixture.Model.Says("One.");
        _fixture.Model.Step().Wait(_gate.Task).Text("Two.");
        await using var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "1", Token);
        await UntilTurnEndsAsync(conversation);
        await conversation.SubmitAsync("b", "2", Token);

        await conversation.CancelAsync(turn, Token);
        await conversation.SnapshotAsync(Token);
        _gate.SetResult();
        var events = await UntilTurnEndsAsync(conversation, 2);

        Assert.All(events.Select(one => one.Event).OfType<SessionEvent.AgentResponse>(), response => Assert.Equal("completed", response.Outcome));
    }

    [Fact]
    public async Task Cancel_NothingRuns_ChangesNothing()
    {
        _fixture.Model.Says("One.");
        await using var conversation = _fixture.Start();

        await conversation.CancelAsync(cancellationToken: Token);
        await conversation.SubmitAsync("a", "1", Token);
        var events = await UntilTurnEndsAsync(conversation);

        Assert.True(events[^1].Event is SessionEvent.AgentResponse { Outcome: "completed" });
    }

    /// <summary>Takes its second message only when the gate opens.</summary>
    private sealed class SlowStore(Task gate) : StandInStore
    {
        public override async ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken)
        {
            await (turn.Number > 1 ? gate : Task.CompletedTask);
            return turn.Number;
        }
    }
}
