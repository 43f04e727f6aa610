using System.Diagnostics;
using Convonet.Models;

namespace Convonet.Agents;

/// <summary>One turn for the graph to run.</summary>
/// <param name="Conversation">Id of the conversation.</param>
/// <param name="Number">Number of the turn in its conversation, from 1.</param>
/// <param name="SystemPrompt">Instructions for the model.</param>
/// <param name="History">The conversation's history; the graph appends what was said and what came of the calls, and nobody else touches it meanwhile.</param>
/// <param name="Models">The models to use, the preferred one first, then those to fall back to.</param>
/// <param name="Checkpoints">Where checkpoints go.</param>
public sealed record AgentTurn(
    string Conversation,
    int Number,
    string SystemPrompt,
    List<HistoryItem> History,
    IReadOnlyList<IChatModel> Models,
    ICheckpointStore Checkpoints)
{
    /// <summary>The checkpoint to go on from; null starts the turn. The history must reach exactly to its position.</summary>
    public Checkpoint? ResumeFrom { get; init; }

    /// <summary>The turn's span, parent of those of its model and tool calls.</summary>
    public Activity? Span { get; init; }
}
