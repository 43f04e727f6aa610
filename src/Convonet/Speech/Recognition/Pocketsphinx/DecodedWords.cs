using System.Text.RegularExpressions;

namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>Turns a decoder's words into those that are written.</summary>
internal static partial class DecodedWords
{
    /// <summary>"to do list" is a todo list, while "what do i have to do" stays as it is; "read(2)", a second pronunciation, is the same word.</summary>
    internal static string Normalise(string words) => ToDo().Replace(Pronunciation().Replace(words, ""), "todo").Trim();

    [GeneratedRegex(@"\bto[ -]do(?=s\b|( lists?| items?)\b)")]
    private static partial Regex ToDo();

    [GeneratedRegex(@"\(\d+\)")]
    private static partial Regex Pronunciation();
}
