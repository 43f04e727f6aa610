using System.Buffers;
using System.Globalization;

namespace Convonet.Speech;

/// <summary>The marks at which speech pauses, of the scripts that the usual voices speak.</summary>
internal static class SpeechMarks
{
    private static readonly SearchValues<char> Sentence = SearchValues.Create(".!?…؟۔।॥。！？｡");
    private static readonly SearchValues<char> Clause = SearchValues.Create(",;:—،؛，、；：");
    private static readonly SearchValues<char> FullWidth = SearchValues.Create("。！？｡，、；：");

    // Marks of emphasis close as well: "**Done.** Next".
    private static readonly SearchValues<char> Closer = SearchValues.Create("\"')]}*_~”’»›」』）】》〉");

    private static readonly SearchValues<char> Opener = SearchValues.Create("\"'([{*_~“‘«‹「『（【《〈¿¡");

    /// <summary>Ends a sentence, unless what is around it says otherwise.</summary>
    public static bool IsSentence(char c) => Sentence.Contains(c);

    /// <summary>Ends a clause.</summary>
    public static bool IsClause(char c) => Clause.Contains(c);

    /// <summary>Stands without white space behind it.</summary>
    public static bool IsFullWidth(char c) => FullWidth.Contains(c);

    /// <summary>Belongs to the sentence whose mark it follows.</summary>
    public static bool IsCloser(char c) => Closer.Contains(c);

    /// <summary>Stands before a word without belonging to it.</summary>
    public static bool IsOpener(char c) => Opener.Contains(c);

    /// <summary>Is heard: a letter, a vowel sign or a digit.</summary>
    public static bool IsSpoken(char c) => char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Written without spaces, so that a word may end behind any character: ideographs, kana.</summary>
    public static bool IsCjk(char c) => c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');
}
