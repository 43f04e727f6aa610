using Convonet.Agents;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>Calls that are there together are written down and started together; none waits for one that is not.</summary>
public sealed class CallsTogetherTests
{
    private readonly GraphFixture _graph = new();
    private readonly ScriptedModel _model = new();
    private readonly TaskCompletionSource _allCame = GraphFixture.Gate();
    private readonly TaskCompletionSource _gate = GraphFixture.Gate();

    public CallsTogetherTests()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "a", "a", "Test."));
        _graph.Tools.Add(ToolFactory.Create(() => "b", "b", "Test."));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_TwoCallsWait_ArePlannedBeforeEitherStarts()
    {
        _model.Step().Text("I look.").Call("a").Call("b").Signal(_allCame).Wait(_gate.Task);
        _model.Says("Done.");

        var updates = await HoldAsync();

        Assert.Equal(["TextDelta", "ToolAsked", "ToolAsked", "ToolStarted", "ToolStarted"], updates.Take(5).Select(update => update.GetType().Name));
        Assert.Equal(["a", "b"], updates.OfType<AgentUpdate.ToolStarted>().Select(started => started.Call.Name));
        Assert.All(updates.Results(), result => Assert.Equal(ToolOutcome.Ok, result.Outcome));
    }

    [Fact]
    public async Task Run_SecondCallIsOnlyBegun_FirstStartsWithoutIt()
    {
        _model.Step().Text("I look.").Call("a").Asked("b").Signal(_allCame).Wait(_gate.Task).Call("b");
        _model.Says("Done.");

        var updates = await HoldAsync(goesOnWith: typeof(AgentUpdate.ToolFinished));

        Assert.Equal(["a", "b"], updates.Results().Select(result => result.Name));
    }

    [Fact]
    public async Task Run_TextBetweenTwoCallsThatWait_KeepsTheOrder()
    {
        _model.Step().Text("I look.").Call("a").Text("And there.").Call("b").Signal(_allCame).Wait(_gate.Task);
        _model.Says("Done.");

        var updates = await HoldAsync();

        Assert.Equal(
            ["TextDelta", "ToolAsked", "ToolStarted", "TextDelta", "ToolAsked", "ToolStarted"],
            updates.Where(update => update is not AgentUpdate.ToolFinished).Take(6).Select(update => update.GetType().Name));
    }

    /// <summary>Takes the first words only once the model has said all there is before its gate, which opens at the first of some kind of update.</summary>
    private async Task<IReadOnlyList<AgentUpdate>> HoldAsync(Type? goesOnWith = null)
    {
        List<AgentUpdate> updates = [];
        await foreach (var update in _graph.Stream([_model], Token))
        {
            updates.Add(update);
            if (updates.Count == 1)
            {
                await _allCame.Task.WaitAsync(Token);
            }

            if (update.GetType() == (goesOnWith ?? typeof(AgentUpdate.ToolStarted)))
            {
                _gate.TrySetResult();
            }
        }

        return updates;
    }
}
