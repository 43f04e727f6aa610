using System.Collections.Concurrent;
using System.Data.Common;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Telemetry;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Conversations;

/// <summary>
/// What one owner writes of one turn. Each write first touches the turn's row, and only if this owner still has it: that is the fence, and it makes the
/// writes of a turn wait for each other. Fence, effect, ledger row and the change that pages are told of are one transaction.
/// </summary>
internal sealed class TurnJournal(ConvonetStore store, TextJournal? texts, Guid turn, Guid user, int ownerEpoch) : ITurnJournal
{
    /// <summary>Step and ordinal of the calls that were planned and have no result yet, as far as this owner knows.</summary>
    private readonly ConcurrentDictionary<(int Step, int Ordinal), bool> _open = [];

    private readonly ResultsTogether _results = new();
    private volatile bool _closed;

    public LastStep? LeftToEnd { get; private set; }

    public async ValueTask<IReadOnlyList<ToolResult?>> PlanAsync(IReadOnlyList<PlannedCall> planned, CancellationToken cancellationToken)
    {
        var known = await WriteAsync(
            async (db, token) =>
            {
                await FenceAsync(db, getsOn: false, planned[^1].Shown, token);
                var (found, anyNew) = (new ToolResult?[planned.Count], false);
                for (var i = 0; i < planned.Count; i++)
                {
                    var (key, call) = (planned[i].Invocation.Key, planned[i].Invocation.Call);
                    var row = RowOf(planned[i], call.ArgumentsHash());
                    if (await TurnRows.InsertAsync(db, row, token))
                    {
                        anyNew = true;
                        continue;
                    }

                    found[i] = (await CallOf(db, key).FirstAsync(token)).ArgumentsHash == row.ArgumentsHash
                        ? await ResultAsync(db, key, call, token)
                        : throw new InvalidOperationException($"Call {call.Id} was planned with other arguments.");
                }

                if (anyNew)
                {
                    FailPoint.Pass("plan.before_commit");
                }

                return found;
            },
            "plan.after_commit",
            cancellationToken);
        foreach (var (call, _) in planned.Zip(known).Where(static one => one.Second is null))
        {
            _open[(call.Invocation.Key.Step, call.Invocation.Key.Ordinal)] = true;
        }

        return known;
    }

