using Convonet.Conversations;
using Convonet.Tests.Fakes;
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
    private sealed class FailingStore(bool keepsIt) : StandInStore
    {
        private bool _failed;

        public Dictionary<string, int> Numbers { get; } = [];

        public override ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken)
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
    }
}
