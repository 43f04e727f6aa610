using System.Text;
using System.Text.Json;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Usage;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Conversations;

/// <summary>Reads turns with all that was kept of them.</summary>
internal static class KeptTurnReader
{
    /// <summary>The newest turns of a conversation, oldest first; all that have not ended are among them.</summary>
    public static async Task<IReadOnlyList<KeptTurn>> ReadAsync(ConvonetDb db, string conversation, int most, CancellationToken cancellationToken, string? currency = null) => await ReadAsync(
        db,
        currency is null ? null : (conversation, currency),
        [.. (await db.Turns.AsNoTracking().Where(turn => turn.ConversationId == conversation).OrderByDescending(turn => turn.Number).Take(most).ToArrayAsync(cancellationToken)).Reverse()],
        cancellationToken);

    /// <summary>The turns of a conversation after the one with this number, oldest first.</summary>
    public static async Task<IReadOnlyList<KeptTurn>> ReadAfterAsync(ConvonetDb db, string conversation, int after, int most, CancellationToken cancellationToken) => await ReadAsync(
        db,
        null,
        await db.Turns.AsNoTracking().Where(turn => turn.ConversationId == conversation && turn.Number > after).OrderBy(turn => turn.Number).Take(most).ToArrayAsync(cancellationToken),
        cancellationToken);

    private static async Task<IReadOnlyList<KeptTurn>> ReadAsync(ConvonetDb db, (string Conversation, string Currency)? usedIn, StoredTurn[] turns, CancellationToken cancellationToken)
    {
        var ids = turns.Select(turn => turn.Id).ToArray();
        var steps = (await db.Steps.AsNoTracking().Where(step => ids.Contains(step.TurnId)).ToArrayAsync(cancellationToken)).ToLookup(step => step.TurnId);
        var calls = (await db.Calls.AsNoTracking().Where(planned => ids.Contains(planned.TurnId)).ToArrayAsync(cancellationToken)).ToLookup(planned => planned.TurnId);
        var results = (await db.Results.AsNoTracking().Where(result => ids.Contains(result.TurnId)).ToArrayAsync(cancellationToken))
            .ToDictionary(result => (result.TurnId, result.Step, result.Ordinal));
        var open = turns.Where(turn => turn.EndedAt is null).Select(turn => turn.Id).ToArray();
        var pieces = open.Length == 0 ? null : (await db.Pieces.AsNoTracking().Where(piece => open.Contains(piece.TurnId)).ToArrayAsync(cancellationToken)).ToLookup(piece => piece.TurnId);
        var began = BeganAt(turns);
        var used = usedIn is var (conversation, currency) && turns.Length > 0 ? await UsedAsync(db, conversation, turns[0].Number, currency, cancellationToken) : null;
        return [.. turns.Select(turn => Kept(turn, used, Begun(turn.Shown.Length, pieces?[turn.Id] ?? []), began[turn.Id], [.. steps[turn.Id]], [.. calls[turn.Id]], results))];
    }

    /// <summary>What the turns of a conversation used from this one on, by their numbers.</summary>
    private static async Task<ILookup<int, Used>> UsedAsync(ConvonetDb db, string conversation, int first, string currency, CancellationToken cancellationToken) =>
        (await db.Usage.AsNoTracking().Where(row => row.ConversationId == conversation && row.Turn >= first).ToArrayAsync(cancellationToken))
        .ToLookup(row => row.Turn!.Value, row => UsageRows.Of(row, currency));

    /// <summary>What was shown behind the text that is in the turn's row, as far as it was kept without a gap. Where two owners showed something at the same place, the later one knew what stands before it.</summary>
    private static string Begun(int committed, IEnumerable<StoredPiece> pieces)
    {
        var begun = new StringBuilder();
        foreach (var piece in pieces.OrderBy(one => one.OwnerEpoch).ThenBy(one => one.At))
        {
            var from = Math.Max(piece.At, committed);
            if (from <= committed + begun.Length && from < piece.At + piece.Text.Length)
            {
                begun.Length = from - committed;
                begun.Append(piece.Text, from - piece.At, piece.Text.Length - (from - piece.At));
            }
        }

        return begun.ToString();
    }

