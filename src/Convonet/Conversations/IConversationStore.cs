using Convonet.Agents;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>Keeps conversations: what was accepted is kept before the client is told so, and what ended before it is shown.</summary>
public interface IConversationStore
{
    /// <summary>Whether what is kept outlives the process. Then a turn that the process leaves unfinished goes on in the next one.</summary>
    bool IsDurable { get; }

    /// <summary>Whether a user has a conversation with this id. Anybody may ask for ids that are none, so this takes no writer's place.</summary>
    ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken);

    /// <summary>Whether nobody has a conversation with this id.</summary>
    ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Loads a conversation for its new owner: its unfinished turns are fenced against earlier owners, and its epoch is counted up, because event
    /// numbers that were given in memory are lost.
    /// </summary>
    /// <returns>Null when this user has no such conversation.</returns>
    /// <exception cref="InvalidDataException">What is kept of it cannot be read; it is left as it is.</exception>
    ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken);

    /// <summary>Keeps a message as a turn.</summary>
    /// <param name="turn">The message.</param>
    /// <param name="epoch">The fence: the conversation's epoch since its owner loaded or began it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The number of the turn with this client's id of the message: this one's, or that of the turn that it became before.</returns>
    /// <exception cref="TurnFencedException">Somebody else has loaded the conversation.</exception>
    ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken);

    /// <summary>The journal of a turn.</summary>
    /// <param name="turn">Id of the turn.</param>
    /// <param name="user">Whom it serves.</param>
    /// <param name="ownerEpoch">The fence: the owner's number.</param>
    ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch);

    /// <summary>Keeps how a turn ended.</summary>
    /// <exception cref="TurnFencedException">Somebody else has taken it over, or it has ended already.</exception>
    ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken);

    /// <summary>Keeps how much of an answer the user heard, in characters, when it was interrupted.</summary>
    ValueTask HearAsync(Guid turn, int ownerEpoch, int heard, CancellationToken cancellationToken);

    /// <summary>Keeps the provider that was chosen for a conversation; one that nothing was said in yet is not kept.</summary>
    /// <exception cref="TurnFencedException">Somebody else has loaded the conversation.</exception>
    ValueTask ChooseAsync(string conversation, int epoch, string provider, CancellationToken cancellationToken);

    /// <summary>Keeps what models are told in place of a conversation's oldest turns.</summary>
    /// <exception cref="TurnFencedException">Somebody else has loaded the conversation.</exception>
    ValueTask SummarizeAsync(string conversation, int epoch, KeptSummary summary, CancellationToken cancellationToken);

    /// <summary>Deletes a conversation with all that was said in it; what its tools did stays done.</summary>
    ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken);

    /// <summary>The conversations with a turn that has not ended, oldest first, with their users.</summary>
    ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken);
}

/// <summary>A message that becomes a turn.</summary>
public sealed record NewTurn(Guid Id, string Conversation, int Number, string User, string ClientMsgId, string Text, bool IsVoice, string Provider)
{
    /// <summary>Whether nothing was said in the conversation before: only then it may be new to the store. To be asked for each try: what an earlier one has begun may be deleted meanwhile.</summary>
    public Func<bool> Begins { get; init; } = static () => true;
}

/// <summary>How a turn ended.</summary>
/// <param name="Id">Id of the turn.</param>
/// <param name="OwnerEpoch">The owner that ends it.</param>
/// <param name="Outcome">How.</param>
/// <param name="Error">Why it did not succeed.</param>
/// <param name="Shown">All text that was shown.</param>
/// <param name="Provider">Who answered.</param>
public sealed record TurnEnd(Guid Id, int OwnerEpoch, TurnOutcome Outcome, TurnError? Error, string Shown, string Provider)
{
    /// <summary>What its model calls used, and those beside it that no turn took; kept with its end, once.</summary>
    public IReadOnlyList<Used> Used { get; init; } = [];

    /// <summary>What the model said last, when its journal left that to the end; kept with it.</summary>
    public LastStep? LastStep { get; init; }
}

