namespace Convonet.Tools;

/// <summary>A ledger without a store: it holds while the process lives, and its commits get no transaction.</summary>
#pragma warning disable CA1001 // a semaphore whose wait handle is never asked for holds nothing to dispose of
public class InMemoryToolLedger : IToolLedger
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<CallKey, (ToolInvocation Invocation, ToolResult Result)> _results = [];

    /// <inheritdoc/>
    public async ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return Keep(invocation, result);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ToolResult> CommitAsync(
        ToolInvocation invocation, ToolCommit commit, Func<ToolAnswer, ToolResult> toResult, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _results.TryGetValue(invocation.Key, out var known) ? known.Result
                : Earlier(invocation) is { } same ? Keep(invocation, same.RepeatedAs(invocation.Call))
                : Keep(invocation, toResult(await commit.ApplyAsync(NoTransaction.Instance, cancellationToken)));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What is recorded of a call; null when nothing is.</summary>
    public ToolResult? Find(CallKey key) => _results.TryGetValue(key, out var known) ? known.Result : null;

    private ToolResult? Earlier(ToolInvocation invocation) => !invocation.Traits.OncePerTurn ? null : _results.Values
        .FirstOrDefault(one => one.Invocation.Key.Turn == invocation.Key.Turn && one.Result.Outcome == ToolOutcome.Ok
            && one.Invocation.Call.Name == invocation.Call.Name && one.Invocation.Call.ArgumentsHash() == invocation.Call.ArgumentsHash()).Result;

    private ToolResult Keep(ToolInvocation invocation, ToolResult result)
    {
        _results.TryAdd(invocation.Key, (invocation, result));
        return _results[invocation.Key].Result;
    }

    private sealed class NoTransaction : IToolTransaction
    {
        public static readonly NoTransaction Instance = new();
    }
}
