using System.Text;

namespace Convonet.Agents;

/// <summary>What a step shows of its text, appended to the turn's.</summary>
/// <param name="turn">All text shown in the turn.</param>
/// <param name="isBegun">Whether the step's first words were shown before.</param>
internal sealed class ShownText(StringBuilder turn, bool isBegun = false)
{
    private string _half = "";

    /// <summary>Whether the step has shown any.</summary>
    public bool Any { get; private set; } = isBegun;

    /// <summary>
    /// The text to show now. A step's first words begin a paragraph of their own, not the end of the step before; half of a surrogate
    /// pair is kept until the other half comes, because half a character cannot be sent.
    /// </summary>
    public string Show(string text)
    {
        text = _half + text;
        _half = char.IsHighSurrogate(text[^1]) ? text[^1..] : "";
        text = text[..^_half.Length];
        if (text.Length == 0)
        {
            return text;
        }

        if (!Any && turn.Length > 0 && turn[^1] != '\n' && text[0] != '\n')
        {
            text = "\n\n" + text.TrimStart(' ');
        }

        Any = true;
        turn.Append(text);
        return text;
    }
}
