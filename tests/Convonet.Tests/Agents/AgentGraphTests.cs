using Convonet.Agents;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.Agents;

public sealed class AgentGraphTests
{
    private readonly GraphFixture _graph = new();
    private readonly ScriptedModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ModelSpeaks_TextArrivesBeforeItHasFinished()
    {
        var gate = GraphFixture.Gate();
        _model.Step().Text("Hello ").Wait(gate.Task).Text("there.");
        var turn = _graph.Start(_model);

        Assert.Equal("Hello ", (await turn.NextAsync<AgentUpdate.TextDelta>()).Text);
        gate.SetResult();
        Assert.Equal("there.", (await turn.NextAsync<AgentUpdate.TextDelta>()).Text);

        Assert.Equal((TurnOutcome.Completed, null), ((await turn.EndAsync()) is var end ? (end.Outcome, end.Error) : default));
        Assert.Equal("Hello there.", Assert.IsType<AssistantPart.Text>(Assert.Single(Said(1).Parts)).Value);
    }

    [Fact]
    public async Task Run_CallIsReady_ToolStartsWhileTheModelStillTalks()
    {
        var running = GraphFixture.Gate();
        var gate = GraphFixture.Gate();
        _graph.Tools.Add(ToolFactory.Create(() => running.SetResult(), "probe", "Test."));
        _model.Step().Call("probe").Wait(gate.Task).Text("One moment.");
        _model.Says("Done.");
        var turn = _graph.Start(_model);

        await turn.NextAsync<AgentUpdate.ToolStarted>();
        await running.Task.WaitAsync(Token);
        await turn.NextAsync<AgentUpdate.ToolFinished>();
        gate.SetResult();

        Assert.Equal("One moment.\n\nDone.", (await turn.RestAsync()).Text());
    }

    [Fact]
    public async Task Run_TwoCalls_RunAtTheSameTime()
    {
        var first = GraphFixture.Gate();
        var second = GraphFixture.Gate();
        _graph.Tools.Add(Meeting("a", first, second));
        _graph.Tools.Add(Meeting("b", second, first));
        _model.Step().Call("a").Call("b");
        _model.Says("Both.");

        var updates = await _graph.RunAsync(_model);

        Assert.All(updates.Results(), result => Assert.Equal(ToolOutcome.Ok, result.Outcome));
        Assert.Equal(2, updates.Results().Count());
    }

    [Fact]
    public async Task Run_SecondCallEndsFirst_IsToldFirstAndTheModelGetsCallOrder()
    {
        var release = GraphFixture.Gate();
        _graph.Tools.Add(ToolFactory.Create(async () => await release.Task, "slow", "Test."));
        _graph.Tools.Add(ToolFactory.Create(() => "quick", "quick", "Test."));
        _model.Step().Call("slow").Call("quick");
        _model.Says("Done.");
        var turn = _graph.Start(_model);

        var until = await turn.UntilAsync<AgentUpdate.ToolFinished>();
        Assert.Equal("quick", until.Results().Single().Name);
        release.SetResult();
        await turn.RestAsync();

        var results = Assert.IsType<HistoryItem.ToolResults>(_model.Requests[1].History[2]).Results;
        Assert.Equal(["slow", "quick"], results.Select(result => result.Name));
        Assert.Equal(["call_1_0_0", "call_1_0_1"], results.Select(result => result.CallId));
    }

    [Fact]
    public async Task Run_CallIsBeingWritten_ItsCardIsShownOnceTheAnswerHasBegun()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _model.Step().Text("Let me see. ").Asked("probe").Call("probe");
        _model.Says("Done.");

        var updates = await _graph.RunAsync(_model);

