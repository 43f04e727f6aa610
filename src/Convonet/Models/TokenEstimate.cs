using System.Text;

namespace Convonet.Models;

/// <summary>
/// About how many tokens a text is, without any provider's tokenizer: four characters of plain English are one, a character of Chinese, Japanese or Korean is one of its own, and
/// what lies between them goes by its bytes in UTF-8. It counts in quarters of a token, so that many short texts are not each rounded up.
/// </summary>
internal static class TokenEstimate
{
    /// <summary>Quarters of a token in a text: its bytes, and one more for each character of East Asian writing, which has three.</summary>
    public static long QuartersOf(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes == text.Length)
        {
            return bytes;
        }

        var quarters = (long)bytes;
        foreach (var character in text)
        {
            quarters += IsEastAsian(character) ? 1 : 0;
        }

        return quarters;
    }

    /// <summary>Whole tokens, rounded up.</summary>
    public static long Tokens(long quarters) => (quarters + 3) / 4;

    // From the radicals to the end of Hangul, compatibility ideographs, and full-width forms. Those outside the basic plane have four bytes already.
    private static bool IsEastAsian(char character) => character is (>= '\u2E80' and <= '\uD7FF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF00' and <= '\uFFEF');
}
