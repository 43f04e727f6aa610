using System.Text;

namespace Convonet.Agents;

/// <summary>Compares what was heard, letters' case and punctuation aside: engines set both late, or not at all.</summary>
internal static class SameWords
{
    /// <summary>Whether both say the same. "3.50" and "350" do not, nor do "-5" and "5", or "C#" and "C".</summary>
    public static bool Are(string left, string right) =>
        string.Equals(left, right, StringComparison.Ordinal) || string.Equals(Plain(left), Plain(right), StringComparison.Ordinal);

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var one = text[i];
            if (char.IsLetterOrDigit(one) || char.IsSurrogate(one) || char.IsSymbol(one) || IsMeant(text, i))
            {
                plain.Append(char.ToLowerInvariant(one));
            }
            else if ((char.IsWhiteSpace(one) || one == '-') && plain.Length > 0 && plain[^1] != ' ')
            {
                plain.Append(' ');
            }
        }

        return plain.ToString().TrimEnd();
    }

    /// <summary>A mark that is no punctuation: one that is said as a word, or one within a number or before it.</summary>
    private static bool IsMeant(string text, int index)
    {
        var isBeforeDigit = index + 1 < text.Length && char.IsAsciiDigit(text[index + 1]);
        return text[index] is '%' or '#' or '@' or '&' or '/' or '*'
            || (char.IsPunctuation(text[index]) && isBeforeDigit && index > 0 && char.IsAsciiDigit(text[index - 1]))
            || (text[index] == '-' && isBeforeDigit && (index == 0 || char.IsWhiteSpace(text[index - 1])));
    }
}
