using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Convonet.Server.Usage;

/// <summary>Makes rows of what was used, and what was used of rows.</summary>
internal static class UsageRows
{
    /// <summary>The rows of one owner, at this moment.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="used">What was used.</param>
    /// <param name="zone">IANA name of the user's time zone.</param>
    /// <param name="now">Now.</param>
    /// <param name="prices">Names the currency.</param>
    public static IEnumerable<StoredUsage> Of(UsageOwner owner, IEnumerable<Used> used, string zone, Instant now, PriceTable prices) =>
        used.Select(one => Of(owner, one, Guid.CreateVersion7(now.ToDateTimeOffset()), zone, now, prices));

    /// <summary>As the other, under an id that is fixed already.</summary>
    public static StoredUsage Of(UsageOwner owner, Used one, Guid id, string zone, Instant now, PriceTable prices) => new()
    {
        Id = id,
        UserId = Guid.Parse(owner.User),
        ConversationId = owner.Conversation,
        Turn = owner.Turn,
        Day = DayOf(zone, now),
        Kind = one.Kind.ToString(),
        Provider = one.Provider,
        Model = one.Model,
        Calls = one.Calls,
        UntoldCalls = one.UntoldCalls,
        InputTokens = one.InputTokens,
        OutputTokens = one.OutputTokens,
        CachedInputTokens = one.CachedInputTokens,
        AudioMs = (long)one.Sound.TotalMilliseconds,
        Characters = one.Characters,
        CostNano = one.Cost is { } cost ? (long)decimal.Round(cost * StoredUsage.Billion) : null,
        Currency = one.Cost is null ? null : prices.Currency,
        UsedAt = now.ToDateTimeUtc(),
    };

    /// <summary>What was used, as it was kept. Money of another currency is not known in this one; a kind that only a newer node knows is something that brought no answer.</summary>
    public static Used Of(StoredUsage row, string currency) => new(Enum.TryParse<UsageKind>(row.Kind, out var kind) ? kind : UsageKind.Dropped, row.Provider, row.Model)
    {
        Calls = row.Calls,
        UntoldCalls = row.UntoldCalls,
        InputTokens = row.InputTokens,
        OutputTokens = row.OutputTokens,
        CachedInputTokens = row.CachedInputTokens,
        Sound = TimeSpan.FromMilliseconds(row.AudioMs),
        Characters = row.Characters,
        Cost = row.Currency == currency ? row.CostNano / StoredUsage.Billion : null,
    };

    /// <summary>A user's clock is set to another time zone: what was used today stays used today, or each zone would have a budget of its own.</summary>
    public static async Task MoveTodayAsync(ConvonetDb db, Guid user, string from, string to, Instant now, CancellationToken cancellationToken)
    {
        var (today, then) = (DayOf(to, now), DayOf(from, now));
        if (today != then)
        {
            await db.Usage.Where(row => row.UserId == user && row.Day == then).ExecuteUpdateAsync(update => update.SetProperty(row => row.Day, today), cancellationToken);
        }
    }

    /// <summary>The day that it is in a time zone.</summary>
    public static DateOnly DayOf(string zone, Instant now) => now.InZone(UserScope.ZoneOf(zone)).Date.ToDateOnly();
}
