using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Tools;

namespace Convonet.Chaos.Child;

/// <summary>The store with the ledger switched off: effect and record are two transactions, and nobody looks whether a call was run before.</summary>
internal sealed class NaiveConversationStore(ConversationStore inner, ConvonetStore store) : IConversationStore
{
    /// <summary>The place between effect and record, where a process can die.</summary>
    public const string Between = "naive.between";

    public bool IsDurable => inner.IsDurable;

    public ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken) => inner.IsFreeAsync(id, cancellationToken);

    public ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken) => inner.HasAsync(id, user, cancellationToken);

    public ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken) => inner.LoadAsync(id, user, cancellationToken);

    public ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken) => inner.AcceptAsync(turn, epoch, cancellationToken);

    public ITurnJournal JournalOf(Guid turn, string user, int ownerEpoch) => new NaiveJournal(inner.JournalOf(turn, user, ownerEpoch), store);

    public ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken) => inner.EndAsync(ending, cancellationToken);

    public ValueTask HearAsync(Guid turn, int ownerEpoch, int heard, CancellationToken cancellationToken) => inner.HearAsync(turn, ownerEpoch, heard, cancellationToken);

    public ValueTask ChooseAsync(string conversation, int epoch, string provider, CancellationToken cancellationToken) => inner.ChooseAsync(conversation, epoch, provider, cancellationToken);

    public ValueTask SummarizeAsync(string conversation, int epoch, KeptSummary summary, CancellationToken cancellationToken) => inner.SummarizeAsync(conversation, epoch, summary, cancellationToken);

    public ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken) => inner.DeleteAsync(id, user, cancellationToken);

    public ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken) => inner.UnfinishedAsync(cancellationToken);

    private sealed class NaiveJournal(ITurnJournal inner, ConvonetStore store) : ITurnJournal
    {
        public ValueTask<IReadOnlyList<ToolResult?>> PlanAsync(IReadOnlyList<PlannedCall> planned, CancellationToken cancellationToken) => inner.PlanAsync(planned, cancellationToken);

        public ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken) =>
            inner.RecordAsync(invocation, result, cancellationToken);

        public async ValueTask<ToolResult> CommitAsync(
            ToolInvocation invocation, ToolCommit commit, Func<ToolAnswer, ToolResult> toResult, CancellationToken cancellationToken)
        {
            var result = await store.WriteAsync(
                async (db, token) => toResult(await commit.ApplyAsync(new StoreTransaction(store, db), token)), cancellationToken: cancellationToken);
            if (invocation.Call.Name is "add_row" or "add_one")
            {
                FailPoint.Pass(Between); // what these do twice cannot be missed
            }

            return await inner.RecordAsync(invocation, result, cancellationToken);
        }

        public ValueTask AllowAsync(ToolInvocation invocation, CancellationToken cancellationToken) => inner.AllowAsync(invocation, cancellationToken);

        public LastStep? LeftToEnd => inner.LeftToEnd;

        public ValueTask SaveAsync(Checkpoint checkpoint, HistoryItem added, string shown, CancellationToken cancellationToken) =>
            inner.SaveAsync(checkpoint, added, shown, cancellationToken);

        public void Show(int at, string text, Action superseded) => inner.Show(at, text, superseded);

        public void Close() => inner.Close();
    }
}
