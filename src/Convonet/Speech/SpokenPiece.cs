namespace Convonet.Speech;

/// <summary>What is read of a <see cref="TextPiece"/>, and where each word of it stands in the shown text.</summary>
internal sealed class SpokenPiece
{
    private readonly TextPiece _shown;
    private readonly Segment[] _segments;

    /// <summary>Creates the piece.</summary>
    /// <param name="shown">The shown piece.</param>
    /// <param name="text">What is read; empty when nothing is.</param>
    /// <param name="segments">Where the parts of <paramref name="text"/> come from, in order and without gaps in it.</param>
    public SpokenPiece(TextPiece shown, string text, Segment[] segments) => (_shown, Text, _segments) = (shown, text, segments);

    /// <summary>What is read.</summary>
    public string Text { get; }

    /// <summary>Where the piece begins in the shown text.</summary>
    public int Start => _shown.Start;

    /// <summary>Where it ends in the shown text.</summary>
    public int End => _shown.Start + _shown.Text.Length;

    /// <summary>Where the shown text ends that was heard, when <paramref name="fraction"/> of the speech was: the word that was being spoken counts.</summary>
    /// <param name="fraction">From 0 to 1.</param>
    public int HeardUntil(double fraction)
    {
        if (fraction >= 1)
        {
            return End;
        }

        var spoken = (int)Math.Ceiling(fraction * Text.Length);
        return spoken <= 0 || _segments.Length == 0 ? Start : _shown.Start + EndOfWord(ShownAt(spoken));
    }

    private int ShownAt(int spoken)
    {
        var found = _segments[0];
        foreach (var segment in _segments)
        {
            if (segment.Spoken >= spoken)
            {
                break;
            }

            found = segment;
        }

        // What stands for something else has no words in the shown text: its beginning was heard, or all of it.
        var inside = spoken - found.Spoken;
        return found.IsCopy ? Math.Min(found.Shown + inside, found.Shown + found.ShownLength)
            : inside >= found.SpokenLength ? found.Shown + found.ShownLength
            : found.Shown;
    }

    private int EndOfWord(int position)
    {
        var text = _shown.Text;
        if (position > 0 && (char.IsWhiteSpace(text[position - 1]) || SpeechMarks.IsCjk(text[position - 1])))
        {
            return position;
        }

        while (position < text.Length && !char.IsWhiteSpace(text[position]) && !SpeechMarks.IsCjk(text[position]))
        {
            position++;
        }

        return position;
    }

    /// <summary>A part of what is read.</summary>
    /// <param name="Spoken">Where it begins in what is read.</param>
    /// <param name="SpokenLength">Its length there.</param>
    /// <param name="Shown">Where it begins in the shown piece.</param>
    /// <param name="ShownLength">Its length there.</param>
    /// <param name="IsCopy">Read as it stands; otherwise it is described.</param>
    internal readonly record struct Segment(int Spoken, int SpokenLength, int Shown, int ShownLength, bool IsCopy);
}
