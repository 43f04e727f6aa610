using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>The limit of the whole turn, on a fake clock.</summary>
public sealed class AgentGraphExecutionTests
{
    private readonly GraphFixture _graph = new();
    private readonly ScriptedModel _model = new("first");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execution_NothingShownYet_CutsTheCall()
    {
        _graph.Options.StreamIteration = TimeSpan.FromMinutes(1);
        var step = _model.Step().Hang();
        var turn = _graph.Start(_model);
        await step.Begun.WaitAsync(Token);

        _graph.Time.Advance(TimeSpan.FromSeconds(12));
        var end = await turn.EndAsync();

        Assert.Equal((TurnOutcome.TimedOut, "timed_out"), (end.Outcome, end.Error!.Code));
        await step.Closed.WaitAsync(Token);
    }

    /// <summary>Where its own limit is as long as the turn, nothing else would say that it hangs.</summary>
    [Fact]
    public async Task Execution_NothingShownYet_TheNextTurnAsksAnother()
    {
        var other = new ScriptedModel("second").Says("Here.");
        _graph.Remembers = true;
        _graph.Hedging.Enabled = false;
        _graph.Options.StreamIterations["first"] = TimeSpan.FromSeconds(12);
        var step = _model.Step().Hang();
        var turn = _graph.Start(_model, other);
        await step.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(TurnOutcome.TimedOut, (await turn.EndAsync()).Outcome);

        Assert.Equal("Here.", (await _graph.RunAsync(_model, other)).Text());
        Assert.Single(_model.Requests);
    }

