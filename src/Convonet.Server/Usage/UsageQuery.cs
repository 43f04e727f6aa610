using System.Linq.Expressions;
using Convonet.Models;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Usage;

/// <summary>Adds up one user's rows, in the database.</summary>
internal sealed class UsageQuery(ConvonetDb db, Guid user, DateOnly from, DateOnly to, string currency)
{
    private IQueryable<StoredUsage> Rows => db.Usage.AsNoTracking().Where(row => row.UserId == user && row.Day >= from && row.Day <= to && row.Kind != nameof(UsageKind.Guessed));

    /// <summary>All of it.</summary>
    public async Task<UsageSums> TotalAsync(CancellationToken cancellationToken) =>
        View(await Rows.GroupBy(static _ => 1).Select(Sums<int>()).SingleOrDefaultAsync(cancellationToken));

    /// <summary>The days on which something was used, the newest first.</summary>
    public async Task<List<UsageEntry>> DaysAsync(int skip, int take, CancellationToken cancellationToken) =>
        [.. (await Rows.GroupBy(static row => row.Day).OrderByDescending(static day => day.Key).Skip(skip).Take(take).Select(Sums<DateOnly>()).ToArrayAsync(cancellationToken))
            .Select(day => new UsageEntry(View(day)) { Day = day.Key })];

    /// <summary>The conversations in which something was used, those that were used last first.</summary>
    public async Task<List<UsageEntry>> ConversationsAsync(int skip, int take, CancellationToken cancellationToken)
    {
        var page = await Rows.GroupBy(static row => row.ConversationId).OrderByDescending(static one => one.Max(row => row.UsedAt)).ThenBy(static one => one.Key)
            .Skip(skip).Take(take).Select(Sums<string?>()).ToArrayAsync(cancellationToken);
        var ids = page.Select(static one => one.Key).ToArray();
        var titles = await db.Conversations.AsNoTracking().Where(one => one.UserId == user && ids.Contains(one.Id)).ToDictionaryAsync(one => one.Id, one => one.Title, cancellationToken);
        return [.. page.Select(one => new UsageEntry(View(one)) { Conversation = one.Key, Title = titles.GetValueOrDefault(one.Key ?? "") })];
    }

    /// <summary>Providers and engines, by purpose and model.</summary>
    public async Task<List<UsageEntry>> ProvidersAsync(int skip, int take, CancellationToken cancellationToken) =>
        [.. (await Rows.GroupBy(static row => new ProviderKey { Provider = row.Provider, Model = row.Model, Kind = row.Kind })
            .OrderBy(static one => one.Key.Provider).ThenBy(static one => one.Key.Model).ThenBy(static one => one.Key.Kind)
            .Skip(skip).Take(take).Select(Sums<ProviderKey>()).ToArrayAsync(cancellationToken))
            .Select(one => new UsageEntry(View(one)) { Provider = one.Key.Provider, Model = one.Key.Model.Length > 0 ? one.Key.Model : null, Kind = one.Key.Kind.ToLowerInvariant() })];

    private Expression<Func<IGrouping<TKey, StoredUsage>, Summed<TKey>>> Sums<TKey>() => group => new Summed<TKey>
    {
        Key = group.Key,
        Calls = group.Sum(row => (long)row.Calls),
        UntoldCalls = group.Sum(row => (long)row.UntoldCalls),
        InputTokens = group.Sum(row => row.InputTokens),
        OutputTokens = group.Sum(row => row.OutputTokens),
        CachedInputTokens = group.Sum(row => row.CachedInputTokens),
        AudioMs = group.Sum(row => row.AudioMs),
        Characters = group.Sum(row => row.Characters),
        CostNano = group.Sum(row => row.Currency == currency ? row.CostNano ?? 0 : 0),
        Priced = group.Sum(row => row.Currency == currency ? 1 : 0),
        Rows = group.Count(),
    };

    private static UsageSums View<TKey>(Summed<TKey>? sums) => sums is null
        ? new UsageSums(0, 0, 0, 0, 0, 0, 0, false)
        : new UsageSums(
            sums.Calls, sums.InputTokens, sums.OutputTokens, sums.CachedInputTokens, sums.AudioMs, sums.Characters,
            sums.Priced == 0 ? null : sums.CostNano / StoredUsage.Billion, sums.Priced < sums.Rows || sums.UntoldCalls > 0);

    private sealed record ProviderKey
    {
        public required string Provider { get; init; }

        public required string Model { get; init; }

        public required string Kind { get; init; }
    }

    private sealed class Summed<TKey>
    {
        public required TKey Key { get; init; }

        public long Calls { get; init; }

        public long UntoldCalls { get; init; }

        public long InputTokens { get; init; }

        public long OutputTokens { get; init; }

        public long CachedInputTokens { get; init; }

        public long AudioMs { get; init; }

        public long Characters { get; init; }

        public long CostNano { get; init; }

        public int Priced { get; init; }

        public int Rows { get; init; }
    }
}
