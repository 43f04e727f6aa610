namespace Convonet.Chaos;

/// <summary>What a campaign draws by chance, it draws again with the same seed.</summary>
internal static class Seeds
{
    /// <summary>One for a run that was given none.</summary>
    public static int Any() => Random.Shared.Next(1_000_000);

    /// <summary>The chance of one of those that act side by side. Not by <see cref="HashCode"/>, which is another one in each process.</summary>
    /// <param name="seed">The campaign's.</param>
    /// <param name="number">Which of them.</param>
    public static Random Of(int seed, int number) => new(unchecked((seed * 7919) + number));
}
