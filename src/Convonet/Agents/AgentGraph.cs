using System.Runtime.CompilerServices;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Convonet.Agents;

/// <summary>Runs turns: <c>assistant → tools → assistant …</c> until the model has said everything, or a limit ends it.</summary>
/// <remarks>
/// <code>
///            ┌─────────── ready calls start at once ──────────┐
///   history ─► AssistantNode ─► text, calls ─► checkpoint ─► tools ─► results ─► checkpoint ─┐
///        ▲        (AttemptRace: silence, hedge, claim, retry)                              │
///        └────────────────────────────────── next round ─────────────────────────────────────┘
/// </code>
/// Everything enters by the turn's one inbox (<see cref="TurnRun"/>), so updates stream out of the running node in the order in which
/// things happened, and the turn ends with exactly one <see cref="AgentUpdate.Completed"/>, also when it is cancelled.
/// </remarks>
public sealed class AgentGraph(
    ToolRunner tools,
    AgentOptions options,
    TimeProvider time,
    StrayTasks strays,
    ILogger<AgentGraph> logger,
    ProviderHealth? health = null,
    HedgingOptions? hedging = null)
{
    /// <summary>What the model is told behind an answer of its own that was cut off.</summary>
    internal const string GoOn =
        "(You were cut off here. Go on exactly where you stopped: what you said was heard, so say none of it again, do not greet, and do not mention this.)";

    private readonly Hedger _hedger = new(health ?? new ProviderHealth(new BreakerOptions(), time), hedging ?? new HedgingOptions());

    /// <summary>The tools that models are told of.</summary>
    internal IReadOnlyList<AIFunctionDeclaration> Tools => tools.Tools;

    /// <summary>Owns what nobody waits for any more.</summary>
    internal StrayTasks Strays => strays;

    /// <summary>Runs a turn and yields what happens while it happens.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">The user's stop: the turn ends at once, as <see cref="TurnOutcome.Cancelled"/>, without an exception.</param>
    public async IAsyncEnumerable<AgentUpdate> RunAsync(AgentTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var run = new TurnRun(turn, options, time, strays, logger, cancellationToken);
        var plan = new AttemptPlan(turn.Models, options.RetryAfter, _hedger);
        if (turn.Models[0] is not KeptAnswer)
        {
            _hedger.TurnBegan();
        }

        var round = turn.ResumeFrom is { Ended: GraphNode.Tools } ended ? ended.Round + 1 : turn.ResumeFrom?.Round ?? 0;
        var resumeTools = turn.ResumeFrom is { Ended: GraphNode.Assistant };
        var (outcome, error) = turn.ResumeFrom is { Ended: GraphNode.Tools } over ? (over.Outcome, over.Error) : (null, null);
        var begun = turn.Begun.TrimStart('\n');

        for (; outcome is null; round++)
        {
            using var batch = new ToolBatch(run, tools, round);
            if (resumeTools)
            {
                resumeTools = false;

                if (begun.Length == 0)
                {
                    // What is known of the step is all of it now: else the next restart would take text of the step behind it for more of this one, and ask that again.
                    // Where the step behind it has begun this was saved before; saved again, its beginning would count as this one's.
                    await SaveAsync(run, turn.ResumeFrom!);
                }

                await foreach (var update in RestartAsync(turn, batch))
                {
                    yield return update;
                }

                (outcome, error) = (turn.ResumeFrom!.Outcome, turn.ResumeFrom.Error);
            }
            else if (turn.IsBudgetSpent is { } isSpent && await isSpent(cancellationToken))
            {
                // Politely: what was said and done stays, and no model is asked any more.
                (outcome, error) = (TurnOutcome.Failed, TurnError.BudgetSpent);
            }
            else
            {
                // :: 1 the assistant speaks, its tools start
                var node = new AssistantNode(run, plan, batch, RequestFor(turn.User, turn.Number, turn.SystemPrompt, turn.Moment, [.. turn.History, .. GoingOn(begun)], round), begun);
                begun = "";
                try
                {
                    await foreach (var update in node.RunAsync())
                    {
                        yield return update;
                    }
                }
                finally
                {
                    turn.History.AddRange(node.Message is { } message ? [message] : []);
                }

                (outcome, error) = (node.Outcome, node.Error);
                if (node.Message is not null)
                {
                    await SaveAsync(run, new(turn.Number, round, GraphNode.Assistant, turn.History.Count, outcome, error));
                }
            }

            if (batch.Count == 0)
            {
                continue;
            }

            // :: 2 its tools end
            await foreach (var update in FinishAsync(run, batch, plan.Model))
            {
                yield return update;
            }

            turn.History.Add(new HistoryItem.ToolResults(batch.Results));
            (outcome, error) = AfterTools(run, round, outcome, error);
            await SaveAsync(run, new(turn.Number, round, GraphNode.Tools, turn.History.Count, outcome, error));
        }

        // Cut off before any text: the user, who got nothing, is told so.
        error = outcome == TurnOutcome.Truncated && run.Text.Length == 0 ? TurnError.CutOff : error;
        yield return new AgentUpdate.Completed(outcome.Value, error, plan.Model, run.Usage);
    }

    /// <summary>The first of these models whose provider works, as far as is known; null when none does. Asked for what may be thrown away, which is no way to find out.</summary>
    public IChatModel? FirstHealthy(IEnumerable<IChatModel> models) => models.FirstOrDefault(model => _hedger.Health.Of(model).State == BreakerState.Closed);

    /// <summary>Asks the model already what it will be asked when the turn begins, and shows nothing of it.</summary>
    /// <param name="model">The model that the turn will ask first.</param>
    /// <param name="user">Id of the user whom the turn serves.</param>
    /// <param name="number">The number that the turn will have.</param>
    /// <param name="systemPrompt">Its instructions.</param>
    /// <param name="moment">What is different in each turn.</param>
    /// <param name="history">Its history; the last message is what the user probably says.</param>
    /// <param name="aside">Where it is counted when no turn takes it.</param>
    public HeadStart StartEarly(IChatModel model, string user, int number, string systemPrompt, string moment, IReadOnlyList<HistoryItem> history, UsageTally? aside = null) =>
        new(model, RequestFor(user, number, systemPrompt, moment, history, 0), time, strays, aside);

    /// <summary>Asks for the rest of what was cut off. It is no part of the history: there the step is whole.</summary>
    private static IEnumerable<HistoryItem> GoingOn(string begun) =>
        begun.Length == 0 ? [] : [new HistoryItem.AssistantMessage([new AssistantPart.Text(begun)]), new HistoryItem.UserMessage(GoOn)];

    private static (TurnOutcome?, TurnError?) AfterTools(TurnRun run, int round, TurnOutcome? outcome, TurnError? error)
    {
        if (run.IsCancelled)
        {
            return (TurnOutcome.Cancelled, null);
        }

        if (outcome is not null)
        {
            return (outcome, error);
        }

        if (run.IsExpired)
        {
            return (TurnOutcome.TimedOut, TurnError.TimedOut);
        }

        return round + 1 < run.Options.MaxRounds ? (null, null) : (TurnOutcome.Truncated, null);
    }

    /// <summary>Waits for the step's tools; the user's cancel or the turn's time ends them.</summary>
    private static async IAsyncEnumerable<AgentUpdate> FinishAsync(TurnRun run, ToolBatch batch, IChatModel model)
    {
        while (!batch.AllEnded)
        {
            if (run.IsCancelled)
            {
                batch.Stop(ToolOutcome.Cancelled);
            }
            else if (run.IsExpired)
            {
                batch.Stop(ToolOutcome.Timeout);
            }

            var signal = await run.NextAsync();
            if (signal.Source == batch && batch.Take(signal.Payload) is { } update)
            {
                run.UserHeard();
                yield return update;
            }

            if (!batch.AllEnded && run.TakeWatchdog())
            {
                yield return Waiting.For(batch, model);
            }
        }
    }

    /// <summary>Starts the calls of the step that a checkpoint was saved after; those that had ended give the result that was recorded.</summary>
    private static async IAsyncEnumerable<AgentUpdate> RestartAsync(AgentTurn turn, ToolBatch batch)
    {
        var message = (HistoryItem.AssistantMessage)turn.History[^1];
        await foreach (var update in batch.StartAsync([.. message.Parts.OfType<AssistantPart.ToolUse>().Select(static use => (use.Call, (IReadOnlyList<AssistantPart>)[]))], restarted: true))
        {
            yield return update;
        }
    }

    private static ValueTask SaveAsync(TurnRun run, Checkpoint checkpoint) =>
        run.Turn.Journal.SaveAsync(checkpoint, run.Turn.History[^1], run.Text.ToString(), CancellationToken.None);

    private ModelRequest RequestFor(string user, int number, string systemPrompt, string moment, IReadOnlyList<HistoryItem> history, int round) => new(
        $"call_{number}_{round}",
        systemPrompt,
        history,
        tools.Tools,
        round + 1 < options.MaxRounds ? ToolChoice.Auto : ToolChoice.None)
    {
        Moment = moment,
        User = user,
    };
}
