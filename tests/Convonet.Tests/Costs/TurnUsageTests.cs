using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Conversations;

namespace Convonet.Tests.Costs;

/// <summary>What a turn's model calls use, those that came to nothing included.</summary>
public sealed class TurnUsageTests : IAsyncDisposable
{
    private readonly ConversationFixture _fixture = new(ConversationFixture.Tool("look", static _ => Task.FromResult("seen")));
    private readonly UsageStore _store = new();
    private readonly Budget _budget = new();
    private Conversation? _conversation;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation?.DisposeAsync() ?? default;

    [Fact]
    public async Task End_OfSeveralSteps_TellsTokensAndCost()
    {
        _fixture.Model.Step().Usage(1_000, 10).Call("look");
        _fixture.Model.Step().Text("Done.").Usage(2_000, 20);

        var end = await AskAsync();

        Assert.Equal(new UsageView(3_000, 30, 0) { Cost = 0.00306m, Currency = "USD" }, end.Usage);
        Assert.Equal([new Used(UsageKind.Answer, "first", "first-1") { Calls = 2, InputTokens = 3_000, OutputTokens = 30, Cost = 0.00306m }], _store.Told);
    }

    [Fact]
    public async Task End_AfterAnAttemptThatBrokeOff_CountsItToo()
    {
        _fixture.Model.Step().Usage(1_000, 0).Fail(ModelErrorKind.Unfinished);
        _fixture.Model.Step().Text("Done.").Usage(1_000, 5);

        var end = await AskAsync();

        Assert.Equal(2_005, end.Usage!.InputTokens + end.Usage.OutputTokens);
        Assert.Equal([UsageKind.Dropped, UsageKind.Answer], _store.Told.Select(one => one.Kind));
        Assert.Equal([0.001m, 0.00101m], _store.Told.Select(one => one.Cost));
    }

    [Fact]
    public async Task End_AfterAProviderThatRefused_CostsOnlyTheAnswer()
    {
        _fixture.Model.Step().Fail(ModelErrorKind.Overloaded, TimeSpan.Zero);
        _fixture.Model.Step().Text("Done.").Usage(1_000, 5);

        var end = await AskAsync();

        Assert.Equal(0.00101m, end.Usage!.Cost);
        Assert.Equal(UsageKind.Answer, Assert.Single(_store.Told).Kind);
    }

    [Fact]
    public async Task End_OfACallThatToldNothing_HasNoKnownCost()
    {
        _fixture.Model.Says("Done.");

        var end = await AskAsync();

        Assert.Equal(new UsageView(0, 0, 0), end.Usage);
        Assert.Equal(1, Assert.Single(_store.Told).UntoldCalls);
    }

    [Fact]
    public async Task End_AfterAGuessThatWasWrong_CountsTheGuess()
    {
        var told = new TaskCompletionSource();
        var guessed = _fixture.Model.Step().Usage(4_000, 0).Text("Milk.").Signal(told).Hang();
        _fixture.Model.Step().Text("Silk.").Usage(1_000, 0);
        Start();

        _conversation!.Guess("add milk");
        await ConversationFixture.WithinAsync(told.Task);
        _conversation.Guess(null);
        await ConversationFixture.WithinAsync(guessed.Closed);
        await ConversationFixture.WithinAsync(_fixture.Strays.DrainAsync(Token));
        var end = await AskAsync();

        Assert.Equal(5_000, end.Usage!.InputTokens);
        Assert.Equal([(UsageKind.Answer, 1_000L), (UsageKind.Dropped, 4_000L)], _store.Told.Select(one => (one.Kind, one.InputTokens)).Order());
    }

    [Fact]
    public async Task End_AfterAGuessThatWasRefused_CostsOnlyTheAnswer()
    {
        var guessed = _fixture.Model.Step().Fail(ModelErrorKind.Overloaded);
        _fixture.Model.Step().Text("Done.").Usage(1_000, 5);
        Start();

        _conversation!.Guess("Hello");
        await ConversationFixture.WithinAsync(guessed.Closed);
        _conversation.Guess(null);
        await _conversation.SnapshotAsync(Token);
        await ConversationFixture.WithinAsync(_fixture.Strays.DrainAsync(Token));
        var end = await AskAsync();

        Assert.Equal(0.00101m, end.Usage!.Cost);
        Assert.Equal(UsageKind.Answer, Assert.Single(_store.Told).Kind);
    }

    [Fact]
    public async Task Turn_WithoutBudget_AsksNoModel()
    {
        _budget.Left = 0;

        var end = await AskAsync();

        Assert.Equal(("failed", "budget_spent", false), (end.Outcome, end.Error?.Code, end.Error?.Retryable));
        Assert.Empty(_fixture.Model.Requests);
        Assert.Empty(_store.Told);
    }

    [Fact]
    public async Task Turn_WhoseBudgetRunsOut_EndsBeforeTheNextModelCall()
    {
        _budget.Left = 1_000;
        _fixture.Model.Step().Text("One moment. ").Call("look").Usage(1_000, 10);

        var end = await AskAsync();

        Assert.Equal(("One moment. ", "budget_spent"), (end.Text, end.Error?.Code));
        Assert.Single(_fixture.Model.Requests);
        Assert.Equal(1_010, end.Usage!.InputTokens + end.Usage.OutputTokens);
    }

    private void Start() => _conversation ??= new Conversation("c_0123456789", "user", _fixture.Services with
    {
        Prices = new PriceTable(new PriceOptions { Models = { ["first-1"] = new() { Input = 1, Output = 2 } } }),
        Store = _store,
        Budget = _budget,
    });

    private async Task<SessionEvent.AgentResponse> AskAsync()
    {
        Start();
        await _conversation!.SubmitAsync("a", "Hello", Token);
        return (SessionEvent.AgentResponse)(await ConversationFixture.UntilTurnEndsAsync(_conversation))[^1].Event;
    }

    private sealed class Budget : IUsageBudget
    {
        public long Left { get; set; } = long.MaxValue;

        public ValueTask<bool> IsSpentAsync(string user, IReadOnlyList<Used> unkept, CancellationToken cancellationToken) =>
            ValueTask.FromResult(unkept.Sum(one => one.InputTokens + one.OutputTokens) >= Left);
    }
}
