using Convonet.Agents;

namespace Convonet.Conversations;

/// <summary>Keeps nothing beyond the process: for an application without a store.</summary>
public sealed class InMemoryConversationStore : IConversationStore
{
    /// <inheritdoc/>
    public bool IsDurable => false;

    /// <inheritdoc/>
    public ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <inheritdoc/>
    public ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <inheritdoc/>
    public ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken) => ValueTask.FromResult<KeptConversation?>(null);

    /// <inheritdoc/>
    public ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken) => ValueTask.FromResult(turn.Number);

    /// <inheritdoc/>
    public ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch) => new InMemoryTurnJournal();

    /// <inheritdoc/>
    public ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask HearAsync(Guid turn, int ownerEpoch, int heard, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask ChooseAsync(string conversation, int epoch, string provider, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask SummarizeAsync(string conversation, int epoch, KeptSummary summary, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<(string, string)>>([]);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken) => default;
}
