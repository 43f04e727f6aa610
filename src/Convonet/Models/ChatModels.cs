namespace Convonet.Models;

/// <summary>A provider that conversations can use.</summary>
/// <param name="Model">Its model.</param>
/// <param name="Configured">Whether a key for the real provider is set.</param>
/// <param name="Emulated">Whether the offline demo model stands in for it.</param>
public sealed record ProviderEntry(IChatModel Model, bool Configured, bool Emulated)
{
    /// <summary>The provider's name.</summary>
    public string Name => Model.Provider;
}

/// <summary>The providers that conversations can use, the default one, and those to fall back to.</summary>
public sealed class ChatModels
{
    private readonly IReadOnlyList<string> _fallback;

    /// <summary>Creates the set.</summary>
    /// <param name="entries">At least one; names are unique whatever their case.</param>
    /// <param name="defaultProvider">The provider of new conversations.</param>
    /// <param name="fallback">Providers to ask, in this order, when the chosen one does not answer.</param>
    /// <exception cref="ArgumentException">A name is not among <paramref name="entries"/>, or stands there twice.</exception>
    public ChatModels(IReadOnlyList<ProviderEntry> entries, string defaultProvider, IReadOnlyList<string> fallback)
    {
        if (entries.Select(entry => entry.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() != entries.Count)
        {
            throw new ArgumentException("Two providers share a name.", nameof(entries));
        }

        Entries = entries;
        _fallback = fallback;
        Default = Find(defaultProvider) ?? throw Unknown(defaultProvider);
        if (fallback.FirstOrDefault(name => Find(name) is null) is { } unknown)
        {
            throw Unknown(unknown);
        }
    }

    /// <summary>All providers.</summary>
    public IReadOnlyList<ProviderEntry> Entries { get; }

    /// <summary>The provider of new conversations.</summary>
    public ProviderEntry Default { get; }

    /// <summary>The provider with this name, whatever its case; null when there is none.</summary>
    public ProviderEntry? Find(string name) => Entries.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The models for a turn: the chosen provider's, then those to fall back to. A real provider never falls back to the demo model.</summary>
    public IReadOnlyList<IChatModel> ModelsFor(ProviderEntry chosen) =>
    [
        chosen.Model,
        .. _fallback.Select(Find).OfType<ProviderEntry>().Distinct().Where(entry => entry != chosen && entry.Emulated == chosen.Emulated).Select(entry => entry.Model),
    ];

    private ArgumentException Unknown(string name) =>
        new($"There is no provider '{name}'. Known are: {string.Join(", ", Entries.Select(entry => entry.Name))}.");
}
