using System.Diagnostics;
using System.Threading.Channels;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>The calls of one step: each starts when it is ready, all run side by side, each has one result.</summary>
internal sealed class ToolBatch(TurnRun run, ToolRunner runner, int step) : IDisposable
{
    /// <summary>In characters; progress is a line beside a card.</summary>
    private const int LongestProgress = 500;

    private readonly List<ToolCall> _calls = [];
    private readonly List<Task> _tasks = [];
    private readonly Dictionary<string, ToolResult> _results = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private ToolOutcome? _stopped;
    private int _running;

    /// <summary>How many were asked for.</summary>
    public int Count => _calls.Count;

    /// <summary>Whether each call has its result.</summary>
    public bool AllEnded => _results.Count == _calls.Count;

    /// <summary>The results in call order; complete once <see cref="AllEnded"/>.</summary>
    public IReadOnlyList<ToolResult> Results => [.. _calls.Select(call => _results[call.Id])];

    /// <summary>The names of the tools that still run.</summary>
    public IEnumerable<string> RunningNames => _calls.Where(call => !_results.ContainsKey(call.Id)).Select(call => call.Name);

    /// <summary>The call as the history keeps it: arguments that were too long to run are not sent to the model again and again.</summary>
    public ToolCall Remembered(ToolCall call) => runner.Accepts(call) ? call : call with { Arguments = "{}", ProviderData = null };

    /// <summary>Writes calls down, all of them at once, and starts them, or decides at once why one may not run; either way its result arrives in the turn's inbox or is returned.</summary>
    /// <param name="calls">The calls, and what the model said in this step before each of them, since the call before.</param>
    /// <param name="restarted">Whether they may have been started before, by a process that is gone.</param>
    public async IAsyncEnumerable<AgentUpdate> StartAsync(IReadOnlyList<(ToolCall Call, IReadOnlyList<AssistantPart> Before)> calls, bool restarted = false)
    {
        if (calls.Count == 0)
        {
            yield break;
        }

        var first = _calls.Count;
        var shown = restarted ? null : run.Text.ToString();
        _calls.AddRange(calls.Select(static one => one.Call));
        ToolContext[] contexts = [.. calls.Select((one, i) => run.ContextOf(new CallKey(run.Turn.User, run.Turn.Id, step, first + i), one.Call, message => Report(one.Call, message)))];
        var known = await run.Turn.Journal.PlanAsync([.. calls.Select((one, i) => Planned(one.Call, one.Before, contexts[i].Key, shown))], CancellationToken.None);
        for (var i = 0; i < contexts.Length; i++)
        {
            await foreach (var update in StartAsync(contexts[i], known[i], restarted))
            {
                yield return update;
            }
        }
    }

    private PlannedCall Planned(ToolCall call, IReadOnlyList<AssistantPart> before, CallKey key, string? shown) =>
        new(new ToolInvocation(key, Remembered(call), runner.TraitsOf(call.Name)), before, shown) { Asks = runner.MustConfirm(call.Name, run.Turn.IsVoice) };

    private async IAsyncEnumerable<AgentUpdate> StartAsync(ToolContext context, ToolResult? known, bool restarted)
    {
        var call = context.Call;
        var result = known ?? await RefuseAsync(context, restarted);
        yield return new AgentUpdate.ToolStarted(call);
        if (result is not null)
        {
            _results.Add(call.Id, result);
            yield return new AgentUpdate.ToolFinished(result);
            yield break;
        }

        if (++_running > 1)
        {
            AgentLog.LogExecutingTools(run.Logger, _running);
        }

        _tasks.Add(Task.Run(() => RunAsync(context)));
    }

    /// <summary>Takes a signal of this batch.</summary>
    public AgentUpdate? Take(object? payload)
    {
        if (payload is AgentUpdate.ToolProgress progress)
        {
            return _results.ContainsKey(progress.CallId) ? null : progress;
        }

        if (payload is AgentUpdate.ToolConfirmation question)
        {
            return question;
        }

        var result = (ToolResult)payload!;
        _running--;
        _results.Add(result.CallId, result);
        return new AgentUpdate.ToolFinished(result);
    }

    /// <summary>Ends what still runs; the results follow at once.</summary>
    public void Stop(ToolOutcome outcome)
    {
        if (_stopped is null)
        {
            _stopped = outcome;
            run.Strays.Adopt(_stop.CancelAsync(), "Stopping tools");
        }
    }

    /// <summary>Ends what still runs when the turn is left early, and hands over its tasks.</summary>
    public void Dispose()
    {
        if (!AllEnded)
        {
            Stop(ToolOutcome.Cancelled);
        }

        run.Strays.Adopt(Task.WhenAll(_tasks), "Tool calls");
    }

