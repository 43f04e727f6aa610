using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>A model that shows nothing gets a rival; the first that says something has the step, and of the other there is nothing.</summary>
public sealed class HedgingTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    private readonly GraphFixture _graph = new() { Remembers = true };
    private readonly ScriptedModel _first = new("first");
    private readonly ScriptedModel _second = new("second");

    public HedgingTests() => _graph.Options.Watchdog = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Options_Defaults_AreThoseOfTheDesign()
    {
        var options = new HedgingOptions();

        Assert.Equal((true, 1.5, 4, 0.1), (options.Enabled, options.MinDelay.TotalSeconds, options.MaxDelay.TotalSeconds, options.Budget));
    }

    [Fact]
    public async Task Silence_PastTheDelay_TheRivalAnswersAndTheOtherIsCancelled()
    {
        var slow = _first.Step().Hang();
        _second.Step().Usage(7, 3).Text("Here I am. ").Text("Ask me.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        var updates = await turn.RestAsync();

        Assert.Equal(("Here I am. Ask me.", TurnOutcome.Completed, _second), (updates.Text(), updates.End().Outcome, updates.End().Model));
        Assert.Equal((StatusCode.Fallback, "second", "first takes long. second answers instead."), Assert.Single(updates.OfType<AgentUpdate.Status>()) is var told ? (told.Code, told.Provider, told.Message) : default);
        await slow.Closed.WaitAsync(Token);
        Assert.Equal((1, 1), (_first.Requests.Count, _second.Requests.Count));
        Assert.Equal(_first.Requests[0], _second.Requests[0]);
        Assert.Equal("Here I am. Ask me.", Said());
        await _graph.Time.NoTimersAsync();
    }

    [Fact]
    public async Task Silence_JustBeforeTheDelay_NobodyElseIsAsked()
    {
        var gate = GraphFixture.Gate();
        var slow = _first.Step().Wait(gate.Task).Text("Just in time.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4) - Tick);
        gate.SetResult();

        Assert.Equal("Just in time.", (await turn.RestAsync()).Text());
        Assert.Empty(_second.Requests);
    }

    [Theory]
    [InlineData(0.4, 1.5)]
    [InlineData(2.25, 2.25)]
    [InlineData(9, 4)]
    public async Task Delay_IsTheModelsOwnP90WithinItsBounds(double p90, double delay)
    {
        var known = _graph.Health.Of(_first);
        for (var call = 0; call < 10; call++)
        {
            using var report = known.Begin();
            report.Answered(TimeSpan.FromSeconds(p90));
        }

        var slow = _first.Step().Hang();
        var rival = _second.Step().Text("Here I am. Ask me.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(delay) - Tick);
        Assert.False(rival.Begun.IsCompleted);
        _graph.Time.Advance(Tick);

        Assert.Equal(_second, (await turn.EndAsync()).Model);
        await rival.Begun.WaitAsync(Token);
    }

    [Fact]
    public async Task First_SpeaksWhileTheRivalRuns_HasTheStepAtItsFirstClause()
    {
        var (words, rest) = (GraphFixture.Gate(), GraphFixture.Gate());
        var slow = _first.Step().Wait(words.Task).Text("Well, ").Wait(rest.Task).Text("here I am.");
        var rival = _second.Step().Text("Mine").Hang();
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await rival.Begun.WaitAsync(Token);
        words.SetResult();
        Assert.Equal("Well, ", (await turn.NextAsync<AgentUpdate.TextDelta>()).Text);
        await rival.Closed.WaitAsync(Token);
        rest.SetResult();
        var updates = await turn.RestAsync();

        Assert.Equal(("here I am.", _first), (updates.Text(), updates.End().Model));
        Assert.Empty(updates.OfType<AgentUpdate.Status>());
        Assert.Equal("Well, here I am.", Said());
    }

    [Fact]
    public async Task Rival_HasAClauseWhileTheFirstHasOnlyWords_NothingOfTheFirstIsShown()
    {
        var (asked, heard, go) = (GraphFixture.Gate(), GraphFixture.Gate(), GraphFixture.Gate());
        var slow = _first.Step().Wait(asked.Task).Text("Mine").Signal(heard).Hang();
        var rival = _second.Step().Wait(go.Task).Text("Here I am. Ask me.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await rival.Begun.WaitAsync(Token);
        asked.SetResult();
        await heard.Task.WaitAsync(Token);
        go.SetResult();
        var updates = await turn.RestAsync();

        Assert.Equal(("Here I am. Ask me.", "Here I am. Ask me."), (updates.Text(), Said()));
        await slow.Closed.WaitAsync(Token);
    }

    /// <summary>Both ask for the same call under the same id; it is planned, shown and run once.</summary>
    [Fact]
    public async Task ReadyCall_ClaimsTheStep_AndTheOthersIsNeverRun()
    {
        var runs = 0;
        _graph.Tools.Add(ToolFactory.Create(() => { Interlocked.Increment(ref runs); return "done"; }, "probe", "Test."));
        var (late, go, heard) = (GraphFixture.Gate(), GraphFixture.Gate(), GraphFixture.Gate());
        var slow = _first.Step().Wait(late.Task).Asked("probe").Signal(heard).Hang();
        var rival = _second.Step().Wait(go.Task).Call("probe");
        _second.Says("Done.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await rival.Begun.WaitAsync(Token);
        late.SetResult();
        await heard.Task.WaitAsync(Token);
        go.SetResult();
        var updates = await turn.RestAsync();

        Assert.Equal((1, 1, 1), (runs, updates.OfType<AgentUpdate.ToolStarted>().Count(), updates.Results().Count()));
        Assert.DoesNotContain(updates, update => update is AgentUpdate.ToolAsked);
        Assert.Equal(("Done.", 2, 1), (updates.Text(), _second.Requests.Count, _first.Requests.Count));
        await slow.Closed.WaitAsync(Token);
    }

    [Fact]
    public async Task CallBegun_BeforeTheDelay_IsSomethingShown()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "done", "probe", "Test."));
        var (begun, go) = (GraphFixture.Gate(), GraphFixture.Gate());
        _first.Step().Asked("probe").Signal(begun).Wait(go.Task).Call("probe");
        _first.Says("Done.");
        var turn = _graph.Start(_first, _second);

        await begun.Task.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        go.SetResult();

        Assert.Equal("Done.", (await turn.RestAsync()).Text());
        Assert.Empty(_second.Requests);
    }

    /// <summary>"Yes" is no clause until it is the end.</summary>
    [Fact]
    public async Task ShortAnswer_ThatEnds_HasTheStep()
    {
        var slow = _first.Step().Hang();
        _second.Says("Yes");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal("Yes", (await turn.RestAsync()).Text());
    }

    [Fact]
    public async Task NextStep_AfterARivalWon_IsAskedOfTheRival()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "done", "probe", "Test."));
        var slow = _first.Step().Hang();
        _second.Step().Call("probe");
        _second.Says("Done.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(("Done.", 1), ((await turn.RestAsync()).Text(), _first.Requests.Count));
    }

    [Fact]
    public async Task Usage_OfBoth_IsTheTurns()
    {
        var (told, go) = (GraphFixture.Gate(), GraphFixture.Gate());
        _first.Step().Usage(100, 5).Signal(told).Hang();
        _second.Step().Wait(go.Task).Usage(20, 3).Text("Here I am. Ask me.");
        var turn = _graph.Start(_first, _second);

        await told.Task.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        go.SetResult();
        var usage = (await turn.EndAsync()).Usage;

        Assert.Equal((120, 8), (usage.InputTokens, usage.OutputTokens));
    }

    [Fact]
    public async Task Cancel_WhileBothRun_EndsBothAtOnce()
    {
        var slow = _first.Step().Hang();
        var rival = _second.Step().Hang();
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await rival.Begun.WaitAsync(Token);
        turn.Cancel();
        var updates = await turn.RestAsync();

        Assert.Equal((TurnOutcome.Cancelled, ""), (updates.End().Outcome, updates.Text()));
        await Task.WhenAll(slow.Closed, rival.Closed).WaitAsync(Token);
        Assert.Equal((BreakerState.Closed, BreakerState.Closed), (_graph.Health.Of(_first).State, _graph.Health.Of(_second).State));
    }

    [Theory]
    [InlineData(false, 0.1)]
    [InlineData(true, 0)]
    public async Task Switch_OffOrNoBudget_NobodyElseIsAskedBeforeTheLimit(bool enabled, double budget)
    {
        (_graph.Hedging.Enabled, _graph.Hedging.Budget) = (enabled, budget);
        var gate = GraphFixture.Gate();
        var slow = _first.Step().Wait(gate.Task).Text("Late.");
        var turn = _graph.Start(_first, _second);

        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4.9));
        gate.SetResult();

        Assert.Equal("Late.", (await turn.RestAsync()).Text());
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public void Budget_ATenthOfTheTurns_AndOneFromTheBeginning()
    {
        var hedger = new Hedger(_graph.Health, _graph.Hedging);
        var spent = new List<int>();
        for (var turn = 1; turn <= 30; turn++)
        {
            hedger.TurnBegan();
            if (hedger.TrySpend())
            {
                spent.Add(turn);
            }
        }

        Assert.Equal([1, 10, 20, 30], spent);
    }

    [Fact]
    public void Budget_OfQuietTimes_IsKeptForTenCalls()
    {
        var hedger = new Hedger(_graph.Health, _graph.Hedging);
        for (var turn = 0; turn < 1_000; turn++)
        {
            hedger.TurnBegan();
        }

        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => hedger.TrySpend()));
    }

    private string Said() => string.Concat(((HistoryItem.AssistantMessage)_graph.History[1]).Parts.OfType<AssistantPart.Text>().Select(part => part.Value));
}
