using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>What clients are told of what a turn used.</summary>
internal static class UsedView
{
    /// <summary>All of it together; null when nothing is known of it.</summary>
    public static UsageView? Of(IReadOnlyList<Used> used, PriceTable prices)
    {
        if (used.Count == 0)
        {
            return null;
        }

        used = [.. used.Where(static one => one.Kind != UsageKind.Guessed)];
        var (cost, characters, sound) = (Used.CostOf(used), used.Sum(static one => one.Characters), used.Sum(static one => (long)one.Sound.TotalMilliseconds));
        return new(used.Sum(static one => one.InputTokens), used.Sum(static one => one.OutputTokens), used.Sum(static one => one.CachedInputTokens))
        {
            Cost = cost,
            Currency = cost is null ? null : prices.Currency,
            Cached = used.Any(static one => one.Kind == UsageKind.Replayed) ? true : null,
            Characters = characters > 0 ? characters : null,
            AudioMs = sound > 0 ? sound : null,
        };
    }
}
