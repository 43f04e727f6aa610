using Convonet.Agents;
using Convonet.Emulator;
using Convonet.Models;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

/// <summary>A turn goes on from each of its checkpoints: what had ended is not run again, neither at the provider nor by a tool.</summary>
public class CheckpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Restart_FromEachCheckpoint_RunsLaterNodesOnly(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        List<string> runs = [];
        providers.Tools.AddRange([Counted("first", runs), Counted("second", runs)]);
        var checkpoints = new InMemoryTurnJournal();
        List<HistoryItem> history = [new HistoryItem.UserMessage("Go.")];

        Script(providers, stepsDone: 0);
        var whole = await RunAsync(providers, api, history, checkpoints, from: null);
        Assert.Equal((TurnOutcome.Completed, 3, "first second"), (whole.Outcome, providers.RequestsTo(api), string.Join(' ', runs)));
        var saved = checkpoints.Checkpoints;
        Assert.Equal([2, 3, 4, 5, 6], saved.Select(checkpoint => checkpoint.HistoryLength));

        // After a checkpoint: how many answers were complete, and which tools have still to run.
        (int StepsDone, string Tools)[] expected = [(1, "first second"), (1, "second"), (2, "second"), (2, ""), (3, "")];
        foreach (var (checkpoint, (stepsDone, tools)) in saved.Zip(expected))
        {
            runs.Clear();
            var before = providers.RequestsTo(api);
            Script(providers, stepsDone);
            var cut = history.Take(checkpoint.HistoryLength).ToList();

            var end = await RunAsync(providers, api, cut, new InMemoryTurnJournal(), checkpoint);

            Assert.Equal(TurnOutcome.Completed, end.Outcome);
            Assert.Equal(tools, string.Join(' ', runs));
            Assert.Equal(3 - stepsDone, providers.RequestsTo(api) - before);
            Assert.Equal(history.Select(Describe), cut.Select(Describe));
        }

        await providers.AssertQuietAsync();
    }

    /// <summary>The answers that a turn with so many complete ones still needs.</summary>
    private static void Script(EmulatedProviders providers, int stepsDone)
    {
        foreach (var script in new[] { Of(Say("A."), Call("first")), Of(Say("B."), Call("second")), Of(Say("C.")) }.Skip(stepsDone))
        {
            providers.Emulator.Enqueue(script);
        }
    }

    private static async Task<AgentUpdate.Completed> RunAsync(
        EmulatedProviders providers, EmulatedApi api, List<HistoryItem> history, InMemoryTurnJournal checkpoints, Checkpoint? from)
    {
        var turn = new AgentTurn("c_1", 1, "", history, [providers.ModelOf(api)], checkpoints) { ResumeFrom = from };
        var updates = await providers.Graph.RunAsync(turn, Token).ToListAsync(Token).AsTask().InTime();
        return Assert.IsType<AgentUpdate.Completed>(updates[^1]);
    }

    private static AIFunction Counted(string name, List<string> runs) => ToolFactory.Create(() => runs.Add(name), name, "Counts its runs.", new ToolTraits { Effect = ToolEffect.None });

    /// <summary>What an item says; signatures differ from answer to answer.</summary>
    private static string Describe(HistoryItem item) => item switch
    {
        HistoryItem.UserMessage user => $"user {user.Text}",
        HistoryItem.AssistantMessage said => "said " + string.Join('+', said.Parts.Select(part => part is AssistantPart.ToolUse use ? use.Call.Id : ((AssistantPart.Text)part).Value)),
        HistoryItem.ToolResults came => "came " + string.Join('+', came.Results.Select(result => $"{result.CallId} {result.Outcome} {result.Content}")),
        _ => throw new InvalidOperationException($"Unknown item {item}."),
    };
}
