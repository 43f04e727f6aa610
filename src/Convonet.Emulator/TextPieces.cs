using System.Text.RegularExpressions;

namespace Convonet.Emulator;

/// <summary>Cuts text as models stream it: a word with the space before it.</summary>
internal static partial class TextPieces
{
    internal static IEnumerable<string> Words(string text)
    {
        var end = 0;
        foreach (Match word in Word().Matches(text))
        {
            end = word.Index + word.Length;
            yield return word.Value;
        }

        if (end < text.Length)
        {
            yield return text[end..];
        }
    }

    [GeneratedRegex(@"\s*\S+(\s+$)?")]
    private static partial Regex Word();
}
