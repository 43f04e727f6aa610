using Convonet.Conversations;
using Convonet.Models;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Usage;

/// <summary>Registers prices, budgets, and what keeps the use.</summary>
internal static class UsageSetup
{
    public static void AddUsage(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<PriceOptions>()
            // Before the prices are bound: one that the operator gives must not be read over a list price in another currency.
            .Configure<IConfiguration>(static (prices, configuration) => prices.Currency = configuration.GetSection(PriceOptions.Section)[nameof(PriceOptions.Currency)] ?? prices.Currency)
            .BindConfiguration(PriceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<BudgetOptions>().BindConfiguration(BudgetOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(static provider => new PriceTable(provider.GetRequiredService<IOptions<PriceOptions>>().Value));
        services.AddSingleton<UserBudget>();
        services.AddSingleton<UsageLog>();
        services.AddSingleton<IUsageLog>(static provider => provider.GetRequiredService<UsageLog>());
        services.AddHostedService(static provider => provider.GetRequiredService<UsageLog>());
    }
}
