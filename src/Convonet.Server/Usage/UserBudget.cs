using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Usage;

/// <summary>What each user has used today, against what they may use.</summary>
/// <remarks>
/// Asked before each model call, it knows what was kept and what the turn itself has used, with a guess at calls that were cut off. Turns that run side by side do not know of each other, so a user can go over
/// by at most one call of each.
/// </remarks>
internal sealed class UserBudget(ConvonetStore store, PriceTable prices, IOptions<BudgetOptions> options) : IUsageBudget
{
    private readonly BudgetLimit _limit = options.Value.PerUserPerDay;

    private bool IsLimited => _limit.Money is not null || _limit.Tokens is not null;

    public async ValueTask<bool> IsSpentAsync(string user, IReadOnlyList<Used> unkept, CancellationToken cancellationToken)
    {
        if (!IsLimited)
        {
            return false;
        }

        var (tokens, cost) = await KeptAsync(Guid.Parse(user), cancellationToken);
        return IsSpent(tokens + unkept.Sum(static one => one.InputTokens + one.OutputTokens), cost + unkept.Sum(static one => one.Cost ?? 0));
    }

    /// <summary>As the user sees it; null without a limit.</summary>
    public async Task<BudgetView?> ViewAsync(Guid user, CancellationToken cancellationToken)
    {
        if (!IsLimited)
        {
            return null;
        }

        var (tokens, cost) = await TodayAsync(user, cancellationToken);
        return new BudgetView(tokens, cost, _limit.Tokens, _limit.Money, IsSpent(tokens, cost));
    }

    private async Task<(long Tokens, decimal Cost)> KeptAsync(Guid user, CancellationToken cancellationToken)
    {
        try
        {
            return await TodayAsync(user, cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            throw new JournalException(error);
        }
    }

    private bool IsSpent(long tokens, decimal cost) => tokens >= _limit.Tokens || cost >= _limit.Money;

    private Task<(long Tokens, decimal Cost)> TodayAsync(Guid user, CancellationToken cancellationToken) => store.ReadAsync(
        user,
        async (scope, token) =>
        {
            var today = scope.LocalNow.Date.ToDateOnly();
            var currency = prices.Currency;
            var sums = await scope.Db.Usage.Where(row => row.UserId == user && row.Day == today).GroupBy(static _ => 1).Select(rows => new
            {
                Tokens = rows.Sum(row => row.InputTokens + row.OutputTokens),
                Cost = rows.Sum(row => row.Currency == currency ? row.CostNano ?? 0 : 0),
            }).SingleOrDefaultAsync(token);
            return (sums?.Tokens ?? 0, (sums?.Cost ?? 0) / StoredUsage.Billion);
        },
        cancellationToken);
}