/// <summary>A conversation as it was kept.</summary>
/// <param name="Id">Id.</param>
/// <param name="Provider">The provider of its next turn.</param>
/// <param name="Epoch">The epoch of its event numbers from now on.</param>
/// <param name="LastTurn">Number of its newest turn.</param>
/// <param name="Turns">Its newest turns, oldest first; all that have not ended are among them.</param>
public sealed record KeptConversation(string Id, string Provider, int Epoch, int LastTurn, IReadOnlyList<KeptTurn> Turns)
{
    /// <summary>What models are told in place of the oldest turns; null while they get all.</summary>
    public KeptSummary? Summary { get; init; }
}

/// <summary>What models are told in place of a conversation's oldest turns.</summary>
/// <param name="Text">The text.</param>
/// <param name="UpTo">Number of the last turn that it tells of.</param>
public sealed record KeptSummary(string Text, int UpTo);

/// <summary>A turn as it was kept.</summary>
/// <param name="Turn">The message that it was made of; its provider is the one that answered.</param>
/// <param name="OwnerEpoch">The fence of its owner from now on; 1 for the first.</param>
/// <param name="Shown">The text that was shown.</param>
/// <param name="Outcome">How it ended; null when it has not.</param>
/// <param name="Error">Why it did not succeed.</param>
/// <param name="Steps">Its rounds in order.</param>
public sealed record KeptTurn(NewTurn Turn, int OwnerEpoch, string Shown, TurnOutcome? Outcome, TurnError? Error, IReadOnlyList<KeptStep> Steps)
{
    /// <summary>The end of <see cref="Shown"/> that is in none of the <see cref="Steps"/>: it was shown, and its step had not ended.</summary>
    public string Begun { get; init; } = "";

    /// <summary>How many owners in a row began it, or went on with it, and were gone before anything came of it.</summary>
    public int Tries { get; init; }

    /// <summary>How much of <see cref="Shown"/> the user heard, in characters; null when the answer was not interrupted.</summary>
    public int? Heard { get; init; }

    /// <summary>What it used, speech included, as far as that was kept.</summary>
    public IReadOnlyList<Used> Used { get; init; } = [];

    /// <summary>How long it took, from when it could begin; null when it has not ended, or more than one process worked on it.</summary>
    public TimeSpan? Took { get; init; }
}

/// <summary>One round of a turn as it was kept.</summary>
/// <param name="Round">The round, from 0.</param>
/// <param name="Parts">What the model said; null when the step was cut off after its first call.</param>
/// <param name="Outcome">Set when the turn ends with this step.</param>
/// <param name="Error">Goes with <paramref name="Outcome"/>.</param>
/// <param name="Calls">Its calls in order.</param>
public sealed record KeptStep(int Round, IReadOnlyList<AssistantPart>? Parts, TurnOutcome? Outcome, TurnError? Error, IReadOnlyList<KeptCall> Calls)
{
    /// <summary>What the model said, as the history has it: of a step that was cut off exactly what was planned.</summary>
    internal HistoryItem.AssistantMessage Message() =>
        new(Parts ?? [.. Calls.SelectMany(planned => planned.Before.Append(new AssistantPart.ToolUse(planned.Call)))]);
}

/// <summary>A call as it was kept.</summary>
/// <param name="Call">The call.</param>
/// <param name="Before">What the model said in the step since the call before.</param>
/// <param name="Result">What came of it; null when nothing was recorded.</param>
/// <param name="Effect">What its tool acted on when it was planned, whether or not the tool is there now.</param>
public sealed record KeptCall(ToolCall Call, IReadOnlyList<AssistantPart> Before, ToolResult? Result, ToolEffect Effect)
{
    /// <summary>Whether the user had not allowed it yet: then it was not started.</summary>
    public bool Asks { get; init; }

    /// <summary>When it started, from when its turn could begin; null where <see cref="KeptTurn.Took"/> is.</summary>
    public TimeSpan? Started { get; init; }
}
