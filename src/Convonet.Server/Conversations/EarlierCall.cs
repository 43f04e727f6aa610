using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Conversations;

/// <summary>Finds what the same call did earlier in its turn, while that is still there.</summary>
internal static class EarlierCall
{
    /// <summary>The result of the same call; null when there is none, or when what it made has been deleted since.</summary>
    public static async Task<ToolResult?> FindAsync(ConvonetDb db, Guid user, Guid turn, ToolCall call, CancellationToken cancellationToken)
    {
        var (hash, ok) = (call.ArgumentsHash(), nameof(ToolOutcome.Ok));
        var rows = await (
            from planned in db.Calls.AsNoTracking()
            join result in db.Results.AsNoTracking()
                on new { planned.UserId, planned.TurnId, planned.Step, planned.Ordinal } equals new { result.UserId, result.TurnId, result.Step, result.Ordinal }
            where planned.UserId == user && planned.TurnId == turn && planned.Tool == call.Name && planned.ArgumentsHash == hash && result.Outcome == ok
            orderby planned.Step, planned.Ordinal
            select result).ToArrayAsync(cancellationToken);
        if (rows.Length == 0)
        {
            return null;
        }

        var standing = await StandingAsync(db, [.. rows.Select(SetOf)], cancellationToken);
        return (standing is null ? rows[0] : rows.FirstOrDefault(row => standing.Contains(SetOf(row)))) is { } found
            ? KeptTurnReader.ResultOf(found, call.Id, call.Name)
            : null;

        Guid SetOf(StoredResult row) => new CallKey(user.ToString(), turn, row.Step, row.Ordinal).NewId(ToolStore.ChangeSetNumber);
    }

    /// <summary>Those change sets of which nothing that they made is deleted, whoever deleted it; null when the calls left no change set at all.</summary>
    private static async Task<HashSet<Guid>?> StandingAsync(ConvonetDb db, Guid[] sets, CancellationToken cancellationToken)
    {
        var made = await db.Set<Change>().AsNoTracking().Where(change => sets.Contains(change.ChangeSetId) && change.Before == null)
            .Select(change => new { change.ChangeSetId, change.EntityId }).ToArrayAsync(cancellationToken);
        if (made.Length == 0)
        {
            return null;
        }

        var ids = made.Select(one => one.EntityId).ToArray();
        var changes = await (
            from change in db.Set<Change>().AsNoTracking()
            join set in db.ChangeSets.AsNoTracking() on change.ChangeSetId equals set.Id
            where ids.Contains(change.EntityId)
            orderby set.MadeAt, change.VersionAfter == null
            select new { change.EntityId, change.VersionAfter }).ToArrayAsync(cancellationToken);
        var gone = changes.GroupBy(one => one.EntityId).Where(ofOne => ofOne.Last().VersionAfter is null).Select(ofOne => ofOne.Key).ToHashSet();
        return [.. made.Select(one => one.ChangeSetId).Except(made.Where(one => gone.Contains(one.EntityId)).Select(one => one.ChangeSetId))];
    }
}