        Assert.IsType<AgentUpdate.ToolAsked>(updates[1]);
        Assert.IsType<AgentUpdate.ToolStarted>(updates[2]);
    }

    [Fact]
    public async Task Run_ModelNeverFinishesACall_ItsCardIsClosed()
    {
        _model.Step().Text("Let me see. ").Asked("probe").End(FinishReason.MaxTokens);

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(ToolOutcome.Cancelled, Assert.Single(updates.Results()).Outcome);
        Assert.Equal(TurnOutcome.Truncated, updates.End().Outcome);
        Assert.DoesNotContain(_graph.History, item => item is HistoryItem.ToolResults);
    }

    [Fact]
    public async Task Run_TooManyCallsInAStep_TheRestAreErrors()
    {
        _graph.Options.MaxCallsPerRound = 2;
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _model.Step().Call("probe").Call("probe").Call("probe");
        _model.Says("Done.");

        await _graph.RunAsync(_model);

        var results = Assert.IsType<HistoryItem.ToolResults>(_graph.History[2]).Results;
        Assert.Equal([ToolOutcome.Ok, ToolOutcome.Ok, ToolOutcome.Error], results.Select(result => result.Outcome));
    }

    [Fact]
    public async Task Run_ModelNeverStopsCalling_MustAnswerInTheLastRound()
    {
        _graph.Options.MaxRounds = 3;
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _model.Otherwise = request => request.ToolChoice == ToolChoice.Auto ? new ScriptedStep().Call("probe") : new ScriptedStep().Text("Enough.");

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(3, _model.Requests.Count);
        Assert.Equal((TurnOutcome.Completed, "Enough."), (updates.End().Outcome, updates.Text()));
    }

    [Fact]
    public async Task Run_ModelCallsEvenInTheLastRound_IsTruncated()
    {
        _graph.Options.MaxRounds = 2;
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _model.Otherwise = _ => new ScriptedStep().Call("probe");

        var updates = await _graph.RunAsync(_model);

        Assert.Equal((2, TurnOutcome.Truncated), (_model.Requests.Count, updates.End().Outcome));
    }

    [Fact]
    public async Task Run_SeveralSteps_UsageIsTheirSum()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _model.Step().Usage(1, 1).Call("probe").Usage(10, 5);
        _model.Step().Text("Done.").Usage(20, 7);

        Assert.Equal(new ModelUpdate.Usage(30, 12), (await _graph.RunAsync(_model)).End().Usage);
    }

    [Fact]
    public async Task Run_TextCarriesProviderData_StaysInItsOwnPart()
    {
        var data = new ProviderData("scripted", "{}");
        _model.Step().Text("a").Text("b").Text("c", data).Text("d");

        await _graph.RunAsync(_model);

        Assert.Equal([("ab", null), ("c", data), ("d", null)], Said(1).Parts.Cast<AssistantPart.Text>().Select(part => (part.Value, part.ProviderData)));
    }

    [Fact]
    public async Task Run_ToolReportsProgress_IsTold()
    {
        _graph.Tools.Add(ToolFactory.Create((ToolContext context) => context.ReportProgress("half way"), "probe", "Test."));
        _model.Step().Call("probe");
        _model.Says("Done.");

        Assert.Contains(new AgentUpdate.ToolProgress("call_1_0_0", "probe", "half way"), await _graph.RunAsync(_model));
    }

    [Fact]
    public async Task Run_TwoToolsAtOnce_LogsTheLineOperatorsLookFor()
    {
        var log = new ListLogger<AgentGraph>();
        _graph.Logger = log;
        await Run_TwoCalls_RunAtTheSameTime();

        Assert.Contains("🚀 Executing 2 tools in parallel...", log.Lines.Select(line => line.Text));
    }

    [Theory]
    [InlineData("default_api.create_todo", "default_api_create_todo")]
    [InlineData("", "unknown")]
    [InlineData("do it!", "do_it_")]
    public async Task Run_ModelInventsAName_HistoryHoldsOneThatEveryProviderTakes(string written, string kept)
    {
        _model.Step().Call(written);
        _model.Says("Sorry.");

        var updates = await _graph.RunAsync(_model);

        Assert.Equal(kept, Assert.IsType<AssistantPart.ToolUse>(Assert.Single(Said(1).Parts)).Call.Name);
        Assert.Equal((ToolOutcome.Error, kept), (updates.Results().Single().Outcome, updates.Results().Single().Name));
        Assert.Equal("Sorry.", updates.Text());
    }

    [Fact]
    public async Task Run_ArgumentsTooLongToRun_AreNotSentAgain()
    {
        _graph.Tools.Add(ToolFactory.Create((string text) => text, "probe", "Test."));
        _model.Step().Call("probe", $$"""{"text":"{{new string('x', _graph.ToolOptions.MaxArgumentsLength)}}"}""", new ProviderData("scripted", "{}"));
        _model.Says("Sorry.");

        await _graph.RunAsync(_model);

        var call = Assert.IsType<AssistantPart.ToolUse>(Assert.Single(Said(1).Parts)).Call;
        Assert.Equal(("{}", null), (call.Arguments, call.ProviderData));
    }

    [Fact]
    public async Task Run_DeltaEndsInHalfACharacter_TheHalfIsKeptUntilTheOtherComes()
    {
        var gate = GraphFixture.Gate();
        _model.Step().Text("a\ud83d").Wait(gate.Task).Text("\ude00b");
        var turn = _graph.Start(_model);

        // The other half must not wait behind the first: they would go together.
        var first = (await turn.UntilAsync<AgentUpdate.TextDelta>())[^1];
        gate.SetResult();

        Assert.Equal("a", Assert.IsType<AgentUpdate.TextDelta>(first).Text);
        Assert.Equal("😀b", Assert.Single((await turn.RestAsync()).OfType<AgentUpdate.TextDelta>()).Text);
    }

    [Fact]
    public async Task Run_ToolReportsAfterItsEnd_IsNotTold()
    {
        ToolContext? kept = null;
        var gate = GraphFixture.Gate();
        _graph.Tools.Add(ToolFactory.Create((ToolContext context) => kept = context, "probe", "Test."));
        _model.Step().Call("probe").Wait(gate.Task).Text("Done.");
        _model.Says("Really.");
        var turn = _graph.Start(_model);
        await turn.UntilAsync<AgentUpdate.ToolFinished>();

        kept!.ReportProgress("too late");
        gate.SetResult();

        Assert.DoesNotContain(await turn.RestAsync(), update => update is AgentUpdate.ToolProgress);
    }

    private static AIFunction Meeting(string name, TaskCompletionSource mine, TaskCompletionSource other) => ToolFactory.Create(
        async () =>
        {
            mine.SetResult();
            await other.Task.WaitAsync(TestContext.Current.CancellationToken);
            return "met";
        },
        name,
        "Returns when the other one runs too.");

    private HistoryItem.AssistantMessage Said(int index) => Assert.IsType<HistoryItem.AssistantMessage>(_graph.History[index]);
}
