using Convonet.Server.Mcp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Store;

/// <summary>
/// Deletes records that are older than <see cref="RetentionOptions.Days"/>: plan and ledger of turns that have ended, calls over MCP with a key, and changes. What
/// was said stays, and so does the row of a turn: a message that comes again after that time makes no second turn.
/// </summary>
internal sealed partial class Retention(ConvonetStore store, IOptions<RetentionOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    /// <summary>Turns, or changes, of one transaction: short enough that nobody who waits for the writer notices.</summary>
    internal const int Batch = 100;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Sweeps once.</summary>
    /// <returns>How many turns' records, and how many changes, were deleted.</returns>
    internal async Task<(int Turns, int Changes)> SweepAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow().UtcDateTime.AddDays(-options.Value.Days);
        var used = time.GetUtcNow().UtcDateTime.AddDays(-options.Value.UsageDays);
        await InBatchesAsync((db, token) => DeleteUsageAsync(db, used, token), cancellationToken);
        return (
            await InBatchesAsync((db, token) => DeleteRecordsAsync(db, before, token), cancellationToken),
            await InBatchesAsync((db, token) => DeleteChangesAsync(db, before, token), cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            using var timer = new PeriodicTimer(Period, time);
            do
            {
                await TrySweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TrySweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await SweepAsync(stoppingToken) is var (turns, changes) && turns + changes > 0)
            {
                LogSwept(turns, changes, options.Value.Days);
            }
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // The border: what could not be deleted now is deleted an hour later.
            LogNotSwept(error);
        }
    }

    /// <summary>One transaction after the other until there is nothing left; others write in between.</summary>
    private async Task<int> InBatchesAsync(Func<ConvonetDb, CancellationToken, Task<int>> delete, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (await store.WriteAsync(delete, repeatable: true, cancellationToken) is > 0 and var count)
        {
            deleted += count;
        }

        return deleted;
    }

    private static async Task<int> DeleteRecordsAsync(ConvonetDb db, DateTime before, CancellationToken cancellationToken)
    {
        // From the records, of which there are those of the last days only, to their turns; the turns stay and become many.
        var old = db.Turns.Where(turn => turn.EndedAt < before);
        var turns = await db.Steps.Where(step => old.Any(turn => turn.Id == step.TurnId)).Select(step => step.TurnId)
            .Union(db.Calls.Where(planned => old.Any(turn => turn.Id == planned.TurnId)).Select(planned => planned.TurnId))
            .OrderBy(turn => turn).Take(Batch).ToArrayAsync(cancellationToken);
        if (turns.Length > 0)
        {
            await db.Results.Where(row => turns.Contains(row.TurnId)).ExecuteDeleteAsync(cancellationToken);
            await db.Calls.Where(row => turns.Contains(row.TurnId)).ExecuteDeleteAsync(cancellationToken);
            await db.Steps.Where(row => turns.Contains(row.TurnId)).ExecuteDeleteAsync(cancellationToken);

            // Nothing was said in these; all that there was of them is gone.
            await db.Turns.Where(turn => turns.Contains(turn.Id) && turn.ConversationId.StartsWith(McpLedger.Prefix)).ExecuteDeleteAsync(cancellationToken);
        }

        return turns.Length;
    }

    private static async Task<int> DeleteUsageAsync(ConvonetDb db, DateTime before, CancellationToken cancellationToken)
    {
        var rows = await db.Usage.Where(row => row.UsedAt < before).OrderBy(row => row.UsedAt).Select(row => row.Id).Take(Batch).ToArrayAsync(cancellationToken);
        return rows.Length == 0 ? 0 : await db.Usage.Where(row => rows.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task<int> DeleteChangesAsync(ConvonetDb db, DateTime before, CancellationToken cancellationToken)
    {
        var sets = await db.ChangeSets.Where(set => set.MadeAt < before).OrderBy(set => set.MadeAt).Select(set => set.Id).Take(Batch).ToArrayAsync(cancellationToken);
        if (sets.Length > 0)
        {
            await db.Set<Change>().Where(change => sets.Contains(change.ChangeSetId)).ExecuteDeleteAsync(cancellationToken);
            await db.ChangeSets.Where(set => sets.Contains(set.Id)).ExecuteDeleteAsync(cancellationToken);
        }

        return sets.Length;
    }

    [LoggerMessage(LogLevel.Information, "Records of {Turns} turns and {Changes} changes were deleted: they were older than {Days} days.")]
    private partial void LogSwept(int turns, int changes, int days);

    [LoggerMessage(LogLevel.Error, "Old records could not be deleted; that is tried again.")]
    private partial void LogNotSwept(Exception error);
}
