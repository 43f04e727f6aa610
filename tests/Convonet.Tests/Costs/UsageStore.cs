using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;

namespace Convonet.Tests.Costs;

/// <summary>A store that remembers only what turns used.</summary>
internal sealed class UsageStore : IConversationStore
{
    private readonly InMemoryConversationStore _nothing = new();

    public List<Used> Used { get; } = [];

    /// <summary>Without what was guessed.</summary>
    public IEnumerable<Used> Told => Used.Where(one => one.Kind != UsageKind.Guessed);

    public bool IsDurable => false;

    public ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken)
    {
        Used.AddRange(ending.Used);
        return default;
    }

    public ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken) => _nothing.HasAsync(id, user, cancellationToken);

    public ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken) => _nothing.LoadAsync(id, user, cancellationToken);

    public ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken) => _nothing.AcceptAsync(turn, epoch, cancellationToken);

    public ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch) => _nothing.JournalOf(turn, user, ownerEpoch);

    public ValueTask HearAsync(Guid turn, int ownerEpoch, int heard, CancellationToken cancellationToken) => default;

    public ValueTask ChooseAsync(string conversation, int epoch, string provider, CancellationToken cancellationToken) => default;

    public ValueTask SummarizeAsync(string conversation, int epoch, KeptSummary summary, CancellationToken cancellationToken) => default;

    public ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken) => _nothing.UnfinishedAsync(cancellationToken);
}
