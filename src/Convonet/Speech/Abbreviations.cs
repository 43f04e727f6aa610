using System.Collections.Frozen;

namespace Convonet.Speech;

/// <summary>Words that say whether a full stop ends a sentence, or a space a phrase.</summary>
internal static class Abbreviations
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Always = Set(
        "dr", "mr", "mrs", "ms", "prof", "st", "sr", "sra", "srta", "mt", "ft", "gen", "col", "sgt", "lt", "capt", "cmdr", "rev", "hon", "gov", "sen", "rep", "pres",
        "messrs", "mme", "mlle", "hr", "fr", "vs", "cf", "viz", "approx", "ca", "e.g", "i.e", "eg", "ie", "z.b", "d.h", "bzw", "p.ej", "al", "resp", "incl", "excl");

    // "No. 5" goes on, "No. I cannot" does not.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BeforeNumbers = Set(
        "no", "nos", "nr", "p", "pp", "vol", "fig", "figs", "art", "sec", "sect", "ch", "chap", "eq", "ext", "tel", "op", "para", "max", "min", "avg", "est",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Phrases = Set(
        "and", "but", "or", "so", "because", "that", "which", "who", "when", "where", "while", "if", "unless", "until", "than", "as", "to", "for", "from", "with",
        "without", "at", "in", "on", "by", "about", "before", "after", "into", "between", "during", "through");

    /// <summary>Whether the full stop behind a word belongs to the word.</summary>
    /// <param name="word">The word, with full stops inside, without the last.</param>
    /// <param name="isNumberNext">A digit follows.</param>
    public static bool IsOne(ReadOnlySpan<char> word, bool isNumberNext) =>
        IsInitial(word) || Always.Contains(word) || (isNumberNext && BeforeNumbers.Contains(word)) || IsCapitals(word);

    /// <summary>Whether a phrase begins with this word, so that a pause before it sounds right.</summary>
    public static bool BeginsPhrase(ReadOnlySpan<char> word) => Phrases.Contains(word);

    // "J. Smith"; but "So do I." ends.
    private static bool IsInitial(ReadOnlySpan<char> word) => word.Length == 1 && char.IsLetter(word[0]) && word[0] != 'I';

    // "U.S. Government"; "5 p.m. Then" ends.
    private static bool IsCapitals(ReadOnlySpan<char> word) => word.Length >= 3 && char.IsUpper(word[0]) && word[1] == '.' && char.IsUpper(word[2]);

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(params string[] words) =>
        words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
