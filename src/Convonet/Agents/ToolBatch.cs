using System.Diagnostics;
using System.Threading.Channels;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>The calls of one step: each starts when it is ready, all run side by side, each has one result.</summary>
internal sealed class ToolBatch(TurnRun run, ToolRunner runner) : IDisposable
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

    /// <summary>Starts a call, or decides at once why it may not run; either way its result arrives in the turn's inbox or is returned.</summary>
    public IEnumerable<AgentUpdate> Start(ToolCall call)
    {
        _calls.Add(call);
        yield return new AgentUpdate.ToolStarted(call);
        if (WhyNot(call) is { } refused)
        {
            _results.Add(call.Id, refused);
            yield return new AgentUpdate.ToolFinished(refused);
            yield break;
        }

        if (++_running > 1)
        {
            AgentLog.LogExecutingTools(run.Logger, _running);
        }

        _tasks.Add(Task.Run(() => RunAsync(call)));
    }

    /// <summary>Takes a signal of this batch.</summary>
    public AgentUpdate? Take(object? payload)
    {
        if (payload is AgentUpdate.ToolProgress progress)
        {
            return _results.ContainsKey(progress.CallId) ? null : progress;
        }

        var result = (ToolResult)payload!;

        if (result.Outcome == ToolOutcome.Cancelled && _stopped == ToolOutcome.Timeout)
        {
            result = result with { Outcome = ToolOutcome.Timeout, Content = $"{result.Name} was stopped: the turn's time was up.", Limit = run.Options.Execution };
        }

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

    private ToolResult? WhyNot(ToolCall call)
    {
        if (_calls.Count > run.Options.MaxCallsPerRound)
        {
            return new(call.Id, call.Name, ToolOutcome.Error, $"Not run: at most {run.Options.MaxCallsPerRound} calls at a time.", TimeSpan.Zero);
        }

        if (run.IsExpired || _stopped is not null)
        {
            return new(call.Id, call.Name, ToolOutcome.Timeout, "Not run: the turn's time was up.", TimeSpan.Zero, Limit: run.Options.Execution);
        }

        return null;
    }

    private async Task RunAsync(ToolCall call)
    {
        Activity.Current = run.Turn.Span;
        try
        {
            var result = await ResultOfAsync(call);
            await run.Inbox.WriteAsync(new Signal(this, result), CancellationToken.None);
        }
        catch (ChannelClosedException)
        {
            // The turn ended without this result; it recorded its own.
        }
    }

    private async Task<ToolResult> ResultOfAsync(ToolCall call)
    {
        try
        {
            return await runner.RunAsync(call, run.ContextOf(call, message => Report(call, message)), _stop.Token);
        }
        catch (Exception error)
        {
            // The runner does not throw. Should it ever, the turn must not wait for a result that never comes.
            AgentLog.LogRunnerBroke(run.Logger, call.Id, error);
            return new ToolResult(call.Id, call.Name, ToolOutcome.Error, $"{call.Name} failed.", TimeSpan.Zero);
        }
    }

    /// <summary>Progress is a courtesy: in a full inbox it is dropped rather than waited for.</summary>
    private void Report(ToolCall call, string message) =>
        run.Inbox.TryWrite(new Signal(this, new AgentUpdate.ToolProgress(
            call.Id, call.Name, message.Length <= LongestProgress ? message : message[..LongestProgress] + "…")));
}
