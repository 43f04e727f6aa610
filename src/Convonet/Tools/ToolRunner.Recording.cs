using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Convonet.Tools;

/// <summary>What came of a call is written down.</summary>
public sealed partial class ToolRunner
{
    /// <summary>How long a result may take to be recorded, beyond the call's own limit.</summary>
    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(2);

    /// <summary>Tools that were warned of.</summary>
    private readonly ConcurrentDictionary<string, bool> _withoutCommit = new(StringComparer.Ordinal);

    /// <summary>The result of a call that was not run, recorded like any other.</summary>
    /// <returns>The result that the ledger holds for this call.</returns>
    public Task<ToolResult> RecordAsync(ToolContext context, ToolOutcome outcome, string why, TimeSpan? limit = null) => RecordAsync(
        new ToolInvocation(context.Key, context.Call, TraitsOf(context.Call.Name)),
        context,
        new ToolResult(context.Call.Id, context.Call.Name, outcome, why, TimeSpan.Zero, Limit: limit),
        committing: false);

    /// <summary>The second part: effect and record in one transaction. Given up at the limit; whether it was too late only the ledger knows.</summary>
    private async Task<ToolResult> CommitAsync(ToolInvocation invocation, ToolContext context, ToolCommit commit, long started, CancellationToken over)
    {
        if (context.Ledger is null)
        {
            throw new InvalidOperationException("A tool that commits needs a ledger.");
        }

        var running = Task.Run(() => context.Ledger.CommitAsync(invocation, commit, answer => ResultOf(invocation.Call, answer, started), over).AsTask(), CancellationToken.None);
        try
        {
            return await running.WaitAsync(over);
        }
        finally
        {
            // One that was refused in time has told its waiter why.
            if (!running.IsFaulted || over.IsCancellationRequested)
            {
                _strays.Adopt(running, $"Commit of {invocation.Call.Name}");
            }
        }
    }

    /// <summary>Records a result, unless one is recorded already. Where nobody can know whether a commit took effect, the result says so.</summary>
    private async Task<ToolResult> RecordAsync(ToolInvocation invocation, ToolContext context, ToolResult result, bool committing)
    {
        if (context.Ledger is null || (committing && result.Outcome == ToolOutcome.Ok))
        {
            return result;
        }

        using var limit = new CancellationTokenSource(RecordLimit, _time);
        try
        {
            return await context.Ledger.RecordAsync(invocation, result, limit.Token).AsTask().WaitAsync(limit.Token);
        }
        catch (LedgerClosedException)
        {
            LogLeft(invocation.Call.Name, invocation.Call.Id);
            return result;
        }
        catch (Exception error)
        {
            // The border: the turn must go on. A result that is not recorded stands for this process only.
            LogNotRecorded(invocation.Call.Name, invocation.Call.Id, error);
            return committing ? result with { Outcome = ToolOutcome.Unknown, Content = $"It is not known whether {result.Name} took effect: the store does not answer. Do not repeat it." } : result;
        }
    }

    /// <summary>Says once of a tool that it promises what it does not keep: nothing else shows it until a crash.</summary>
    private void WarnWithoutCommit(ToolInvocation invocation, bool committing)
    {
        if (!committing && invocation.Traits.Effect == ToolEffect.Store && _withoutCommit.TryAdd(invocation.Call.Name, true))
        {
            LogWithoutCommit(invocation.Call.Name);
        }
    }

    /// <summary>The turn was left while the call ran.</summary>
    private ToolResult Left(ToolCall call, long started) => Failed(call, ToolOutcome.Cancelled, $"{call.Name} was stopped before it finished.", started);

    [LoggerMessage(LogLevel.Error, "What came of tool {ToolName} could not be recorded (call {CallId}).")]
    private partial void LogNotRecorded(string toolName, string callId, Exception error);

    [LoggerMessage(LogLevel.Warning, "Tool {ToolName} is declared ToolEffect.Store, and ended without a ToolCommit: what it wrote by itself is not in one transaction with the record of its call, and is done twice when a crash falls between. Let it return context.Write(…), or declare it ToolEffect.Outside.")]
    private partial void LogWithoutCommit(string toolName);

    [LoggerMessage(LogLevel.Information, "What came of tool {ToolName} is not recorded here: its turn was left (call {CallId}).")]
    private partial void LogLeft(string toolName, string callId);
}
