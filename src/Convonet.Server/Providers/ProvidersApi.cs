using System.Text.Json;
using Convonet.Models;
using Convonet.Models.Health;

namespace Convonet.Server.Providers;

/// <summary>Tells which providers there are, and how they are.</summary>
internal static class ProvidersApi
{
    public static void MapProviders(this IEndpointRouteBuilder api) =>
        api.MapGet("/providers", (ChatModels models, ProviderHealth health) => TypedResults.Ok(new ProvidersView(
            models.Default.Name,
            [.. models.Entries.Select(entry => new ProviderStateView(entry.Name, entry.Model.Model, entry.Configured, entry.Emulated, HealthView.Of(health.Of(entry.Model))))])))
            .WithTags("providers").WithSummary("Which models there are, which one new conversations use, and whether each of them answers.");
}

/// <summary>The providers, and which one new conversations use.</summary>
internal sealed record ProvidersView(string Default, IReadOnlyList<ProviderStateView> Providers);

/// <summary>A provider, and how it is.</summary>
internal sealed record ProviderStateView(string Name, string Model, bool Configured, bool Emulated, HealthView Health);

/// <summary>A provider's health, as this process's own calls show it.</summary>
/// <param name="State"><c>closed</c>: it is asked; <c>open</c>: it failed, and others are asked; <c>half_open</c>: the next turn that asks it, as its first or its rival, tries it.</param>
/// <param name="Since">Since when it is asked, or is not.</param>
/// <param name="ProbeAt">When a turn tries it again; null while it is asked.</param>
/// <param name="FirstContentP90Ms">The time to its first content that nine of ten calls did not exceed; null until ten were seen.</param>
internal sealed record HealthView(string State, DateTimeOffset Since, DateTimeOffset? ProbeAt, long? FirstContentP90Ms)
{
    public static HealthView Of(ModelHealth health) => new(
        JsonNamingPolicy.SnakeCaseLower.ConvertName(health.State.ToString()), health.Since, health.ProbeAt, (long?)health.FirstContentP90?.TotalMilliseconds);
}
