using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Conversations;

/// <summary>A turn that was told to have failed must not be taken up by the next process: its end is kept before anything else is taken.</summary>
public sealed class UnkeptEndTests : IAsyncDisposable
{
    private readonly ConversationFixture _fixture = new();
    private readonly GoneStore _store = new();
    private readonly Conversation _conversation;

    public UnkeptEndTests() => _conversation = new Conversation("c_0123456789", "user", _fixture.Services with { Store = _store });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    [Fact]
    public async Task Submit_BeforeTheEndOfTheTurnBeforeIsKept_IsNotTaken()
    {
        _fixture.Model.Says("One.").Says("Two.");
        _store.IsGone = true;
        await _conversation.SubmitAsync("a", "one", Token);
        var end = (SessionEvent.AgentResponse)(await ConversationFixture.UntilTurnEndsAsync(_conversation))[^1].Event;

        Assert.Equal("storage_unavailable", end.Error!.Code);
        Assert.Equal(SubmitKind.NotKept, (await _conversation.SubmitAsync("b", "two", Token)).Kind);
        _store.IsGone = false;
        Assert.Equal(SubmitKind.Accepted, (await _conversation.SubmitAsync("b", "two", Token)).Kind);
        await ConversationFixture.UntilTurnEndsAsync(_conversation, 2);

        Assert.Equal([("accept", 1), ("end", 1), ("accept", 2), ("end", 2)], _store.Taken);
        Assert.Equal((TurnOutcome.Failed, "One."), (_store.Ends[0].Outcome, _store.Ends[0].Shown));
    }

    [Fact]
    public async Task End_ThatCouldNotBeKept_IsKeptWhenTheStoreIsBack()
    {
        _fixture.Model.Says("One.");
        _store.IsGone = true;
        await _conversation.SubmitAsync("a", "one", Token);
        await ConversationFixture.UntilTurnEndsAsync(_conversation);
        await _conversation.SnapshotAsync(Token);

        _store.IsGone = false;
        while (!_store.Ended.IsCompleted)
        {
            // The timer is made by another task; a turn of the clock before that moves nothing.
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal([("accept", 1), ("end", 1)], _store.Taken);
    }

    /// <summary>A message that was cancelled while it waited must not run when the conversation is loaded again.</summary>
    [Fact]
    public async Task Cancel_OfAWaitingMessageThatCouldNotBeKept_IsKeptLater()
    {
        var gate = new TaskCompletionSource();
        _fixture.Model.Step().Wait(gate.Task).Text("One.");
        await _conversation.SubmitAsync("a", "one", Token);
        await _conversation.SubmitAsync("b", "two", Token);
        _store.IsGone = true;

        await _conversation.CancelAsync(2, Token);
        await ConversationFixture.UntilTurnEndsAsync(_conversation, 2);
        Assert.Equal(TimeSpan.Zero, _conversation.IdleTime);
        _store.IsGone = false;
        gate.SetResult();
        await ConversationFixture.UntilTurnEndsAsync(_conversation);
        await _conversation.SnapshotAsync(Token);
        await _conversation.DisposeAsync();

        Assert.Contains(_store.Ends, end => end.Outcome == TurnOutcome.Cancelled);
    }

    /// <summary>Takes messages, and ends only while it is there.</summary>
    private sealed class GoneStore : StandInStore
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<Guid> _turns = [];

        public bool IsGone { get; set; }

        public List<(string What, int Turn)> Taken { get; } = [];

        public List<TurnEnd> Ends { get; } = [];

        public Task Ended => _ended.Task;

        public override bool IsDurable => true;

        public override ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken)
        {
            _turns.Add(turn.Id);
            Taken.Add(("accept", turn.Number));
            return ValueTask.FromResult(turn.Number);
        }

        public override ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken)
        {
            if (IsGone)
            {
                throw new IOException("The store is gone.");
            }

            Ends.Add(ending);
            Taken.Add(("end", _turns.IndexOf(ending.Id) + 1));
            _ended.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
