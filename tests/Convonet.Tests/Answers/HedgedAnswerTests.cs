using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Conversations;

namespace Convonet.Tests.Answers;

/// <summary>An answer is kept under the provider that was chosen, so only its own may be.</summary>
public sealed class HedgedAnswerTests : IAsyncDisposable
{
    private readonly ConversationFixture _fixture = new();
    private readonly Cache _cache = new();
    private readonly Conversation _conversation;

    public HedgedAnswerTests() => _conversation = new Conversation("c_0123456789", "user", _fixture.Services with
    {
        Models = new ChatModels([new(_fixture.Model, true, false), new(_fixture.Other, true, false)], "first", ["second"]),
        Answers = _cache,
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    [Fact]
    public async Task FirstTurn_OfTheChosenProvider_IsKept()
    {
        _fixture.Model.Says("I am first.");

        Assert.Equal(("I am first.", "first"), await AskAsync());
        await _conversation.DisposeAsync();

        Assert.EndsWith("\nI am first.", Assert.Single(_cache.Kept), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstTurn_ThatARivalAnswered_IsNotKept()
    {
        var slow = _fixture.Model.Step().Hang();
        _fixture.Other.Says("I am second. Ask me.");

        var asked = AskAsync();
        await ConversationFixture.WithinAsync(slow.Begun);
        _fixture.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(("I am second. Ask me.", "second"), await asked);
        await _conversation.DisposeAsync();
        Assert.Empty(_cache.Kept);
    }

    [Fact]
    public async Task FirstTurn_ThatTheFallbackAnswered_IsNotKept()
    {
        _fixture.Model.Step().Fail(ModelErrorKind.Unreachable);
        _fixture.Other.Says("I am second.");

        Assert.Equal(("I am second.", "second"), await AskAsync());
        await _conversation.DisposeAsync();

        Assert.Empty(_cache.Kept);
    }

    [Fact]
    public async Task FirstTurn_GivenAgain_AsksNobody()
    {
        _cache.Found = "As before.";

        Assert.Equal(("As before.", "first"), await AskAsync());

        Assert.Equal((0, 0), (_fixture.Model.Requests.Count, _fixture.Other.Requests.Count));
    }

    /// <summary>While it is still being said, the model is asked ahead: not where the answer is there already.</summary>
    [Fact]
    public async Task SpokenFirstTurn_GivenAgain_AsksNobody()
    {
        _cache.Found = "As before.";
        _conversation.Guess("Hello");

        Assert.Equal(("As before.", "first"), await AskAsync());

        Assert.Equal((0, 0), (_fixture.Model.Requests.Count, _fixture.Other.Requests.Count));
    }

    private async Task<(string Text, string Provider)> AskAsync()
    {
        await _conversation.SubmitAsync("a", "Hello", Token);
        var end = (SessionEvent.AgentResponse)(await ConversationFixture.UntilTurnEndsAsync(_conversation))[^1].Event;
        return (end.Text, end.Provider);
    }

    private sealed class Cache : IAnswerCache
    {
        public string? Found { get; set; }

        public List<string> Kept { get; } = [];

        public bool KeepsOwn => true;

        public ValueTask<string?> FindAsync(AnswerKey key, CancellationToken cancellationToken) => ValueTask.FromResult(Found);

        public ValueTask KeepAsync(AnswerKey key, string answer, CancellationToken cancellationToken)
        {
            Kept.Add(answer);
            return default;
        }
    }
}
