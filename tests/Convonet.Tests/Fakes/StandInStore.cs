using Convonet.Agents;
using Convonet.Conversations;

namespace Convonet.Tests.Fakes;

/// <summary>Keeps nothing, as <see cref="InMemoryConversationStore"/>; a test overrides what its store does otherwise.</summary>
internal abstract class StandInStore : IConversationStore
{
    private readonly InMemoryConversationStore _inner = new();

    public virtual bool IsDurable => false;

    public virtual ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken) => _inner.HasAsync(id, user, cancellationToken);

    public virtual ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken) => _inner.IsFreeAsync(id, cancellationToken);

    public virtual ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken) => _inner.LoadAsync(id, user, cancellationToken);

    public virtual ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken) => _inner.AcceptAsync(turn, epoch, cancellationToken);

    public virtual ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch) => _inner.JournalOf(turn, user, ownerEpoch);

    public virtual ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken) => _inner.EndAsync(ending, cancellationToken);

    public ValueTask HearAsync(Guid turn, int ownerEpoch, int heard, CancellationToken cancellationToken) => _inner.HearAsync(turn, ownerEpoch, heard, cancellationToken);

    public ValueTask ChooseAsync(string conversation, int epoch, string provider, CancellationToken cancellationToken) => _inner.ChooseAsync(conversation, epoch, provider, cancellationToken);

    public ValueTask SummarizeAsync(string conversation, int epoch, KeptSummary summary, CancellationToken cancellationToken) => _inner.SummarizeAsync(conversation, epoch, summary, cancellationToken);

    public virtual ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken) => _inner.UnfinishedAsync(cancellationToken);
}
