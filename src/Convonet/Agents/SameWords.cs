using System.Text;

namespace Convonet.Agents;

/// <summary>Compares what was heard, letters' case and punctuation aside: engines set both late, or not at all.</summary>
internal static class SameWords
{
    /// <summary>Whether both say the same. "3.50" and "350" do not: a mark between digits counts.</summary>
    public static bool Are(string left, string right) =>
        string.Equals(left, right, StringComparison.Ordinal) || string.Equals(Plain(left), Plain(right), StringComparison.Ordinal);

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var one = text[i];
            if (char.IsLetterOrDigit(one) || char.IsSurrogate(one) || char.IsSymbol(one) || IsWithinNumber(text, i))
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

    private static bool IsWithinNumber(string text, int index) =>
        char.IsPunctuation(text[index]) && index > 0 && index + 1 < text.Length && char.IsAsciiDigit(text[index - 1]) && char.IsAsciiDigit(text[index + 1]);
}