    /// <summary>A wait that was not long yet is no failure, but it counts as the time it took.</summary>
    [Theory]
    [InlineData(8, BreakerState.Closed)]
    [InlineData(7, BreakerState.Open)]
    public async Task Execution_LateStepShowsNothing_ItsWaitIsCounted(int toolTime, BreakerState state)
    {
        _graph.Remembers = true;
        _graph.ToolOptions.Limit = TimeSpan.FromMinutes(1);
        _graph.Options.StreamIterations["first"] = TimeSpan.FromSeconds(6);
        var health = _graph.Health.Of(_model);
        for (var call = 0; call < 8; call++)
        {
            using var report = health.Begin();
            report.Answered(TimeSpan.FromSeconds(1));
        }

        var (started, release) = (GraphFixture.Gate(), GraphFixture.Gate());
        _graph.Tools.Add(GraphFixture.Waiting(started, release.Task));
        _model.Step().Call("slow_tool");
        var late = _model.Step().Hang();
        var turn = _graph.Start(_model);
        await started.Task.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(toolTime));
        release.SetResult();
        await late.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(12 - toolTime));

        Assert.Equal(TurnOutcome.TimedOut, (await turn.EndAsync()).Outcome);
        Assert.Equal((state, true), (health.State, health.FirstContentP90 is not null));
    }

    [Fact]
    public async Task Cancel_NothingShownYet_SaysNothingOfTheProvider()
    {
        _graph.Remembers = true;
        _graph.Options.StreamIteration = TimeSpan.FromMinutes(1);
        var step = _model.Step().Hang();
        var turn = _graph.Start(_model);
        await step.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(11));
        turn.Cancel();

        Assert.Equal(TurnOutcome.Cancelled, (await turn.EndAsync()).Outcome);
        Assert.Equal(BreakerState.Closed, _graph.Health.Of(_model).State);
    }

    [Theory]
    [InlineData("00:00:12", "00:00:05", null)]
    [InlineData("00:00:12", "00:00:12", null)]
    [InlineData("00:00:12", "00:00:20", "Convonet:Agent:StreamIterations:first (00:00:20) must be at most Convonet:Agent:Execution (00:00:12): the turn would end before the call is given up, and no other provider be asked.")]
    [InlineData("00:00:04", "00:00:03", "Convonet:Agent:StreamIteration (00:00:05) must be at most Convonet:Agent:Execution (00:00:04): the turn would end before the call is given up, and no other provider be asked.")]
    public void Options_LimitOfACallBeyondTheTurn_IsRefused(string execution, string limit, string? fault)
    {
        var options = new AgentOptions { Execution = TimeSpan.Parse(execution, CultureInfo.InvariantCulture), StreamIterations = { ["first"] = TimeSpan.Parse(limit, CultureInfo.InvariantCulture) } };
        var faults = new List<ValidationResult>();

        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);

        Assert.Equal(fault is null ? [] : [fault], faults.Select(one => one.ErrorMessage));
    }

    [Fact]
    public async Task Execution_ToolsRun_EndAsTimeoutsAndTheModelIsNotAskedAgain()
    {
        _graph.ToolOptions.Limit = TimeSpan.FromMinutes(1);
        var started = GraphFixture.Gate();
        _graph.Tools.Add(GraphFixture.Waiting(started, new TaskCompletionSource().Task));
        _model.Step().Call("slow_tool");
        var turn = _graph.Start(_model);
        await started.Task.WaitAsync(Token);

        _graph.Time.Advance(TimeSpan.FromSeconds(12));
        var updates = await turn.RestAsync();

        var result = Assert.Single(updates.Results());
        Assert.Equal((ToolOutcome.Timeout, TimeSpan.FromSeconds(12)), (result.Outcome, result.Limit));
        Assert.Equal("slow_tool was stopped: the turn's time was up. It is not known whether it took effect. Do not repeat it.", result.Content);
        Assert.Equal(TurnOutcome.TimedOut, updates.End().Outcome);
        Assert.Single(_model.Requests);
        Assert.IsType<HistoryItem.ToolResults>(_graph.History[^1]);
    }

    [Fact]
    public async Task Execution_TextFlows_MayFinish()
    {
        _graph.Options.StreamIteration = TimeSpan.FromMinutes(2);
        var gate = GraphFixture.Gate();
        _model.Step().Text("A long ").Wait(gate.Task).Text("story.");
        var turn = _graph.Start(_model);
        await turn.NextAsync();

        _graph.Time.Advance(TimeSpan.FromSeconds(59));
        gate.SetResult();
        var updates = await turn.RestAsync();

        Assert.Equal(TurnOutcome.Completed, updates.End().Outcome);
        Assert.Equal("story.", updates.Text());
    }

    [Fact]
    public async Task Execution_TextFlowsOnAndOn_IsCutAt60Seconds()
    {
        _graph.Options.StreamIteration = TimeSpan.FromMinutes(2);
        var step = _model.Step().Text("A long ").Hang();
        var turn = _graph.Start(_model);
        await turn.NextAsync();

        _graph.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(TurnOutcome.TimedOut, (await turn.EndAsync()).Outcome);
        await step.Closed.WaitAsync(Token);
    }

    [Fact]
    public async Task Execution_Strict_CutsFlowingTextToo()
    {
        _graph.Options.StreamIteration = TimeSpan.FromMinutes(2);
        _graph.Options.TextCompletion = TimeSpan.Zero;
        _model.Step().Text("A long ").Hang();
        var turn = _graph.Start(_model);
        await turn.NextAsync();

        _graph.Time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(TurnOutcome.TimedOut, (await turn.EndAsync()).Outcome);
    }

    [Fact]
    public async Task Execution_CallBecomesReadyTooLate_DoesNotRun()
    {
        _graph.Options.StreamIteration = TimeSpan.FromMinutes(2);
        var ran = false;
        _graph.Tools.Add(ToolFactory.Create(() => ran = true, "probe", "Test."));
        var gate = GraphFixture.Gate();
        _model.Step().Text("Let me see.").Wait(gate.Task).Call("probe");
        var turn = _graph.Start(_model);
        await turn.NextAsync();

        _graph.Time.Advance(TimeSpan.FromSeconds(13));
        gate.SetResult();
        var updates = await turn.RestAsync();

        Assert.False(ran);
        Assert.Equal((ToolOutcome.Timeout, TurnOutcome.TimedOut), (Assert.Single(updates.Results()).Outcome, updates.End().Outcome));
    }
}
