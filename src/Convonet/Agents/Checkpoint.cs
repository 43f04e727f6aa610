namespace Convonet.Agents;

/// <summary>What is saved when a node of the graph has ended: a position in the history, never a copy of it.</summary>
/// <param name="Turn">Number of the turn in its conversation, from 1.</param>
/// <param name="Round">Round of the turn, from 0.</param>
/// <param name="Ended">The node that has ended.</param>
/// <param name="HistoryLength">Items of the history that were there when it had ended, its own included.</param>
/// <param name="Outcome">Set when the turn ends with this node: nothing is asked again then.</param>
/// <param name="Error">Goes with <paramref name="Outcome"/>.</param>
public sealed record Checkpoint(int Turn, int Round, GraphNode Ended, int HistoryLength, TurnOutcome? Outcome = null, TurnError? Error = null);

/// <summary>The nodes of the graph.</summary>
public enum GraphNode
{
    /// <summary>Asks the model and streams what it says.</summary>
    Assistant,

    /// <summary>Waits for the step's tools.</summary>
    Tools,
}
