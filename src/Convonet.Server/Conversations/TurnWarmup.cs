using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Server.Usage;
using Convonet.Tools;

namespace Convonet.Server.Conversations;

/// <summary>Goes once through what a turn does in the store, and leaves nothing: the first use of each statement costs hundreds of milliseconds, which the first user should not pay.</summary>
internal sealed class TurnWarmup(ConvonetStore store, IConversationStore conversations) : IHostedService
{
    private const string Nothing = "-";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WarmAsync(cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or StoreUnavailableException or JournalException)
        {
            // The store has too much to do just now. A server that starts cold is better than none.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WarmAsync(CancellationToken cancellationToken)
    {
        var nobody = Guid.Empty.ToString();
        await conversations.LoadAsync(Nothing, nobody, cancellationToken);
        var call = new ToolInvocation(new CallKey(nobody, Guid.Empty, 0, 0), new ToolCall(Nothing, Nothing, "{}"), ToolTraits.Unknown);
        await IgnoreAsync(() => conversations.JournalOf(Guid.Empty, nobody, 0).PlanAsync([new PlannedCall(call, [], "")], cancellationToken).AsTask());
        await IgnoreAsync(() => conversations.EndAsync(new TurnEnd(Guid.Empty, 0, TurnOutcome.Cancelled, null, "", Nothing), cancellationToken).AsTask());
        await IgnoreAsync(() => store.WriteAsync(WriteAndUndoAsync, cancellationToken: cancellationToken));
    }

    private static async Task<int> WriteAndUndoAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        var (now, turn) = (DateTime.UnixEpoch, Guid.CreateVersion7());
        var first = new NewTurn(turn, Nothing, 0, Guid.Empty.ToString(), Nothing, Nothing, IsVoice: false, Nothing);
        await TurnRows.BeginAsync(db, first, 0, Guid.Empty, null, now, cancellationToken);
        await TurnRows.InsertAsync(db, first, Guid.Empty, now, cancellationToken);
        await TurnRows.InsertAsync(db, new StoredCall { TurnId = turn, CallId = Nothing, Tool = Nothing, Arguments = Nothing, ArgumentsHash = Nothing, Effect = Nothing, Before = "[]", PlannedAt = now }, cancellationToken);
        await TurnRows.InsertAsync(db, new StoredResult { TurnId = turn, Outcome = Nothing, Content = Nothing, RecordedAt = now }, cancellationToken);
        await TurnRows.InsertAsync(db, turn, new Checkpoint(0, 0, GraphNode.Assistant, 0), new HistoryItem.AssistantMessage([]), cancellationToken);
        await PieceRows.InsertAsync(db, [new StoredPiece { TurnId = turn, OwnerEpoch = 1, Text = Nothing }], cancellationToken);
        await TurnRows.SpenderOfAsync(db, turn, cancellationToken);
        await TurnRows.InsertAsync(db, new StoredUsage { Id = turn, Kind = Nothing, Provider = Nothing, Model = Nothing, UsedAt = now }, cancellationToken);
        db.Todos.Add(new Todo { Title = Nothing });
        await db.SaveChangesAsync(cancellationToken);

        // As another owner would, when it goes on with what this process or another node has left.
        await ConversationStore.TakeAsync(db, Nothing, Guid.Empty, null, PriceTable.Empty.Currency, cancellationToken);

        // Leaving by an exception rolls back.
        throw new TurnFencedException();
    }

    private static async Task IgnoreAsync(Func<Task> refused)
    {
        try
        {
            await refused();
        }
        catch (TurnFencedException)
        {
            // There is no such turn, or nothing was to stay.
        }
    }
}
