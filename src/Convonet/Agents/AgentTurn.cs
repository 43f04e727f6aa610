using System.Diagnostics;
using Convonet.Models;

namespace Convonet.Agents;

/// <summary>One turn for the graph to run.</summary>
/// <param name="Conversation">Id of the conversation.</param>
/// <param name="Number">Number of the turn in its conversation, from 1.</param>
/// <param name="SystemPrompt">Instructions for the model.</param>
/// <param name="History">The conversation's history; the graph appends what was said and what came of the calls, and nobody else touches it meanwhile.</param>
/// <param name="Models">The models to use, the preferred one first, then those to fall back to.</param>
/// <param name="Journal">Where what a restart needs is kept.</param>
public sealed record AgentTurn(
    string Conversation,
    int Number,
    string SystemPrompt,
    List<HistoryItem> History,
    IReadOnlyList<IChatModel> Models,
    ITurnJournal Journal)
{
    /// <summary>Id of the turn; its calls' keys derive from it.</summary>
    public Guid Id { get; init; }

    /// <summary>Id of the user whom the turn serves; its tools act for nobody else.</summary>
    public string User { get; init; } = "";

    /// <summary>What is different in each turn, such as the time; see <see cref="ModelRequest.Moment"/>.</summary>
    public string Moment { get; init; } = "";

    /// <summary>Whether the user spoke.</summary>
    public bool IsVoice { get; init; }

    /// <summary>The text that was shown before.</summary>
    public string Shown { get; init; } = "";

    /// <summary>The end of <see cref="Shown"/> that belongs to the step to run first: an earlier owner had shown it when it was gone. The model goes on behind it.</summary>
    public string Begun { get; init; } = "";

    /// <summary>Where calls that the user has to allow wait for the answer; without it they are refused.</summary>
    public Confirmations? Confirmations { get; init; }

    /// <summary>Ids of calls that an earlier process may have started and that act outside the store: they are not run again.</summary>
    public IReadOnlySet<string> Unrepeatable { get; init; } = new HashSet<string>();

    /// <summary>Ids of calls that an earlier process has planned and not started, because the user had not allowed them yet: they are asked about again.</summary>
    public IReadOnlySet<string> Unasked { get; init; } = new HashSet<string>();

    /// <summary>The checkpoint to go on from; null starts the turn. The history must reach exactly to its position.</summary>
    public Checkpoint? ResumeFrom { get; init; }

    /// <summary>The model's answer that was begun before the user had finished; taken when it fits. Whoever made it disposes it.</summary>
    public HeadStart? HeadStart { get; init; }

    /// <summary>Where its model calls are counted, also those of a turn that breaks.</summary>
    public UsageTally Usage { get; init; } = new(PriceTable.Empty);

    /// <summary>Asked before each model call: whether the user has used up what there is, so that the turn ends there; null asks nobody.</summary>
    public Func<CancellationToken, ValueTask<bool>>? IsBudgetSpent { get; init; }

    /// <summary>The turn's span, parent of those of its model and tool calls.</summary>
    public Activity? Span { get; init; }
}