    /// <summary>What a newer node has written and this one does not know may have any effect.</summary>
    private static ToolEffect EffectOf(string stored) =>
        stored == StoredCall.Asking ? ToolEffect.None : Enum.TryParse<ToolEffect>(stored, out var effect) ? effect : ToolEffect.Outside;

    /// <summary>How something ended; what a newer node has written and this one does not know ended otherwise.</summary>
    private static T EndOf<T>(string stored, T otherwise)
        where T : struct, Enum => Enum.TryParse<T>(stored, out var end) ? end : otherwise;

    /// <summary>A result as the ledger holds it.</summary>
    public static ToolResult ResultOf(StoredResult row, string callId, string tool) => new(
        callId,
        tool,
        EndOf(row.Outcome, ToolOutcome.Unknown),
        row.Content,
        TimeSpan.FromMilliseconds(row.ElapsedMs),
        row.Data is null ? null : JsonElement.Parse(row.Data),
        row.LimitMs is { } limit ? TimeSpan.FromMilliseconds(limit) : null);

    /// <summary>When each turn could begin: when it was accepted, or when the turn before it had ended.</summary>
    private static Dictionary<Guid, DateTime> BeganAt(StoredTurn[] turns)
    {
        var began = new Dictionary<Guid, DateTime>();
        var free = DateTime.MinValue;
        foreach (var turn in turns)
        {
            began[turn.Id] = turn.AcceptedAt > free ? turn.AcceptedAt : free;
            free = turn.EndedAt ?? free;
        }

        return began;
    }

    private static KeptTurn Kept(
        StoredTurn turn, ILookup<int, Used>? used, string begun, DateTime began, StoredStep[] steps, StoredCall[] calls, Dictionary<(Guid, int, int), StoredResult> results)
    {
        // Between two processes the clock ran on and the turn did not.
        var took = turn is { EndedAt: { } ended, OwnerEpoch: 1 } ? ended - began : (TimeSpan?)null;
        var rounds = steps.Select(step => step.Round).Concat(calls.Select(planned => planned.Step)).Distinct().Order();
        return new KeptTurn(
            new NewTurn(turn.Id, turn.ConversationId, turn.Number, turn.UserId.ToString(), turn.ClientMsgId, turn.Text, turn.IsVoice, turn.Provider),
            turn.OwnerEpoch,
            turn.Shown + begun,
            turn.Outcome is null ? null : EndOf(turn.Outcome, TurnOutcome.Failed),
            HistoryJson.ReadError(turn.Error),
            [.. rounds.Select(round => Step(round, steps.FirstOrDefault(step => step.Round == round), calls.Where(planned => planned.Step == round).OrderBy(planned => planned.Ordinal)))])
        {
            Begun = begun,
            Tries = turn.Tries,
            Heard = turn.Heard,
            Used = [.. used?[turn.Number] ?? []],
            Took = took,
        };

        KeptStep Step(int round, StoredStep? step, IEnumerable<StoredCall> ofStep)
        {
            KeptCall[] kept = [.. ofStep.Select(row => new KeptCall(
                new ToolCall(row.CallId, row.Tool, row.Arguments, HistoryJson.ReadData(row.ProviderData)),
                HistoryJson.ReadParts(row.Before, []),
                results.TryGetValue((row.TurnId, row.Step, row.Ordinal), out var result) ? ResultOf(result, row.CallId, row.Tool) : null,
                EffectOf(row.Effect))
            {
                Asks = row.Effect == StoredCall.Asking,
                Started = took is null ? null : row.PlannedAt - began,
            })];
            return new KeptStep(
                round,
                step is null ? null : HistoryJson.ReadParts(step.Parts, [.. kept.Select(planned => planned.Call)]),
                step?.Outcome is null ? null : EndOf(step.Outcome, TurnOutcome.Failed),
                HistoryJson.ReadError(step?.Error),
                kept);
        }
    }
}
