using Convonet.Conversations;
using Convonet.Models;

namespace Convonet.Server.Providers;

/// <summary>Tells which providers there are.</summary>
internal static class ProvidersApi
{
    public static void MapProviders(this IEndpointRouteBuilder api) =>
        api.MapGet("/providers", (ChatModels models) => TypedResults.Ok(new ProvidersView(
            models.Default.Name,
            [.. models.Entries.Select(entry => new ProviderView(entry.Name, entry.Model.Model, entry.Configured, entry.Emulated))]))).WithTags("providers").WithSummary("Which models there are, and which one new conversations use.");
}

/// <summary>The providers, and which one new conversations use.</summary>
internal sealed record ProvidersView(string Default, IReadOnlyList<ProviderView> Providers);
