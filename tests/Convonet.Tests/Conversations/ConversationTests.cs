using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Models;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

public sealed class ConversationTests
{
    private readonly ConversationFixture _fixture = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_WhileATurnRuns_WaitsForItsTurn()
    {
        var first = _fixture.Model.Step().Text("One.").Wait(_gate.Task);
        _fixture.Model.Says("Two.").Says("Three.");
        await using var conversation = _fixture.Start();

        Assert.Equal(new(SubmitKind.Accepted, 1), await conversation.SubmitAsync("a", "1", Token));
        Assert.Equal(new(SubmitKind.Accepted, 2), await conversation.SubmitAsync("b", "2", Token));
        Assert.Equal(new(SubmitKind.Accepted, 3), await conversation.SubmitAsync("c", "3", Token));
        await WithinAsync(first.Begun);
        Assert.Single(_fixture.Model.Requests);
        _gate.SetResult();
        var events = await UntilTurnEndsAsync(conversation, 3);

        Assert.Equal(
            ["One.", "end 1", "Two.", "end 2", "Three.", "end 3"],
            events.Select(one => one.Event switch
            {
                SessionEvent.TextChunk chunk => chunk.Text,
                SessionEvent.AgentResponse response => $"end {response.Turn}",
                _ => "",
            }).Where(word => word.Length > 0));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(one => one.Seq));
        Assert.Equal(["1", "One.", "2", "Two.", "3"], _fixture.Model.Requests[2].History.Select(Words));
    }

    [Fact]
    public async Task Submit_MoreThanMayWait_IsBusyAndLeavesNoTrace()
    {
        _fixture.Options.MaxWaitingMessages = 2;
        _fixture.Model.Step().Wait(_gate.Task).Text("One.");
        _fixture.Model.Says("Two.").Says("Three.").Says("Again.");
        await using var conversation = _fixture.Start();
        foreach (var id in "abc")
        {
            await conversation.SubmitAsync($"{id}", "Hello", Token);
        }

        Assert.Equal(new(SubmitKind.Busy, 0), await conversation.SubmitAsync("d", "Too much", Token));
        _gate.SetResult();
        await UntilTurnEndsAsync(conversation, 3);

        // Refused is not remembered: the same message may come again.
        Assert.Equal(new(SubmitKind.Accepted, 4), await conversation.SubmitAsync("d", "Too much", Token));
        await UntilTurnEndsAsync(conversation, 4);
    }

    [Fact]
    public async Task Submit_SameIdTwice_MakesOneTurn()
    {
        _fixture.Model.Step().Wait(_gate.Task).Text("One.");
        await using var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "Hello", Token);

        Assert.Equal(new(SubmitKind.Duplicate, 1), await conversation.SubmitAsync("a", "Hello", Token));
        _gate.SetResult();
        await UntilTurnEndsAsync(conversation);
        Assert.Equal(new(SubmitKind.Duplicate, 1), await conversation.SubmitAsync("a", "Something else", Token));

        var snapshot = await conversation.SnapshotAsync(Token);
        Assert.Single(snapshot.Turns);
        Assert.Single(_fixture.Model.Requests);
    }

    [Fact]
    public async Task SetProvider_BetweenTurns_NextTurnGoesThereWithTheWholeHistory()
    {
        var running = _fixture.Model.Step().Wait(_gate.Task).Text("From the first.");
        _fixture.Other.Says("From the second.");
        await using var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "Hello", Token);
        await WithinAsync(running.Begun);

        // The running turn stays where it is.
        Assert.True(await conversation.SetProviderAsync("SECOND", Token));
        _gate.SetResult();
        await conversation.SubmitAsync("b", "And you?", Token);
        var events = await UntilTurnEndsAsync(conversation, 2);

        Assert.Equal("second", conversation.Provider.Name);
        Assert.Contains(events, one => one.Event is SessionEvent.Status { Code: "provider", Provider: "second" });
        Assert.Equal(
            [("first", "first-1", false), ("second", "second-1", true)],
            events.Select(one => one.Event).OfType<SessionEvent.AgentResponse>().Select(end => (end.Provider, end.Model, end.Emulated)));
        Assert.Equal(["Hello", "From the first.", "And you?"], Assert.Single(_fixture.Other.Requests).History.Select(Words));
    }

    [Fact]
    public async Task SetProvider_Unknown_ChangesNothing()
    {
        await using var conversation = _fixture.Start();

        Assert.False(await conversation.SetProviderAsync("third", Token));

        Assert.Equal("first", conversation.Provider.Name);
        Assert.Equal(0, conversation.Events.Head);
    }

    [Fact]
    public async Task History_LongConversation_IsCutByWholeTurns()
    {
        var fixture = new ConversationFixture(Tool("look", _ => Task.FromResult("seen")));
        fixture.Options.MaxHistoryTurns = 3;
        for (var turn = 1; turn <= 6; turn++)
        {
            fixture.Model.Step().Call("look").Call("look");
            fixture.Model.Says($"Answer {turn}.");
        }

        await using var conversation = fixture.Start();
        for (var turn = 1; turn <= 6; turn++)
        {
            await conversation.SubmitAsync($"m{turn}", $"Question {turn}", Token);
            await UntilTurnEndsAsync(conversation, turn);
        }

        Assert.Equal(
            ["Question 4", "2 calls", "2 results", "Answer 4.", "Question 5", "2 calls", "2 results", "Answer 5.", "Question 6", "2 calls", "2 results"],
            fixture.Model.Requests[^1].History.Select(Words));
    }

    [Fact]
    public async Task Turn_GraphThrowsInMidStep_EndsOnceAndLeavesAValidHistory()
    {
        var fixture = new ConversationFixture(Tool("left", WaitAsync), Tool("right", WaitAsync));
        fixture.Log.BreakAt = "Executing 2 tools";
        fixture.Model.Step().Text("I look. ").Call("left").Call("right");
        fixture.Model.Says("Better.");
        await using var conversation = fixture.Start();

        await conversation.SubmitAsync("a", "Look", Token);
        var events = await UntilTurnEndsAsync(conversation);

        var end = Assert.Single(events.Select(one => one.Event).OfType<SessionEvent.AgentResponse>());
        Assert.Equal((false, "failed", "internal", "I look. ", "first"), (end.Success, end.Outcome, end.Error?.Code, end.Text, end.Provider));
        Assert.DoesNotContain("log is full", end.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(["call_1_0_0", "call_1_0_1"], events.Select(one => one.Event).OfType<SessionEvent.ToolEnded>().Select(tool => tool.ToolCall.Id).Order());

        await conversation.SubmitAsync("b", "Again", Token);
        await UntilTurnEndsAsync(conversation, 2);
        Assert.Equal(["Look", "I look. 2 calls", "2 results", "Again"], fixture.Model.Requests[^1].History.Select(Words));
    }

    [Fact]
    public async Task Dispose_WithRunningAndWaitingTurns_EndsEachOnceAndTakesNothingMore()
    {
        var running = _fixture.Model.Step().Text("One").Hang();
        var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "1", Token);
        await conversation.SubmitAsync("b", "2", Token);
        await UntilAsync(conversation, one => one is SessionEvent.TextChunk);

        await WithinAsync(conversation.DisposeAsync().AsTask());

        var ends = (await UntilAsync(conversation, one => one is SessionEvent.AgentResponse { Turn: 1 }))
            .Select(one => one.Event).OfType<SessionEvent.AgentResponse>().ToDictionary(end => end.Turn, end => (end.Outcome, end.Text));
        Assert.Equal(("cancelled", "One"), ends[1]);
        Assert.Equal(("cancelled", ""), ends[2]);
        await WithinAsync(running.Closed);
        await Assert.ThrowsAsync<ChannelClosedException>(() => conversation.SubmitAsync("c", "3", Token));
        await WithinAsync(conversation.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Dispose_ModelIgnoresItsToken_DoesNotWaitForIt()
    {
        _fixture.Model.IgnoresToken = true;
        var running = _fixture.Model.Step().Text("One").Wait(_gate.Task);
        var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "1", Token);
        await WithinAsync(running.Begun);

        await WithinAsync(conversation.DisposeAsync().AsTask());

        Assert.False(running.Closed.IsCompleted);
        _gate.SetResult();
        await WithinAsync(running.Closed);
    }

    private async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        await _gate.Task.WaitAsync(cancellationToken);
        return "seen";
    }

    internal static string Words(HistoryItem item) => item switch
    {
        HistoryItem.UserMessage user => user.Text,
        HistoryItem.AssistantMessage message => string.Concat(message.Parts.OfType<AssistantPart.Text>().Select(part => part.Value))
            + (message.Parts.OfType<AssistantPart.ToolUse>().Count() is > 0 and var calls ? $"{calls} calls" : ""),
        HistoryItem.ToolResults results => $"{results.Results.Count} results",
        _ => throw new InvalidOperationException(item.ToString()),
    };
}
