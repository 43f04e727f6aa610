using System.Collections.Frozen;

namespace Convonet.Turns;

/// <summary>Tells the small noises of a listener from words that want the floor.</summary>
internal static class BackChannel
{
    private const int MostWords = 3;

    // "yes", "no" and "stop" are not among them: over the assistant's voice they mean something.
    private static readonly FrozenSet<string> Sounds = new[]
    {
        "uh-huh", "uh", "huh", "mm", "mmm", "mhm", "mm-hmm", "mm-hm", "mhmm", "hmm", "hm", "yeah", "yep", "yup", "ok", "okay", "right", "sure", "aha", "ah", "oh", "um",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether there are words, and all of them are such noises.</summary>
    internal static bool Is(ReadOnlySpan<char> text) => EndpointDelay.Words(text) is { Length: > 0 and <= MostWords } words && words.All(Sounds.Contains);
}
