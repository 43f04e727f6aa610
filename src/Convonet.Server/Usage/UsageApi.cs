using System.ComponentModel;
using System.Security.Claims;
using Convonet.Models;
using Convonet.Server.Accounts;
using Convonet.Server.Http;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Usage;

/// <summary>What the user used and what it cost, over HTTP.</summary>
internal static class UsageApi
{
    private const int MostDays = 366;
    private const int MostEntries = 100;
    private const int MostPages = 1_000;

    public static void MapUsage(this IEndpointRouteBuilder api) =>
        api.MapGetWithOptions("/usage", GetAsync).WithTags("usage").WithSummary("What the user used and what it cost, by day, conversation or provider; the last 30 days unless asked otherwise.");

    private static async Task<Results<Ok<UsagePage>, ValidationProblem>> GetAsync(
        ClaimsPrincipal user,
        ConvonetStore store,
        UsageLog log,
        UserBudget budget,
        PriceTable prices,
        CancellationToken cancellationToken,
        [Description("day, conversation or provider.")] string by = "day",
        [Description("The first day, for example 2026-11-01, on the user's clock.")] DateOnly? from = null,
        [Description("The last day; today if left out.")] DateOnly? to = null,
        [Description("1 to 1000.")] int page = 1,
        [Description("Entries of a page, 1 to 100.")] int limit = 50)
    {
        // What has just been spoken is not missing.
        await log.FlushAsync(cancellationToken);
        var today = await store.ReadAsync(user, static (scope, _) => Task.FromResult(scope.LocalNow.Date.ToDateOnly()), cancellationToken);
        var last = to ?? today;
        var first = from ?? DateOnly.FromDayNumber(Math.Max(0, last.DayNumber - 29));
        var faults = Faults.Of(
            ("by", by is "day" or "conversation" or "provider" ? null : "It is day, conversation or provider."),
            ("from", first > last ? "It comes after the last day." : last.DayNumber - first.DayNumber >= MostDays ? $"At most {MostDays} days are added up." : null),
            ("page", page is >= 1 and <= MostPages ? null : $"It is from 1 to {MostPages}."),
            ("limit", limit is >= 1 and <= MostEntries ? null : $"It is from 1 to {MostEntries}."));
        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        var (total, entries) = await store.ReadAsync(
            async (db, token) =>
            {
                var query = new UsageQuery(db, user.Id(), first, last, prices.Currency);
                var skip = (page - 1) * limit;
                var found = by switch
                {
                    "day" => await query.DaysAsync(skip, limit + 1, token),
                    "conversation" => await query.ConversationsAsync(skip, limit + 1, token),
                    _ => await query.ProvidersAsync(skip, limit + 1, token),
                };
                return (await query.TotalAsync(token), found);
            },
            cancellationToken);
        return TypedResults.Ok(new UsagePage(
            first, last, prices.Currency, total, await budget.ViewAsync(user.Id(), cancellationToken), [.. entries.Take(limit)], entries.Count > limit));
    }
}
