using Convonet.Agents;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

public sealed class CheckpointTests
{
    private const int Rounds = 3;

    [Fact]
    public async Task Run_EachNode_SavesAPositionInTheHistory()
    {
        var (graph, _, _) = await FinishedTurnAsync();

        Assert.Equal(
            [
                new Checkpoint(1, 0, GraphNode.Assistant, 2),
                new Checkpoint(1, 0, GraphNode.Tools, 3),
                new Checkpoint(1, 1, GraphNode.Assistant, 4),
                new Checkpoint(1, 1, GraphNode.Tools, 5),
                new Checkpoint(1, 2, GraphNode.Assistant, 6, TurnOutcome.Completed),
            ],
            graph.Checkpoints.Checkpoints);
    }

    [Theory]
    [InlineData(0, 2, 2)] // after the first call was asked for: its tool, and two model calls
    [InlineData(1, 2, 1)] // after its tool had ended: two model calls, one tool
    [InlineData(2, 1, 1)]
    [InlineData(3, 1, 0)]
    [InlineData(4, 0, 0)] // after the last word: nothing
    public async Task Resume_FromEachCheckpoint_RunsLaterNodesOnly(int index, int modelCalls, int toolCalls)
    {
        var (finished, _, _) = await FinishedTurnAsync();
        var checkpoint = finished.Checkpoints.Checkpoints[index];
        var (graph, model, tools) = NewTurn(checkpoint.Round + 1);
        graph.History.Clear();
        graph.History.AddRange(finished.History.Take(checkpoint.HistoryLength));
        graph.ResumeFrom = checkpoint;

        var updates = await graph.RunAsync(model);

        Assert.Equal((modelCalls, toolCalls), (model.Requests.Count, tools.Count));
        Assert.Equal(TurnOutcome.Completed, updates.End().Outcome);
        Assert.Equal(finished.History.Count, graph.History.Count);
    }

    [Fact]
    public async Task Resume_StepThatEndedTheTurn_IsNotAskedAgain()
    {
        var (graph, _, _) = NewTurn(Rounds);
        var failing = new ScriptedModel();
        failing.Step().Call("probe").Fail(ModelErrorKind.Unfinished);
        await graph.RunAsync(failing);
        var (again, model, tools) = NewTurn(Rounds);
        again.History.Clear();
        again.History.AddRange(graph.History.Take(2));
        again.ResumeFrom = graph.Checkpoints.Checkpoints[0];

        var end = (await again.RunAsync(model)).End();

        Assert.Equal((0, 1, TurnOutcome.Failed, "unfinished"), (model.Requests.Count, tools.Count, end.Outcome, end.Error!.Code));
    }

    private static async Task<(GraphFixture Graph, ScriptedModel Model, List<string> Tools)> FinishedTurnAsync()
    {
        var turn = NewTurn(0);
        await turn.Graph.RunAsync(turn.Model);
        return turn;
    }

    /// <summary>A turn whose model asks for a tool in each round but the last, as it does from a given round on.</summary>
    private static (GraphFixture Graph, ScriptedModel Model, List<string> Tools) NewTurn(int firstRound)
    {
        List<string> ran = [];
        var graph = new GraphFixture();
        graph.Tools.Add(ToolFactory.Create((ToolContext context) => ran.Add(context.Call.Id), "probe", "Test.", new ToolTraits { Effect = ToolEffect.None }));
        var model = new ScriptedModel();
        for (var round = firstRound; round < Rounds; round++)
        {
            if (round < Rounds - 1)
            {
                model.Step().Text($"Round {round}.").Call("probe");
            }
            else
            {
                model.Says("Done.");
            }
        }

        return (graph, model, ran);
    }
}
