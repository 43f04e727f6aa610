using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>A call as it is planned: what a restart needs to run it, and to put it back into the history.</summary>
/// <param name="Invocation">The call.</param>
/// <param name="Before">What the model said in this step since the call before, or since the step's beginning.</param>
/// <param name="Shown">All text of the turn that was shown when the call was ready; null when an earlier owner had planned it, and kept that.</param>
public sealed record PlannedCall(ToolInvocation Invocation, IReadOnlyList<AssistantPart> Before, string? Shown)
{
    /// <summary>Whether the user has to allow it first: until <see cref="ITurnJournal.AllowAsync"/> nothing of it was started, so a restart asks again.</summary>
    public bool Asks { get; init; }
}

/// <summary>Keeps what a restart of one turn needs.</summary>
public interface ITurnJournal : IToolLedger
{
    /// <summary>Writes calls down before any of them starts: all, or none. From then on their step is not asked again.</summary>
    /// <param name="planned">One call or more of one step that were ready together, in their order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Of each the result that the ledger holds for it, when it was run before.</returns>
    /// <exception cref="JournalException">They could not be written down.</exception>
    ValueTask<IReadOnlyList<ToolResult?>> PlanAsync(IReadOnlyList<PlannedCall> planned, CancellationToken cancellationToken);

    /// <summary>Writes down that the user allowed a call, before it starts: from now on it may have been run.</summary>
    /// <param name="invocation">A call that was planned with <see cref="PlannedCall.Asks"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">It could not be written down.</exception>
    ValueTask AllowAsync(ToolInvocation invocation, CancellationToken cancellationToken) => default;

    /// <summary>Saves a checkpoint together with what its node added to the history.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="added">The item at the end of the history.</param>
    /// <param name="shown">All text of the turn that was shown until now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks>One with which the turn ends and which calls nothing may be left to the end of the turn, see <see cref="LeftToEnd"/>: nothing comes between the two.</remarks>
    ValueTask SaveAsync(Checkpoint checkpoint, HistoryItem added, string shown, CancellationToken cancellationToken);

    /// <summary>The checkpoint that was saved but not written: whoever writes the turn's end writes it too, in the same transaction. Null when there is none.</summary>
    LastStep? LeftToEnd => null;

    /// <summary>Text was shown. It is kept behind it, and never makes anybody wait.</summary>
    /// <param name="at">Characters of the turn's text before it.</param>
    /// <param name="text">The text.</param>
    /// <param name="superseded">Called when it was refused, because somebody else runs this turn now: nothing more may be shown.</param>
    void Show(int at, string text, Action superseded);

    /// <summary>From now on nothing more is written: the process stops, and another one goes on from what is written. What is just being committed may still be.</summary>
    /// <remarks>Every later call throws a <see cref="TurnFencedException"/>.</remarks>
    void Close();
}

/// <summary>What the model said last in a turn.</summary>
/// <param name="Checkpoint">The checkpoint; it has the outcome of the turn.</param>
/// <param name="Message">What was said.</param>
public sealed record LastStep(Checkpoint Checkpoint, HistoryItem.AssistantMessage Message);

/// <summary>Keeps the checkpoints and results of the newest turn in memory.</summary>
public sealed class InMemoryTurnJournal : InMemoryToolLedger, ITurnJournal
{
    private readonly List<Checkpoint> _checkpoints = [];

    /// <summary>The checkpoints of the newest turn, oldest first.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints
    {
        get
        {
            lock (_checkpoints)
            {
                return [.. _checkpoints];
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ToolResult?>> PlanAsync(IReadOnlyList<PlannedCall> planned, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ToolResult?>>([.. planned.Select(one => Find(one.Invocation.Key))]);

    /// <inheritdoc/>
    public ValueTask SaveAsync(Checkpoint checkpoint, HistoryItem added, string shown, CancellationToken cancellationToken)
    {
        lock (_checkpoints)
        {
            if (_checkpoints.Count > 0 && _checkpoints[^1].Turn != checkpoint.Turn)
            {
                _checkpoints.Clear();
            }

            _checkpoints.Add(checkpoint);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Show(int at, string text, Action superseded)
    {
        // The process has it.
    }

    /// <inheritdoc/>
    public void Close()
    {
        // Nothing goes on from here.
    }
}

/// <summary>Somebody else runs this turn now; whoever gets this writes nothing more of it.</summary>
public sealed class TurnFencedException : LedgerClosedException
{
    /// <summary>Creates the exception.</summary>
    public TurnFencedException()
        : base("Another owner has taken over this turn.")
    {
    }
}

/// <summary>The journal cannot be written. The turn ends: what is not written down is not run, and nothing is claimed that is not kept.</summary>
public sealed class JournalException : Exception
{
    /// <summary>Creates the exception.</summary>
    public JournalException(Exception cause)
        : base("The journal cannot be written.", cause)
    {
    }
}
