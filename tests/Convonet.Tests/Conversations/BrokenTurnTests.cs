using System.Threading.Channels;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

/// <summary>Whatever breaks in a turn, its conversation goes on: here with a history that every provider accepts, or with its next owner.</summary>
public sealed class BrokenTurnTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>At the plan of its calls, or at what is kept next.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task TakenUp_JournalBreaks_EachCallHasAResultInTheNextRequest(int breaksAt)
    {
        var fixture = new ConversationFixture(Tool("left", _ => Task.FromResult("l")), Tool("right", _ => Task.FromResult("r")));
        fixture.Model.Says("Better.");
        var kept = new KeptTurn(
            new NewTurn(Guid.NewGuid(), "c_0123456789", 1, "user", "a", "Look", false, "first"), 2, "", null, null,
            [new KeptStep(0, null, null, null, [Planned("call_1_0_0", "left"), Planned("call_1_0_1", "right")])]);
        await using var conversation = new Conversation(
            "c_0123456789", "user", fixture.Services with { Store = new BreakingStore(kept.Turn.Id, breaksAt) }, new KeptConversation("c_0123456789", "first", 2, 1, [kept]));

        var end = (await UntilTurnEndsAsync(conversation))[^1].Event;
        await conversation.SubmitAsync("b", "Again", Token);
        await UntilTurnEndsAsync(conversation, 2);

        Assert.Equal("storage_unavailable", ((SessionEvent.AgentResponse)end).Error?.Code);
        Assert.Equal(["Look", "2 calls", "2 results", "Again"], fixture.Model.Requests[^1].History.Select(ConversationTests.Words));
        var results = ((HistoryItem.ToolResults)fixture.Model.Requests[^1].History[2]).Results;
        Assert.Equal(["call_1_0_0", "call_1_0_1"], results.Select(result => result.CallId));
        Assert.All(results, result => Assert.Equal(ToolOutcome.Unknown, result.Outcome));
    }

    /// <summary>The store goes away between two calls of a step: the first has had its effect, and "again" must not have it twice.</summary>
    [Fact]
    public async Task Step_BreaksBehindACallThatRan_TheNextRequestKnowsOfIt()
    {
        var shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fixture = new ConversationFixture(Tool("left", _ => Task.FromResult("l")), Tool("right", _ => Task.FromResult("r")));
        fixture.Model.Step().Text("One. ").Call("left").Wait(shown.Task).Text("Two. ").Call("right");
        fixture.Model.Says("Better.");
        await using var conversation = new Conversation("c_0123456789", "user", fixture.Services with { Store = new BreakingStore(null, 1, keeps: true) });
        using var following = conversation.Follow(() =>
        {
            if (conversation.Events.TryReadAfter(conversation.Events.Head - 1, out var last) && last.Event is SessionEvent.ToolEnded)
            {
                shown.TrySetResult();
            }
        });

        await conversation.SubmitAsync("a", "Look", Token);
        var end = (SessionEvent.AgentResponse)(await UntilTurnEndsAsync(conversation))[^1].Event;
        await conversation.SubmitAsync("b", "Again", Token);
        await UntilTurnEndsAsync(conversation, 2);

        Assert.Equal(("storage_unavailable", "One. Two. "), (end.Error?.Code, end.Text));
        var history = fixture.Model.Requests[^1].History;
        Assert.Equal(
            ["Look", "One. ", "left", "Two. ", "right", "left: Ok l", "right: Unknown", "Again"],
            history.SelectMany(item => item switch
            {
                HistoryItem.AssistantMessage said => said.Parts.Select(part => part is AssistantPart.ToolUse use ? use.Call.Name : ((AssistantPart.Text)part).Value),
                HistoryItem.ToolResults results => results.Results.Select(result => $"{result.Name}: {result.Outcome}{(result.Outcome == ToolOutcome.Ok ? " " + result.Content : "")}"),
                _ => [ConversationTests.Words(item)],
            }));
    }

    /// <summary>As a version before kept it, or one that knows more than this one: there is nothing to plan, and nothing is.</summary>
    [Fact]
    public async Task TakenUp_StepWithoutCalls_EndsAsTheStepDid()
    {
        var fixture = new ConversationFixture();
        var kept = new KeptTurn(
            new NewTurn(Guid.NewGuid(), "c_0123456789", 1, "user", "a", "Look", false, "first"), 2, "", null, null,
            [new KeptStep(0, [new AssistantPart.Text("Nothing there.")], TurnOutcome.Completed, null, [])]);
        await using var conversation = new Conversation(
            "c_0123456789", "user", fixture.Services with { Store = new BreakingStore(kept.Turn.Id, 0, saves: true) }, new KeptConversation("c_0123456789", "first", 2, 1, [kept]));

        var end = (SessionEvent.AgentResponse)(await UntilTurnEndsAsync(conversation))[^1].Event;

        Assert.Equal(("completed", null), (end.Outcome, end.Error?.Code));
        Assert.Empty(fixture.Model.Requests);
    }

    /// <summary>The end cannot be written, because the turn is another owner's: nobody may wait here for an answer any more.</summary>
    [Fact]
    public async Task Stop_BeforeTheFirstRequestOfATurnOfAnotherOwner_LeavesTheConversationToIt()
    {
        var fixture = new ConversationFixture();
        var facts = new FactsThatAreNeverTold();
        await using var conversation = new Conversation("c_0123456789", "user", fixture.Services with { Store = new FencedStore(), Facts = facts });
        var left = new TaskCompletionSource();
        using var following = conversation.Follow(() =>
        {
            if (conversation.IsSuperseded)
            {
                left.TrySetResult();
            }
        });
        await conversation.SubmitAsync("a", "one", Token);
        await facts.Asked.Task.WaitAsync(Limit, Token);

        await conversation.CancelAsync(1, Token);
        await left.Task.WaitAsync(Limit, Token);

        await Assert.ThrowsAsync<ChannelClosedException>(() => conversation.SubmitAsync("b", "two", Token).WaitAsync(Limit, Token));
    }

    /// <summary>A bug in the conversation itself: whoever waits is told, and the next owner has what the store has.</summary>
    [Fact]
    public async Task Submit_ConversationBreaks_IsToldAndLeft()
    {
        var fixture = new ConversationFixture();
        await using var conversation = new Conversation("c_0123456789", "user", fixture.Services with { Store = new StoreWithoutJournals() });

        await Assert.ThrowsAsync<ChannelClosedException>(() => conversation.SubmitAsync("a", "one", Token).WaitAsync(Limit, Token));

        Assert.True(conversation.IsSuperseded);
    }

    private static KeptCall Planned(string id, string tool) => new(new ToolCall(id, tool, "{}"), [], null, ToolEffect.Outside);

    /// <summary>Its first turn's journal takes calls so many times and then none any more, nor anything else unless it saves.</summary>
    private sealed class BreakingStore(Guid? turn, int breaksAt, bool saves = false, bool keeps = false) : StandInStore
    {
        private Guid? _turn = turn;

        public override ITurnJournal JournalOf(Guid of, string user, int ownerEpoch) => of == (_turn ??= of) ? new BreakingJournal(breaksAt, saves, keeps) : base.JournalOf(of, user, ownerEpoch);
    }

    private sealed class BreakingJournal(int breaksAt, bool saves, bool keeps) : ITurnJournal
    {
        private int _planned;

        public ValueTask<IReadOnlyList<ToolResult?>> PlanAsync(IReadOnlyList<PlannedCall> planned, CancellationToken cancellationToken) =>
            _planned++ < breaksAt ? ValueTask.FromResult<IReadOnlyList<ToolResult?>>(new ToolResult?[planned.Count]) : throw new JournalException(new IOException("The disk is full."));

        public ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken) =>
            keeps ? ValueTask.FromResult(result) : throw new JournalException(new IOException());

        public ValueTask<ToolResult> CommitAsync(ToolInvocation invocation, ToolCommit commit, Func<ToolAnswer, ToolResult> toResult, CancellationToken cancellationToken) =>
            throw new JournalException(new IOException());

        public ValueTask SaveAsync(Checkpoint checkpoint, HistoryItem added, string shown, CancellationToken cancellationToken) =>
            saves ? ValueTask.CompletedTask : throw new JournalException(new IOException());

        public void Show(int at, string text, Action superseded)
        {
        }

        public void Close()
        {
            // Nothing is kept.
        }
    }

    private sealed class FactsThatAreNeverTold : IUserFacts
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<UserTold> TellAsync(string user, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }

    private sealed class FencedStore : StandInStore
    {
        public override bool IsDurable => true;

        public override ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken) => ValueTask.FromResult(turn.Number);

        public override ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken) => throw new TurnFencedException();
    }

    private sealed class StoreWithoutJournals : StandInStore
    {
        public override bool IsDurable => true;

        public override ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken) => ValueTask.FromResult(turn.Number);

        public override ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch) => throw new InvalidOperationException("A bug.");
    }
}
