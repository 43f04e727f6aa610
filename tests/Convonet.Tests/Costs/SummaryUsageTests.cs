using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Conversations;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Costs;

/// <summary>A summary is a model call as any other: for a budget, for a provider that is down, and for what is counted.</summary>
public sealed class SummaryUsageTests : IAsyncDisposable
{
    private readonly ConversationFixture _fixture = new();
    private readonly UsageStore _store = new();
    private readonly BudgetOfCalls _budget = new();
    private readonly Conversation _conversation;

    public SummaryUsageTests()
    {
        _fixture.Options.SummarizeAboveTokens = 40;
        _conversation = new Conversation("c_0123456789", "user", _fixture.Services with { Store = _store, Budget = _budget });
    }

    private static string Long { get; } = string.Join(' ', Enumerable.Repeat("A", 100));

    private bool IsSummedUp => _fixture.Model.Requests.Any(request => request.StepId.StartsWith("summary_", StringComparison.Ordinal));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    [Fact]
    public async Task Summary_WithoutBudget_AsksNoModel()
    {
        _budget.Calls = 2;
        _fixture.Model.Says(Long).Says("B");

        await AskAsync(1);
        await AskAsync(2);
        await AskAsync(3); // begins when the one before has ended altogether
        await ConversationFixture.WithinAsync(_conversation.Summarizing);

        Assert.False(IsSummedUp);
    }

    [Fact]
    public async Task Summary_WhileTheProviderIsDown_AsksNoModel()
    {
        _fixture.Model.Says(Long);
        _fixture.Model.Otherwise = static _ => new ScriptedStep().Fail(ModelErrorKind.ServerError);

        await AskAsync(1);
        _fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await AskAsync(2);
        await AskAsync(3);
        await ConversationFixture.WithinAsync(_conversation.Summarizing);

        Assert.False(IsSummedUp);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Summary_WithoutAWord_IsCountedUnlessItWasRefused(bool isRefused, int untold)
    {
        _fixture.Model.Says(Long).Says("B");
        var summary = _fixture.Model.Step();
        _ = isRefused ? summary.Fail(ModelErrorKind.Overloaded) : summary.Hang();
        _fixture.Model.Says("C");
        _fixture.Model.Otherwise = static _ => new ScriptedStep().Fail(ModelErrorKind.Overloaded);

        await AskAsync(1);
        await AskAsync(2);
        await ConversationFixture.WithinAsync(summary.Begun);
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        await ConversationFixture.WithinAsync(_conversation.Summarizing);
        await AskAsync(3);

        Assert.Equal(untold, _store.Told.Where(one => one.Kind == UsageKind.Summary).Sum(one => one.UntoldCalls));
    }

    private async Task AskAsync(int turn)
    {
        await _conversation.SubmitAsync($"m{turn}", "Hello", Token);
        await ConversationFixture.UntilTurnEndsAsync(_conversation, turn);
    }

    /// <summary>Enough for so many calls.</summary>
    private sealed class BudgetOfCalls : IUsageBudget
    {
        private int _asked;

        public int Calls { get; set; } = int.MaxValue;

        public ValueTask<bool> IsSpentAsync(string user, IReadOnlyList<Used> unkept, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Interlocked.Increment(ref _asked) > Calls);
    }
}
