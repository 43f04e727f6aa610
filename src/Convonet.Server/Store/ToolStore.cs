using Convonet.Tools;

namespace Convonet.Server.Store;

/// <summary>A tool's way to the store: by its context only, and only as the user whom the turn serves.</summary>
internal static class ToolStore
{
    /// <summary>Tells a call's change set from the rows that it makes, in <see cref="CallKey.NewId"/>.</summary>
    public const int ChangeSetNumber = int.MaxValue;

    /// <summary>Reads as the user, in a tool's work. Writing is refused.</summary>
    public static Task<ToolAnswer> ReadAsync(this ToolContext context, Func<UserScope, CancellationToken, Task<ToolAnswer>> read, CancellationToken cancellationToken) =>
        context.Services!.GetRequiredService<ConvonetStore>().ReadAsync(Guid.Parse(context.UserId), read, cancellationToken);

    /// <summary>Makes the commit of a tool: it writes as the user, in one transaction with the record of the call.</summary>
    public static ToolCommit Write(this ToolContext context, Func<UserScope, CancellationToken, Task<ToolAnswer>> write) => new(async (transaction, cancellationToken) =>
    {
        var open = (StoreTransaction)transaction;
        var set = new ChangeSet
        {
            Id = context.Key.NewId(ChangeSetNumber),
            UserId = Guid.Parse(context.UserId),
            Tool = context.Call.Name,
            CallId = context.Call.Id,
            Summary = context.Call.Name,
            MadeAt = open.Store.Now.ToDateTimeUtc(),
        };
        var (answer, notice) = await open.Store.WriteAsync(open.Db, set.UserId, set, context.Key.NewId, write, cancellationToken);
        open.Notice = notice;
        return answer;
    });
}

/// <summary>The open transaction of a tool's commit.</summary>
internal sealed class StoreTransaction(ConvonetStore store, ConvonetDb db) : IToolTransaction
{
    public ConvonetStore Store { get; } = store;

    public ConvonetDb Db { get; } = db;

    /// <summary>To be told when the transaction has been committed.</summary>
    public ChangeNotice? Notice { get; set; }
}
