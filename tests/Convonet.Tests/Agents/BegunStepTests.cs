using Convonet.Agents;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>A step of which an earlier owner had shown something: the model goes on behind it.</summary>
public sealed class BegunStepTests
{
    private readonly GraphFixture _graph = new() { Begun = "It is twelve" };
    private readonly ScriptedModel _model = new("first");

    [Fact]
    public async Task Step_ThatWasCutOff_GoesOnBehindWhatWasShown()
    {
        _model.Says(" o'clock.");

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(" o'clock.", updates.Text());
        Assert.Equal(TurnOutcome.Completed, updates.End().Outcome);
        Assert.Equal(["Hello", "It is twelve o'clock."], _graph.History.Select(Said));
        Assert.Equal(["Hello", "It is twelve", AgentGraph.GoOn], Assert.Single(_model.Requests).History.Select(Said));
    }

    [Fact]
    public async Task Step_AfterAFailedTry_StillKnowsWhatWasShown()
    {
        _model.Step().Fail(ModelErrorKind.Unfinished);
        _model.Says(" o'clock.");

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(" o'clock.", updates.Text());
        Assert.Equal("It is twelve o'clock.", Said(_graph.History[^1]));
        Assert.All(_model.Requests, request => Assert.Equal(3, request.History.Count));
    }

    /// <summary>The words may all have been there, and the process gone before it knew that they were.</summary>
    [Fact]
    public async Task Step_ToWhichNothingIsMissing_IsComplete()
    {
        _model.Step();

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(TurnOutcome.Completed, updates.End().Outcome);
        Assert.Equal("It is twelve", Said(_graph.History[^1]));
    }

    [Fact]
    public async Task Step_ThatCannotGoOn_KeepsWhatWasShown()
    {
        _model.Step().Fail(ModelErrorKind.Unfinished);
        _model.Step().Fail(ModelErrorKind.Unfinished);

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(TurnOutcome.Failed, updates.End().Outcome);
        Assert.Equal("It is twelve", Said(_graph.History[^1]));
    }

    [Fact]
    public async Task Call_OfSuchAStep_IsPlannedBehindAllOfItsText()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "noon", "clock", "Test."));
        _model.Step().Text(" or so. ").Call("clock");
        _model.Says("Noon.");

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(" or so. \n\nNoon.", updates.Text());
        var message = Assert.IsType<HistoryItem.AssistantMessage>(_graph.History[1]);
        Assert.Equal("It is twelve or so. ", Assert.IsType<AssistantPart.Text>(message.Parts[0]).Value);
        Assert.DoesNotContain(_model.Requests[1].History, item => Said(item) == AgentGraph.GoOn);
    }

    private static string Said(HistoryItem item) => item switch
    {
        HistoryItem.UserMessage user => user.Text,
        HistoryItem.AssistantMessage said => string.Concat(said.Parts.OfType<AssistantPart.Text>().Select(part => part.Value)),
        _ => "",
    };
}
