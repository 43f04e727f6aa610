using System.Collections.Concurrent;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Streams;
using Convonet.Tools;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.EndToEnd;

/// <summary>Whatever models, tools and users do, a conversation keeps its rules: see <see cref="ConversationChecker"/>.</summary>
public class RandomConversationTests
{
    private const int Cases = 2000;

    private readonly ConcurrentDictionary<string, int> _seen = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>CsCheck reports the seed of a failure; give it as the environment variable <c>CsCheck_Seed</c> to see it again.</summary>
    [Fact]
    public async Task Converse_RandomPlans_KeepsTheRules()
    {
        await ConversationPlan.Random.SampleAsync(RunAsync, TestContext.Current.TestOutputHelper!.WriteLine, iter: Cases, print: plan => plan.ToString());

        // "unknown" is what a restart makes of a call; no process is restarted here.
        string[] outcomes = [.. Enum.GetValues<TurnOutcome>().Select(outcome => $"turn {WireJson.Word(outcome)}"), .. Enum.GetValues<ToolOutcome>().Where(outcome => outcome != ToolOutcome.Unknown).Select(outcome => $"tool {WireJson.Word(outcome)}")];
        Assert.Empty(outcomes.Except(_seen.Keys));
    }

    private async Task RunAsync(ConversationPlan plan)
    {
        var time = new ObservedTime();
        var strays = new StrayTasks(NullLogger<StrayTasks>.Instance);
        var conversation = new ConversationUnderTest(Services(plan, time, strays));
        foreach (var cancelAfter in plan.CancelAfter)
        {
            await TurnAsync(conversation, cancelAfter);
        }

        await conversation.DisposeAsync();
        await strays.DrainAsync(Token).InTime();
        await time.NoTimersAsync();
        Assert.Equal(conversation.Conversation.Events.Head, conversation.Read[^1].Seq);
        Assert.Empty(ConversationChecker.Faults(conversation.Read, conversation.History));
        foreach (var outcome in conversation.Of<SessionEvent.AgentResponse>().Select(end => $"turn {end.Outcome}")
            .Concat(conversation.Of<SessionEvent.ToolEnded>().Select(ended => $"tool {ended.Outcome}")))
        {
            _seen.AddOrUpdate(outcome, 1, (_, count) => count + 1);
        }
    }

    private static async Task TurnAsync(ConversationUnderTest conversation, int cancelAfter)
    {
        var turn = await conversation.SayAsync();
        for (var events = 0; events != cancelAfter; events++)
        {
            if (await conversation.UntilAsync<SessionEvent>() is SessionEvent.AgentResponse)
            {
                return;
            }
        }

        await conversation.CancelAsync();
        await conversation.UntilAsync<SessionEvent.AgentResponse>(end => end.Turn == turn);
    }

    private static ConversationServices Services(ConversationPlan plan, ObservedTime time, StrayTasks strays)
    {
        var tools = new ToolRunner(
            [
                Echo.Tool,
                ToolFactory.Create(string () => throw new InvalidOperationException("Broken."), "throw", "Never works."),
                ToolFactory.Create(time.PassAsync, "hang", "Never ends by itself, while time goes by."),
            ],
            new ToolOptions(), time, strays, NullLogger<ToolRunner>.Instance);
        var graph = new AgentGraph(tools, new AgentOptions { MaxRounds = 4, MaxCallsPerRound = 4 }, time, strays, NullLogger<AgentGraph>.Instance);
        ProviderEntry[] entries =
        [
            new(new PlannedModel("one", plan.First, time), true, false),
            new(new PlannedModel("two", plan.Fallback ?? [], time), true, false),
        ];
        var models = new ChatModels(entries, "one", plan.Fallback is null ? [] : ["two"]);
        return new ConversationServices(graph, models, new ConversationOptions(), time, NullLoggerFactory.Instance);
    }
}