    /// <summary>The recorded result of a call that may not run; null for one that may.</summary>
    private async ValueTask<ToolResult?> RefuseAsync(ToolContext context, bool restarted)
    {
        if (context.Key.Ordinal >= run.Options.MaxCallsPerRound)
        {
            return await runner.RecordAsync(context, ToolOutcome.Error, $"Not run: at most {run.Options.MaxCallsPerRound} calls at a time.");
        }

        // What counts is what the tool said of itself when the call was planned: a guest's tools may not be back yet.
        if (restarted && !run.Turn.Unasked.Contains(context.Call.Id) && (run.Turn.Unrepeatable.Contains(context.Call.Id) || (runner.Has(context.Call.Name) && runner.TraitsOf(context.Call.Name).Effect == ToolEffect.Outside)))
        {
            return await runner.RecordAsync(
                context, ToolOutcome.Unknown, $"The server stopped while {context.Call.Name} ran. It is not known whether it took effect, and it was not repeated. Tell the user.");
        }

        return run.IsExpired || _stopped is not null
            ? await runner.RecordAsync(context, ToolOutcome.Timeout, "Not run: the turn's time was up.", run.Options.Execution)
            : null;
    }

    private async Task RunAsync(ToolContext context)
    {
        Activity.Current = run.Turn.Span;
        try
        {
            var result = await ResultOfAsync(context);
            await run.PostAsync(new Signal(this, result), CancellationToken.None);
        }
        catch (ChannelClosedException)
        {
            // The turn ended without this result; it recorded its own.
        }
    }

    private async Task<ToolResult> ResultOfAsync(ToolContext context)
    {
        var call = context.Call;
        try
        {
            return await MayRunAsync(context) is { } why
                ? await runner.RecordAsync(context, ToolOutcome.Cancelled, why)
                : await runner.RunAsync(call, context, _stop.Token, WhenStopped);
        }
        catch (Exception error)
        {
            // The runner does not throw. Should it ever, the turn must not wait for a result that never comes.
            AgentLog.LogRunnerBroke(run.Logger, call.Id, error);
            return new ToolResult(call.Id, call.Name, ToolOutcome.Error, $"{call.Name} failed.", TimeSpan.Zero);
        }
    }

    private ToolResult WhenStopped(ToolResult result) => _stopped != ToolOutcome.Timeout
        ? result
        : result with { Outcome = ToolOutcome.Timeout, Content = $"{result.Name} was stopped: the turn's time was up.", Limit = run.Options.Execution };

    /// <summary>Asks the user where the call must be allowed; the turn's time stands still meanwhile.</summary>
    /// <returns>Why it may not run; null when it may.</returns>
    private async Task<string?> MayRunAsync(ToolContext context)
    {
        if (!runner.MustConfirm(context.Call.Name, run.Turn.IsVoice))
        {
            // Planned as one that is asked about, by a process with other rules.
            return run.Turn.Unasked.Contains(context.Call.Id) ? await AllowAsync(context) : null;
        }

        if (run.Turn.Confirmations is not { } confirmations)
        {
            return "Not run: the user would have to allow it, and cannot be asked.";
        }

        var limit = runner.ConfirmLimit;
        using var stopped = run.StopTheClock();
        try
        {
            var answer = await confirmations.AskAsync(context.Call.Id, limit, () => TellAsync(new AgentUpdate.ToolConfirmation(context.Call, limit)), _stop.Token);
            if (answer is true)
            {
                if (await AllowAsync(context) is { } why)
                {
                    return why;
                }

                await TellAsync(new AgentUpdate.ToolProgress(context.Call.Id, context.Call.Name, null));
                return null;
            }

            return answer is false
                ? "Not run: the user said no. Do not ask for it again."
                : $"Not run: the user did not allow it within {limit.TotalSeconds:0.###} s.";
        }
        catch (OperationCanceledException)
        {
            return "Not run: the turn was stopped before the user allowed it.";
        }
    }

    /// <summary>Writes down that a call may run.</summary>
    /// <returns>Why it may not.</returns>
    private async Task<string?> AllowAsync(ToolContext context)
    {
        try
        {
            await run.Turn.Journal.AllowAsync(new ToolInvocation(context.Key, context.Call, runner.TraitsOf(context.Call.Name)), CancellationToken.None);
            return null;
        }
        catch (JournalException error)
        {
            AgentLog.LogRunnerBroke(run.Logger, context.Call.Id, error);
            return "Not run: the store did not take down that the user allowed it.";
        }
    }

    private ValueTask TellAsync(AgentUpdate update) => run.PostAsync(new Signal(this, update), CancellationToken.None);

    /// <summary>Progress is a courtesy: in a full inbox it is dropped rather than waited for.</summary>
    private void Report(ToolCall call, string message) =>
        run.TryPost(new Signal(this, new AgentUpdate.ToolProgress(
            call.Id, call.Name, message.Length <= LongestProgress ? message : message[..LongestProgress] + "…")));
}