    public async ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken)
    {
        var recorded = await _results.KeepAsync(invocation.Key, result, KeepAsync, cancellationToken);
        _open.TryRemove((invocation.Key.Step, invocation.Key.Ordinal), out _);
        return recorded;
    }

    public async ValueTask<ToolResult> CommitAsync(
        ToolInvocation invocation, ToolCommit commit, Func<ToolAnswer, ToolResult> toResult, CancellationToken cancellationToken)
    {
        ChangeNotice? notice = null;
        var result = await WriteAsync(
            async (db, token) =>
            {
                notice = null;
                await FenceAsync(db, getsOn: true, null, token);
                if (await ResultAsync(db, invocation.Key, invocation.Call, token) is { } recorded)
                {
                    return recorded;
                }

                if (invocation.Traits.OncePerTurn && await EarlierCall.FindAsync(db, user, turn, invocation.Call, token) is { } same)
                {
                    return await KeepAsync(db, invocation.Key, same.RepeatedAs(invocation.Call), token);
                }

                var transaction = new StoreTransaction(store, db);
                var made = toResult(await commit.ApplyAsync(transaction, token));
                notice = transaction.Notice;
                return await KeepAsync(db, invocation.Key, made, token);
            },
            "tool.after_commit",
            cancellationToken);
        _open.TryRemove((invocation.Key.Step, invocation.Key.Ordinal), out _);
        store.Tell(notice);
        return result;
    }

    public async ValueTask AllowAsync(ToolInvocation invocation, CancellationToken cancellationToken) => await WriteAsync(
        async (db, token) =>
        {
            await FenceAsync(db, getsOn: true, null, token);
            return await TurnRows.AllowAsync(db, invocation, token);
        },
        "plan.after_commit",
        cancellationToken);

    public async ValueTask SaveAsync(Checkpoint checkpoint, HistoryItem added, string shown, CancellationToken cancellationToken)
    {
        if (added is not HistoryItem.AssistantMessage message)
        {
            await CloseStepAsync(checkpoint.Round, ((HistoryItem.ToolResults)added).Results, cancellationToken);
            return;
        }

        if (checkpoint.Outcome is not null && !message.Parts.Any(static part => part is AssistantPart.ToolUse))
        {
            // A transaction less for each turn: its end follows at once.
            LeftToEnd = new LastStep(checkpoint, message);
            return;
        }

        await WriteAsync(
            async (db, token) =>
            {
                await FenceAsync(db, getsOn: true, shown, token);
                await TurnRows.InsertAsync(db, turn, checkpoint, message, token);
                FailPoint.Pass("step.before_commit");
                return 1;
            },
            "step.after_commit",
            cancellationToken);
    }

    public void Show(int at, string text, Action superseded)
    {
        if (!_closed)
        {
            texts?.Note(turn, ownerEpoch, at, text, superseded);
        }
    }

    public void Close()
    {
        _closed = true;
        texts?.Leave(turn, ownerEpoch);
    }

    /// <summary>What a write of an owner that is none any more ends with.</summary>
    /// <param name="of">The turn; the one that warms up is none.</param>
    public static TurnFencedException Fenced(Guid of)
    {
        ConvonetTelemetry.FencedWrites.Add(of == Guid.Empty ? 0 : 1);
        return new();
    }

    /// <summary>The results of a step's tools are in the ledger; their checkpoint is that each of them is, also one that the store did not take in its time.</summary>
    private async Task CloseStepAsync(int step, IReadOnlyList<ToolResult> results, CancellationToken cancellationToken)
    {
        int[] missing = [.. _open.Keys.Where(one => one.Step == step).Select(one => one.Ordinal)];
        if (missing.Length == 0)
        {
            return;
        }

        await WriteAsync(
            async (db, token) =>
            {
                await FenceAsync(db, getsOn: true, null, token);
                foreach (var ordinal in missing)
                {
                    await KeepOnceAsync(db, new CallKey(user.ToString(), turn, step, ordinal), results[ordinal], token);
                }

                return missing.Length;
            },
            "record.after_commit",
            cancellationToken);
    }

    /// <summary>All of a turn's writes may be repeated when nobody knows whether they were committed: the second time finds the first one's rows.</summary>
    private async Task<T> WriteAsync<T>(Func<ConvonetDb, CancellationToken, Task<T>> write, string failPoint, CancellationToken cancellationToken)
    {
        if (_closed)
        {
            throw new TurnFencedException();
        }

        try
        {
            var written = await store.WriteAsync(write, repeatable: true, cancellationToken);
            FailPoint.Pass(failPoint);
            return written;
        }
        catch (Exception error) when (error is TimeoutException or DbException or DbUpdateException or IOException)
        {
            throw new JournalException(error);
        }
    }

    /// <summary>Takes the turn's row, if it is still ours.</summary>
    /// <param name="db">The store.</param>
    /// <param name="getsOn">Whether something comes of the turn by this write.</param>
    /// <param name="shown">All text of the turn that was shown until now; null when that is kept already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task FenceAsync(ConvonetDb db, bool getsOn, string? shown, CancellationToken cancellationToken)
    {
        if (!await TurnRows.FenceAsync(db, (turn, user, ownerEpoch), getsOn, shown, cancellationToken))
        {
            throw Fenced(turn);
        }
    }

    private StoredCall RowOf(PlannedCall planned, string argumentsHash) => new()
    {
        UserId = user,
        TurnId = turn,
        Step = planned.Invocation.Key.Step,
        Ordinal = planned.Invocation.Key.Ordinal,
        CallId = planned.Invocation.Call.Id,
        Tool = planned.Invocation.Call.Name,
        Arguments = planned.Invocation.Call.Arguments,
        ArgumentsHash = argumentsHash,
        Effect = planned.Asks ? StoredCall.Asking : planned.Invocation.Traits.Effect.ToString(),
        Before = HistoryJson.WriteParts(planned.Before),
        ProviderData = HistoryJson.Write(planned.Invocation.Call.ProviderData),
        PlannedAt = store.Now.ToDateTimeUtc(),
    };

    private IQueryable<StoredCall> CallOf(ConvonetDb db, CallKey key) =>
        db.Calls.AsNoTracking().Where(planned => planned.UserId == user && planned.TurnId == turn && planned.Step == key.Step && planned.Ordinal == key.Ordinal);

    private Task<IReadOnlyList<ToolResult>> KeepAsync(ResultsTogether.Group group, CancellationToken cancellationToken) => WriteAsync<IReadOnlyList<ToolResult>>(
        async (db, token) =>
        {
            await FenceAsync(db, getsOn: true, null, token);
            List<ToolResult> kept = [];
            while (group.At(kept.Count) is var (key, result))
            {
                kept.Add(await KeepOnceAsync(db, key, result, token));
            }

            return kept;
        },
        "record.after_commit",
        cancellationToken);

    private async Task<ToolResult> KeepOnceAsync(ConvonetDb db, CallKey key, ToolResult result, CancellationToken cancellationToken) =>
        await InsertAsync(db, key, result, "record.before_commit", cancellationToken)
            ? result
            : (await ResultAsync(db, key, new ToolCall(result.CallId, result.Name, ""), cancellationToken))!;

    private async Task<ToolResult?> ResultAsync(ConvonetDb db, CallKey key, ToolCall call, CancellationToken cancellationToken) =>
        await db.Results.AsNoTracking()
            .FirstOrDefaultAsync(result => result.UserId == user && result.TurnId == turn && result.Step == key.Step && result.Ordinal == key.Ordinal, cancellationToken) is { } row
            ? KeptTurnReader.ResultOf(row, call.Id, call.Name)
            : null;

    /// <summary>Records what a transaction did; one that finds a result must not have done it again.</summary>
    private async Task<ToolResult> KeepAsync(ConvonetDb db, CallKey key, ToolResult result, CancellationToken cancellationToken) =>
        await InsertAsync(db, key, result, "tool.in_tx", cancellationToken) ? result : throw new DbUpdateConcurrencyException("The call has a result.");

    private async Task<bool> InsertAsync(ConvonetDb db, CallKey key, ToolResult result, string failPoint, CancellationToken cancellationToken)
    {
        var row = new StoredResult
        {
            UserId = user,
            TurnId = turn,
            Step = key.Step,
            Ordinal = key.Ordinal,
            Outcome = result.Outcome.ToString(),
            Content = result.Content,
            Data = result.Data?.GetRawText(),
            ElapsedMs = result.Elapsed.TotalMilliseconds,
            LimitMs = result.Limit?.TotalMilliseconds,
            OwnerEpoch = ownerEpoch,
            RecordedAt = store.Now.ToDateTimeUtc(),
        };
        var isNew = await TurnRows.InsertAsync(db, row, cancellationToken);
        FailPoint.Pass(failPoint);
        return isNew;
    }
}
