namespace Convonet.Tools;

/// <summary>A call that is being run.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Call">What the model asked for.</param>
/// <param name="Traits">What its tool acts on.</param>
public sealed record ToolInvocation(CallKey Key, ToolCall Call, ToolTraits Traits);

/// <summary>The record of what came of each call. Whoever records first wins; everybody else gets what is recorded.</summary>
public interface IToolLedger
{
    /// <summary>Records a result.</summary>
    /// <returns>The result that the ledger holds for this call: this one, or the one that was there before.</returns>
    /// <exception cref="LedgerClosedException">The call is not this process's any more.</exception>
    ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken);

    /// <summary>Runs a commit and records its result in one transaction; does not run it when the ledger holds a result for this call.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="commit">The writing part of the tool.</param>
    /// <param name="toResult">Makes the result to record.</param>
    /// <param name="cancellationToken">Gives up. It may be too late: only the ledger knows, see <see cref="RecordAsync"/>.</param>
    /// <returns>The result that the ledger holds for this call.</returns>
    /// <exception cref="ToolException">The tool refused; nothing was written, and nothing recorded.</exception>
    /// <exception cref="LedgerClosedException">The call is not this process's any more; nothing was written.</exception>
    ValueTask<ToolResult> CommitAsync(ToolInvocation invocation, ToolCommit commit, Func<ToolAnswer, ToolResult> toResult, CancellationToken cancellationToken);
}
