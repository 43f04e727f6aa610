using System.Buffers;
using System.Text;

namespace Convonet.Speech;

/// <summary>
/// Says what of the shown text is read: marks of Markdown and emoji are not; code, tables and addresses are described. Pieces come in the
/// order of <see cref="SentenceSplitter"/>, as a block of code or a table goes over many. Not safe for several threads.
/// </summary>
internal sealed class SpokenText
{
    /// <summary>Inline code up to this length, in UTF-16 units, is read.</summary>
    public const int ReadableCode = 24;

    private const string CodeBlock = "A code sample. ";
    private const string Table = "A table. ";
    private const string InlineCode = "a piece of code";

    private static readonly SearchValues<char> LineMarks = SearchValues.Create("#>-*+•");

    private readonly SpokenTextBuilder _builder = new();
    private bool _atLineStart = true;
    private bool _inFence;
    private bool _inTable;
    private bool _skipsLine;

    /// <summary>What is read of the next piece.</summary>
    public SpokenPiece Next(TextPiece piece)
    {
        var text = piece.Text;
        var position = 0;
        while (position < text.Length)
        {
            var newLine = text.IndexOf('\n', position);
            var end = newLine < 0 ? text.Length : newLine + 1;
            if (_atLineStart)
            {
                position = BeginLine(text, position, end);
            }

            if (!_skipsLine)
            {
                ReadInline(text, position, end);
            }

            _atLineStart = newLine >= 0;
            position = end;
        }

        return _builder.Build(piece);
    }

    /// <summary>Decides what a line is, by its beginning; gives where its words begin.</summary>
    private int BeginLine(string text, int from, int end)
    {
        var line = text.AsSpan(from, end - from).TrimStart();
        var words = end - line.Length;
        var isFence = line.StartsWith("```") || line.StartsWith("~~~");
        if (isFence && !_inFence)
        {
            _builder.Describe(CodeBlock, from, end - from);
        }

        var isTable = !isFence && !_inFence && line.StartsWith("|");
        if (isTable && !_inTable)
        {
            _builder.Describe(Table, from, end - from);
        }

        _inTable = isTable;
        _skipsLine = isFence || _inFence || isTable || IsRule(line);
        _inFence ^= isFence;
        return words + LengthOfMarker(line);
    }

    // A line of "---", "***" or "===" divides.
    private static bool IsRule(ReadOnlySpan<char> line) => line.TrimEnd() is { Length: >= 3 } rule && rule[0] is '-' or '*' or '_' or '=' && rule.TrimStart(rule[0]).IsEmpty;

    // Heading, quotation, item of a list.
    private static int LengthOfMarker(ReadOnlySpan<char> line)
    {
        var marker = line.IndexOfAnyExcept(LineMarks);
        return marker > 0 && marker <= 6 && line[marker] == ' ' ? marker + 1 : 0;
    }

    private void ReadInline(string text, int from, int end)
    {
        var position = from;
        while (position < end)
        {
            var length = text[position] switch
            {
                '`' => ReadCode(text, position, end),
                '[' => ReadLink(text, position, end, image: false),
                '!' when position + 1 < end && text[position + 1] == '[' => ReadLink(text, position, end, image: true),
                '<' or 'h' or 'w' => ReadAddress(text, position, end),
                '*' or '_' or '~' => LengthOfEmphasis(text, position, end),
                _ => LengthOfPicture(text, position),
            };
            if (length == 0)
            {
                _builder.Copy(text, position, length = 1);
            }

            position += length;
        }
    }

    private int ReadCode(string text, int from, int end)
    {
        var close = text.AsSpan(from + 1, end - from - 1).IndexOf('`');
        if (close < 0)
        {
            return 1;
        }

        if (close <= ReadableCode)
        {
            _builder.Copy(text, from + 1, close);
        }
        else
        {
            _builder.Describe(InlineCode, from, close + 2);
        }

        return close + 2;
    }

    // "[words](address)" is read as its words.
    private int ReadLink(string text, int from, int end, bool image)
    {
        var open = image ? from + 1 : from;
        var rest = text.AsSpan(open, end - open);
        var middle = rest.IndexOf("](");
        var close = middle < 0 ? -1 : rest[middle..].IndexOf(')');
        if (close < 0)
        {
            return 0;
        }

        var length = open - from + middle + close + 1;
        var words = rest[1..middle].Trim();
        if (image)
        {
            _builder.Describe(words.IsEmpty ? "an image" : $"an image: {words}", from, length);
        }
        else if (words.IsEmpty || Addresses.LengthOf(words) == words.Length)
        {
            _builder.Describe(Addresses.Describe(rest[(middle + 2)..(middle + close)]), from, length);
        }
        else
        {
            ReadInline(text, open + 1, open + middle);
        }

        return length;
    }

    private int ReadAddress(string text, int from, int end)
    {
        var isBracketed = text[from] == '<';
        var begin = isBracketed ? from + 1 : from;
        if (from > 0 && char.IsLetterOrDigit(text[from - 1]))
        {
            return 0;
        }

        var length = Addresses.LengthOf(text.AsSpan(begin, end - begin));
        if (length == 0)
        {
            return 0;
        }

        var whole = length + (begin - from) + (isBracketed && begin + length < end && text[begin + length] == '>' ? 1 : 0);
        _builder.Describe(Addresses.Describe(text.AsSpan(begin, length)), from, whole);
        return whole;
    }

    // A mark of emphasis touches a word on one side only: "2 * 3" and "snake_case" have none.
    private static int LengthOfEmphasis(string text, int from, int end)
    {
        var mark = text[from];
        var after = from;
        while (after < end && text[after] == mark)
        {
            after++;
        }

        var before = from == 0 ? ' ' : text[from - 1];
        var behind = after == end ? ' ' : text[after];
        var isWordMark = mark == '_' && char.IsLetterOrDigit(before) && char.IsLetterOrDigit(behind);
        var isTilde = mark == '~' && after - from < 2;
        var isSum = char.IsWhiteSpace(before) && char.IsWhiteSpace(behind) && from > 0 && after < end;
        return isWordMark || isTilde || isSum ? 0 : after - from;
    }

    private static int LengthOfPicture(string text, int from) =>
        text[from] >= '\u200D' && Rune.TryGetRuneAt(text, from, out var rune) && IsPicture(rune.Value) ? rune.Utf16SequenceLength : 0;

    // Emoji and what joins them: dingbats and symbols, pictographs, flags, skin tones, joiners, variation selectors, key caps, tags.
    private static bool IsPicture(int rune) => rune is 0x200D or 0x20E3 or (>= 0x2600 and <= 0x27BF) or (>= 0x2B00 and <= 0x2BFF)
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F000 and <= 0x1FAFF) or (>= 0xE0000 and <= 0xE007F);
}
