using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Tests.Agents;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Costs;

/// <summary>Two providers work for one step: both are paid, each by its own price.</summary>
public sealed class HedgedUsageTests
{
    private readonly GraphFixture _graph = new() { Remembers = true };
    private readonly ScriptedModel _first = new("first");
    private readonly ScriptedModel _second = new("second");
    private readonly TaskCompletionSource _told = GraphFixture.Gate();
    private readonly TaskCompletionSource _go = GraphFixture.Gate();

    public HedgedUsageTests() => _graph.Options.Watchdog = TimeSpan.FromMinutes(1);

    private IEnumerable<Used> Told => _graph.Usage.All.Where(one => one.Kind != UsageKind.Guessed);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rival_Wins_TheOtherIsCountedAsDropped()
    {
        _first.Step().Usage(100, 5).Signal(_told).Hang();
        _second.Step().Wait(_go.Task).Text("Here I am. Ask me.").Usage(20, 3);

        await RunBothAsync();

        Assert.Equal(
            [
                new Used(UsageKind.Dropped, "first", "first-1") { UntoldCalls = 1, InputTokens = 100, OutputTokens = 5, Cost = 0.00011m },
                new Used(UsageKind.Answer, "second", "second-1") { InputTokens = 20, OutputTokens = 3, Cost = 0.00026m },
            ],
            Told);
    }

    [Fact]
    public async Task First_Wins_TheRivalIsCountedAsDropped()
    {
        var slow = _first.Step().Wait(_go.Task).Text("Here I am. Ask me.").Usage(100, 5);
        _second.Step().Usage(20, 3).Signal(_told).Hang();

        await RunBothAsync(slow);

        Assert.Equal(
            [(UsageKind.Dropped, "second", "second-1", 20, 0.00026m), (UsageKind.Answer, "first", "first-1", 100, 0.00011m)],
            Told.Select(one => (one.Kind, one.Provider, one.Model, one.InputTokens, one.Cost!.Value)));
    }

    [Fact]
    public async Task Loser_ThatToldNothing_HasNoKnownCost()
    {
        var slow = _first.Step().Signal(_told).Hang();
        _second.Step().Wait(_go.Task).Text("Here I am. Ask me.").Usage(20, 3);

        await RunBothAsync(slow);

        Assert.Equal([(UsageKind.Dropped, 1, null), (UsageKind.Answer, 0, (decimal?)0.00026m)], Told.Select(one => (one.Kind, one.UntoldCalls, one.Cost)));
    }

    [Theory]
    [InlineData(ModelErrorKind.Overloaded, 0)]
    [InlineData(ModelErrorKind.Unfinished, 1)]
    public async Task First_FailsWhileTheRivalRuns_IsCountedUnlessItWasRefused(ModelErrorKind kind, int dropped)
    {
        var slow = _first.Step().Wait(_go.Task).Fail(kind);
        var failed = GraphFixture.Gate();
        _second.Step().Usage(20, 3).Signal(_told).Wait(failed.Task).Text("Here I am.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await _told.Task.WaitAsync(Token);
        _go.SetResult();
        await turn.NextAsync<AgentUpdate.Status>();
        failed.SetResult();
        await turn.EndAsync();

        Assert.Equal((dropped, 1), (Count(UsageKind.Dropped), Count(UsageKind.Answer)));
        Assert.Equal("second", Told.Single(one => one.Kind == UsageKind.Answer).Provider);
    }

    [Fact]
    public async Task Cancel_WhileBothRun_BothAreCounted()
    {
        _first.Step().Usage(100, 5).Signal(_told).Hang();
        var heard = GraphFixture.Gate();
        _second.Step().Usage(20, 3).Signal(heard).Hang();
        var turn = _graph.Start(_first, _second);

        await _told.Task.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await heard.Task.WaitAsync(Token);
        turn.Cancel();
        await turn.EndAsync();

        Assert.Equal([("second", UsageKind.Dropped), ("first", UsageKind.Answer)], Told.Select(one => (one.Provider, one.Kind)));
    }

    /// <summary>Nobody is asked, so it says nothing of the provider.</summary>
    [Fact]
    public async Task KeptAnswer_OfAProviderThatIsDown_LeavesItsBreakerOpen()
    {
        var health = _graph.Health.Of(_first);
        using (var report = health.Begin())
        {
            report.Failed(new ModelException(ModelErrorKind.Unreachable, "Down."));
        }

        for (var turn = 0; turn < 12; turn++)
        {
            Assert.Equal("As before.", (await _graph.RunAsync(new KeptAnswer(_first, "As before."))).Text());
        }

        Assert.Equal((BreakerState.Open, null), (health.State, health.FirstContentP90));
        Assert.Equal(new Used(UsageKind.Replayed, "first", "first-1") { Calls = 0, Cost = 0 }, Assert.Single(_graph.Usage.All));
    }

    [Fact]
    public async Task KeptAnswers_EarnNoRivals()
    {
        var hung = _first.Step().Hang();
        _second.Says("Here I am. Ask me.");
        var hedged = _graph.Start(_first, _second);
        await hung.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(_second, (await hedged.EndAsync()).Model);
        for (var turn = 0; turn < 12; turn++)
        {
            await _graph.RunAsync(new KeptAnswer(_first, "As before."));
        }

        var late = _first.Step().Wait(_go.Task).Text("Late.");
        var slow = _graph.Start(_first, _second);
        await late.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4.5));
        _go.SetResult();

        Assert.Equal("Late.", (await slow.RestAsync()).Text());
        Assert.Single(_second.Requests);
    }

    private int Count(UsageKind kind) => Told.Where(one => one.Kind == kind).Sum(one => one.Calls);

    /// <summary>Lets the rival begin, and what waits for it go on when the other has told its tokens.</summary>
    private async Task RunBothAsync(ScriptedStep? slow = null)
    {
        var turn = _graph.Start(_first, _second);
        await (slow?.Begun ?? _told.Task).WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await _told.Task.WaitAsync(Token);
        _go.SetResult();
        await turn.EndAsync();
    }
}
