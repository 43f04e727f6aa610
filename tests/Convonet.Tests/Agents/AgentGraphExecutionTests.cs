using Convonet.Agents;
using Convonet.Models;
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
