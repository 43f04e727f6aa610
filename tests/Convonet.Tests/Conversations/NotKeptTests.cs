using Convonet.Agents;
using Convonet.Conversations;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

/// <summary>A store that fails may have kept the message all the same: nobody knows until it is sent again.</summary>
public sealed class NotKeptTests
{
    private readonly ConversationFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_AgainAfterTheStoreFailed_IsAnsweredOnceWhetherOrNotItWasKept(bool kept)
    {
        _fixture.Model.Says("B.").Says("A.");
        var store = new FailingStore(kept);
        await using var conversation = new Conversation("c_0123456789", "user", _fixture.Services with { Store = store });

        Assert.Equal(new(SubmitKind.NotKept, 0), await conversation.SubmitAsync("a", "1", Token));
        Assert.Equal(new(SubmitKind.Accepted, 2), await conversation.SubmitAsync("b", "2", Token));
        Assert.Equal(new(SubmitKind.Accepted, 1), await conversation.SubmitAsync("a", "1", Token));
        Assert.Equal(new(SubmitKind.Duplicate, 1), await conversation.SubmitAsync("a", "1", Token));
        await UntilTurnEndsAsync(conversation, 1);

        Assert.Equal([("a", 1), ("b", 2)], store.Numbers.OrderBy(one => one.Value).Select(one => (one.Key, one.Value)));
        Assert.Equal(2, _fixture.Model.Requests.Count);
    }

    /// <summary>Fails at the first message, before it is kept or after.</summary>
    private sealed class FailingStore(bool keepsIt) : IConversationStore
    {
        private readonly InMemoryConversationStore _inner = new();
        private bool _failed;

        public Dictionary<string, int> Numbers { get; } = [];

        public bool IsDurable => _inner.IsDurable;

        public ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken)
        {
            var fails = !_failed;
            _failed = true;
            if (!fails || keepsIt)
            {
                Assert.DoesNotContain(turn.Number, Numbers.Where(one => one.Key != turn.ClientMsgId).Select(one => one.Value));
                Numbers.TryAdd(turn.ClientMsgId, turn.Number);
            }

            return fails ? throw new IOException("The store is gone.") : ValueTask.FromResult(Numbers[turn.ClientMsgId]);
        }

        public ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken) => _inner.HasAsync(id, user, cancellationToken);

        public ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken) => _inner.LoadAsync(id, user, cancellationToken);

        public ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch) => _inner.JournalOf(turn, user, ownerEpoch);

        public ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken) => _inner.EndAsync(ending, cancellationToken);

        public ValueTask HearAsync(Guid turn, int ownerEpoch, int heard, CancellationToken cancellationToken) => _inner.HearAsync(turn, ownerEpoch, heard, cancellationToken);

        public ValueTask ChooseAsync(string conversation, int epoch, string provider, CancellationToken cancellationToken) => _inner.ChooseAsync(conversation, epoch, provider, cancellationToken);

        public ValueTask SummarizeAsync(string conversation, int epoch, KeptSummary summary, CancellationToken cancellationToken) => _inner.SummarizeAsync(conversation, epoch, summary, cancellationToken);

        public ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken) => _inner.UnfinishedAsync(cancellationToken);
    }
}
