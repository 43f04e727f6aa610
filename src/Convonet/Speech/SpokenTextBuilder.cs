using System.Text;

namespace Convonet.Speech;

/// <summary>Collects what is read of one piece, together with where it comes from.</summary>
internal sealed class SpokenTextBuilder
{
    private readonly StringBuilder _text = new();
    private readonly List<SpokenPiece.Segment> _segments = [];

    /// <summary>Reads a part of the shown text as it stands.</summary>
    /// <param name="shown">The shown piece.</param>
    /// <param name="from">Where the part begins.</param>
    /// <param name="length">Its length.</param>
    public void Copy(string shown, int from, int length)
    {
        // White space before the first word is not heard, and would count as a part of the time.
        while (_text.Length == 0 && length > 0 && char.IsWhiteSpace(shown[from]))
        {
            (from, length) = (from + 1, length - 1);
        }

        if (_segments is [.., { IsCopy: true } last] && last.Shown + last.ShownLength == from)
        {
            _segments[^1] = last with { SpokenLength = last.SpokenLength + length, ShownLength = last.ShownLength + length };
        }
        else if (length > 0)
        {
            _segments.Add(new SpokenPiece.Segment(_text.Length, length, from, length, IsCopy: true));
        }

        _text.Append(shown, from, length);
    }

    /// <summary>Reads a description instead of a part of the shown text.</summary>
    public void Describe(string words, int from, int length)
    {
        _segments.Add(new SpokenPiece.Segment(_text.Length, words.Length, from, length, IsCopy: false));
        _text.Append(words);
    }

    /// <summary>The piece; what is left over is ready for the next one.</summary>
    public SpokenPiece Build(TextPiece shown)
    {
        var text = _text.ToString().TrimEnd();
        var isHeard = false;
        foreach (var c in text)
        {
            isHeard |= SpeechMarks.IsSpoken(c);
        }

        var piece = new SpokenPiece(shown, isHeard ? text : "", isHeard ? [.. _segments] : []);
        _text.Clear();
        _segments.Clear();
        return piece;
    }
}
