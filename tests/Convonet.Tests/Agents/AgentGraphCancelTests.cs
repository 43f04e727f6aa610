using Convonet.Agents;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>The user's stop.</summary>
public sealed class AgentGraphCancelTests
{
    private readonly GraphFixture _graph = new();
    private readonly ScriptedModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancel_WhileTheModelTalks_EndsAtOnceAndKeepsWhatWasSaid()
    {
        var step = _model.Step().Text("Once upon").Hang();
        var turn = _graph.Start(_model);
        await turn.NextAsync();

        turn.Cancel();

        Assert.Equal((TurnOutcome.Cancelled, null), (await turn.EndAsync()) is var end ? (end.Outcome, end.Error) : default);
        await step.Closed.WaitAsync(Token);
        Assert.Equal("Once upon", Assert.IsType<AssistantPart.Text>(Assert.Single(Said(1).Parts)).Value);
    }

    [Fact]
    public async Task Cancel_WhileAToolRuns_ToolEndsAndHasItsResult()
    {
        var stopped = GraphFixture.Gate();
        _graph.Tools.Add(ToolFactory.Create(
            async (CancellationToken token) =>
            {
                using var registration = token.Register(stopped.SetResult);
                await Task.Delay(Timeout.Infinite, token);
            },
            "probe",
            "Test."));
        _model.Step().Call("probe");
        var turn = _graph.Start(_model);
        await turn.UntilAsync<AgentUpdate.ToolStarted>();

        turn.Cancel();
        var rest = await turn.RestAsync();

        Assert.Equal(ToolOutcome.Cancelled, Assert.Single(rest.Results()).Outcome);
        Assert.Equal(TurnOutcome.Cancelled, rest.End().Outcome);
        Assert.Equal(ToolOutcome.Cancelled, Assert.Single(Assert.IsType<HistoryItem.ToolResults>(_graph.History[2]).Results).Outcome);
        await stopped.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task Cancel_ModelIgnoresItsToken_EndsAtOnceAllTheSame()
    {
        var release = GraphFixture.Gate();
        _model.IgnoresToken = true;
        _model.Step().Text("Once upon").Wait(release.Task).Text(" a time");
        var turn = _graph.Start(_model);
        await turn.NextAsync();

        turn.Cancel();

        Assert.Equal(TurnOutcome.Cancelled, (await turn.EndAsync()).Outcome);
        Assert.Equal(1, _graph.Strays.Count);
        release.SetResult();
        await _graph.Strays.DrainAsync(Token);
    }

    [Fact]
    public async Task Cancel_BeforeTheTurnBegan_AsksNoModel()
    {
        var turn = _graph.Start(_model);
        turn.Cancel();

        // The turn starts on another thread: either it is cancelled before the model is asked, or the model has no step and fails.
        Assert.Equal(TurnOutcome.Cancelled, (await turn.EndAsync()).Outcome);
    }

    private HistoryItem.AssistantMessage Said(int index) => Assert.IsType<HistoryItem.AssistantMessage>(_graph.History[index]);
}
