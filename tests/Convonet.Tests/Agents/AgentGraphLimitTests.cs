using Convonet.Agents;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>The four time limits, on a fake clock.</summary>
public sealed class AgentGraphLimitTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    private readonly GraphFixture _graph = new();
    private readonly ScriptedModel _model = new("first");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Options_Defaults_AreThoseOfTheDesign()
    {
        var options = new AgentOptions();

        Assert.Equal(
            (5, 4, 12, 60, 6),
            (options.StreamIteration.TotalSeconds, options.Watchdog.TotalSeconds, options.Execution.TotalSeconds, options.TextCompletion.TotalSeconds, new ToolOptions().Limit.TotalSeconds));
    }

    [Fact]
    public async Task StreamIteration_NoContentAndNoFallback_AsksOnceMoreThenFails()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        var (first, second) = (_model.Step().Hang(), _model.Step().Hang());
        var turn = _graph.Start(_model);

        await first.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(5));
        var retry = await turn.UntilAsync<AgentUpdate.Status>();
        await second.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(5));
        var end = await turn.EndAsync();

        Assert.Equal(StatusCode.Retrying, Assert.IsType<AgentUpdate.Status>(retry[^1]).Code);
        Assert.Equal((TurnOutcome.Failed, "stalled"), (end.Outcome, end.Error!.Code));
        await Task.WhenAll(first.Closed, second.Closed).WaitAsync(Token);
    }

    [Fact]
    public async Task StreamIteration_JustBeforeTheLimit_NothingHappens()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        var gate = GraphFixture.Gate();
        var step = _model.Step().Wait(gate.Task).Text("Just in time.");
        var turn = _graph.Start(_model);

        await step.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(5) - Tick);
        gate.SetResult();

        Assert.Equal("Just in time.", (await turn.RestAsync()).Text());
        Assert.Single(_model.Requests);
    }

    [Fact]
    public async Task StreamIteration_NoContentWithFallback_NextProviderAnswers()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        var second = new ScriptedModel("second").Says("Here I am.");
        var silent = _model.Step().Hang();
        var turn = _graph.Start(_model, second);

        await silent.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(5));
        var updates = await turn.RestAsync();

        Assert.Equal((StatusCode.Fallback, "second"), Assert.Single(updates.OfType<AgentUpdate.Status>()) is var status ? (status.Code, status.Provider) : default);
        Assert.Equal(("Here I am.", TurnOutcome.Completed, second), (updates.Text(), updates.End().Outcome, updates.End().Model));
        await silent.Closed.WaitAsync(Token);
    }

    [Fact]
    public async Task StreamIteration_SilenceAfterText_EndsStalledWithWhatWasSaid()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        var second = new ScriptedModel("second").Says("Never asked.");
        var gate = GraphFixture.Gate();
        _model.Step().Text("Once ").Wait(gate.Task).Text("upon").Hang();
        var turn = _graph.Start(_model, second);

        await turn.NextAsync();
        _graph.Time.Advance(TimeSpan.FromSeconds(4.9));
        gate.SetResult();
        await turn.NextAsync();
        _graph.Time.Advance(TimeSpan.FromSeconds(5) + Tick);
        var end = await turn.EndAsync();

        Assert.Equal((TurnOutcome.Stalled, "stalled"), (end.Outcome, end.Error!.Code));
        Assert.Empty(second.Requests);
        Assert.Equal("Once upon", ((AssistantPart.Text)((HistoryItem.AssistantMessage)_graph.History[1]).Parts[0]).Value);
    }

    [Fact]
    public async Task StreamIteration_OnlyUsageArrives_IsSilence()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        var gate = GraphFixture.Gate();
        var told = GraphFixture.Gate();
        var step = _model.Step().Wait(gate.Task).Usage(1, 1).Signal(told).Hang();
        var turn = _graph.Start(_model, new ScriptedModel("second").Says("Here."));

        await step.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(3));
        gate.SetResult();
        await told.Task.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(StatusCode.Fallback, (await turn.NextAsync<AgentUpdate.Status>()).Code);
    }

    [Fact]
    public async Task StreamIteration_ModelIgnoresItsToken_TheTurnGoesOnWithoutIt()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        _model.IgnoresToken = true;
        var release = GraphFixture.Gate();
        var deaf = _model.Step().Wait(release.Task);
        var turn = _graph.Start(_model, new ScriptedModel("second").Says("Here."));

        await deaf.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TurnOutcome.Completed, (await turn.EndAsync()).Outcome);
        Assert.Equal(1, _graph.Strays.Count);
        release.SetResult();
        await _graph.Strays.DrainAsync(Token);
    }

    [Fact]
    public async Task StreamIteration_ProviderHasItsOwnLimit_ThatOneCounts()
    {
        _graph.Options.StreamIterations["first"] = TimeSpan.FromSeconds(1);
        var step = _model.Step().Hang();
        var turn = _graph.Start(_model, new ScriptedModel("second").Says("Here."));

        await step.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(StatusCode.Fallback, (await turn.NextAsync<AgentUpdate.Status>()).Code);
    }

    [Fact]
    public async Task Watchdog_UserHearsNothing_IsToldEvery4Seconds()
    {
        _graph.Options.StreamIteration = TimeSpan.FromMinutes(1);
        var gate = GraphFixture.Gate();
        var step = _model.Step().Wait(gate.Task).Text("At last.");
        var turn = _graph.Start(_model);
        await step.Begun.WaitAsync(Token);

        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal((StatusCode.Waiting, "Still thinking…"), (await turn.NextAsync<AgentUpdate.Status>()) is var status ? (status.Code, status.Message) : default);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(StatusCode.Waiting, (await turn.NextAsync<AgentUpdate.Status>()).Code);
        gate.SetResult();

        Assert.DoesNotContain(await turn.RestAsync(), update => update is AgentUpdate.Status);
    }

    [Fact]
    public async Task Watchdog_AToolRuns_SaysWhichOne()
    {
        var (started, release) = (GraphFixture.Gate(), GraphFixture.Gate());
        _graph.Tools.Add(GraphFixture.Waiting(started, release.Task));
        _model.Step().Call("slow_tool");
        _model.Says("Done.");
        var turn = _graph.Start(_model);
        await started.Task.WaitAsync(Token);
        await turn.UntilAsync<AgentUpdate.ToolStarted>();

        _graph.Time.Advance(TimeSpan.FromSeconds(4) + Tick);
        var status = await turn.NextAsync<AgentUpdate.Status>();
        release.SetResult();

        Assert.Equal("Still waiting for slow tool…", status.Message);
        Assert.Equal(TurnOutcome.Completed, (await turn.EndAsync()).Outcome);
    }

    [Fact]
    public async Task Tool_DoesNotEnd_TimesOutAndTheModelIsToldSo()
    {
        var started = GraphFixture.Gate();
        _graph.Tools.Add(GraphFixture.Waiting(started, new TaskCompletionSource().Task));
        _model.Step().Call("slow_tool");
        _model.Says("Sorry.");
        var turn = _graph.Start(_model);
        await started.Task.WaitAsync(Token);
        await turn.UntilAsync<AgentUpdate.ToolStarted>();

        _graph.Time.Advance(TimeSpan.FromSeconds(6));
        var updates = await turn.RestAsync();

        var result = Assert.Single(updates.Results());
        Assert.Equal((ToolOutcome.Timeout, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6)), (result.Outcome, result.Limit, result.Elapsed));
        Assert.Equal("slow_tool did not finish within 6 s. It is not known whether it took effect. Do not repeat it.", Assert.IsType<HistoryItem.ToolResults>(_model.Requests[1].History[2]).Results[0].Content);
        Assert.Equal((TurnOutcome.Completed, "Sorry."), (updates.End().Outcome, updates.Text()));
    }

    [Fact]
    public async Task Text_BeyondItsBound_EndsTheTurnWithWhatWasSaid()
    {
        _graph.Options.MaxTextLength = 8;
        var step = _model.Step().Text("12345").Text("67\U0001F600").Text("89").Hang();

        var updates = await _graph.RunAsync(_model);
        await step.Closed.WaitAsync(Token);

        // The eighth would be half a character.
        Assert.Equal((TurnOutcome.Truncated, null, "1234567"), (updates.End().Outcome, updates.End().Error, updates.Text()));
        Assert.Equal("1234567", Assert.IsType<AssistantPart.Text>(Assert.Single(Assert.IsType<HistoryItem.AssistantMessage>(_graph.History[^1]).Parts)).Value);
    }

    [Fact]
    public async Task Text_BlankWithoutEnd_EndsTheTurnAtItsBound()
    {
        _graph.Options.MaxTextLength = 8;
        var step = _model.Step().Text(new string('\n', 9)).Hang();

        var updates = await _graph.RunAsync(_model);
        await step.Closed.WaitAsync(Token);

        Assert.Equal((TurnOutcome.Truncated, TurnError.CutOff), (updates.End().Outcome, updates.End().Error));
    }

    /// <summary>The step is claimed by its call, and its blank text comes with that.</summary>
    [Fact]
    public async Task Text_BeyondItsBoundWithACallBehindIt_EndsTheTurnAndRunsNothing()
    {
        var ran = 0;
        _graph.Tools.Add(ToolFactory.Create(() => $"{++ran}", "probe", "Test."));
        _graph.Options.MaxTextLength = 8;
        _model.Step().Text("123456").Call("probe");
        _model.Step().Text("\n\n\n").Call("probe");

        var updates = await _graph.RunAsync(_model);

        Assert.Equal((TurnOutcome.Truncated, null, "123456", 1), (updates.End().Outcome, updates.End().Error, updates.Text(), ran));
    }

    [Fact]
    public async Task Turn_HasEnded_LeavesNoTimerAndNoTask()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _model.Step().Text("a").Call("probe");
        _model.Says("b");

        await _graph.RunAsync(_model);
        await _graph.Strays.DrainAsync(Token);

        Assert.Equal((0, 0), (_graph.Strays.Count, _graph.Time.LiveTimers));
    }
}
