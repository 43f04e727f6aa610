namespace Convonet.Speech;

/// <summary>
/// Cuts streamed text into pieces to speak: the first clause as early as it can be spoken, then sentences and lines. It never cuts inside
/// numbers, abbreviations, addresses, links or inline code, and cuts at the same places however the text is torn into tokens.
/// </summary>
/// <remarks>One buffer, reused; a piece's string is all that is allocated. Not safe for several threads.</remarks>
internal sealed class SentenceSplitter
{
    /// <summary>From this length on, in UTF-16 units, the first piece of a run of text ends at the next place where a phrase begins.</summary>
    public const int EarlyLength = 20;

    /// <summary>From this length on the first piece ends at the next word.</summary>
    public const int EarlyLimit = 40;

    /// <summary>From this length on any piece ends at the last clause or word before; only a longer word is longer.</summary>
    public const int MaxLength = 240;

    /// <summary>Where a word without end is cut, so that the buffer has one.</summary>
    public const int HardLimit = 2_000;

    private const int None = 0;
    private const int Wait = -1;

    /// <summary>How far a decision looks ahead: what follows a mark that far away no longer changes it.</summary>
    private const int LookAhead = 32;

    private char[] _buffer = new char[512];
    private int _length;
    private int _start;
    private int _scan;
    private bool _early = true;
    private bool _hasContent;
    private bool _inCode;
    private bool _inBrackets;
    private int _letters;
    private int _wordBreak;
    private int _clauseBreak;

    /// <summary>Adds text; then take the pieces that it completes.</summary>
    public void Push(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_length + text.Length, _buffer.Length * 2));
        }

        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Takes the next complete piece; false until more text comes.</summary>
    public bool TryTake(out TextPiece piece) => TryTake(isEnd: false, out piece);

    /// <summary>Takes the next piece of what is there, complete or not; false when nothing is left. Then the next text begins early again.</summary>
    public bool TryFlush(out TextPiece piece)
    {
        if (TryTake(isEnd: true, out piece))
        {
            return true;
        }

        if (_length > 0)
        {
            piece = Take(_length);
            return true;
        }

        _early = true;
        return false;
    }

    private bool TryTake(bool isEnd, out TextPiece piece)
    {
        while (_scan < _length)
        {
            var cut = Examine(_scan, isEnd);
            if (cut == Wait)
            {
                break;
            }

            if (cut > 0)
            {
                piece = Take(cut);
                return true;
            }

            _scan++;
        }

        piece = default;
        return false;
    }

    private TextPiece Take(int length)
    {
        var piece = new TextPiece(_start, new string(_buffer, 0, length));
        _buffer.AsSpan(length, _length - length).CopyTo(_buffer);
        _length -= length;
        _start += length;
        (_scan, _letters, _wordBreak, _clauseBreak) = (0, 0, 0, 0);
        (_early, _hasContent, _inCode, _inBrackets) = (_early && !_hasContent, false, false, false);
        return piece;
    }

    /// <summary>How long the piece is if it ends because of the character at <paramref name="i"/>; <see cref="None"/> or <see cref="Wait"/> otherwise.</summary>
    private int Examine(int i, bool isEnd)
    {
        var c = _buffer[i];
        var cut = c == '\n' ? (_hasContent ? i + 1 : None)
            : _inCode || _inBrackets ? None
            : SpeechMarks.IsSentence(c) ? EndOfSentence(i, isEnd)
            : SpeechMarks.IsClause(c) ? EndOfClause(i, isEnd)
            : _early && char.IsWhiteSpace(c) ? EarlyBreak(i, isEnd)
            : None;
        if (cut != None)
        {
            return cut;
        }

        Note(c, i);
        return i + 1 >= MaxLength ? LongPiece(i) : None;
    }

    private void Note(char c, int i)
    {
        switch (c)
        {
            // A line ends whatever was open in it.
            case '\n':
                (_inCode, _inBrackets) = (false, false);
                break;
            case '`':
                _inCode = !_inCode;
                break;
            case '[':
                _inBrackets = true;
                break;
            case ']':
                _inBrackets = false;
                break;
        }

        if (char.IsWhiteSpace(c) || SpeechMarks.IsCjk(c))
        {
            _wordBreak = i + 1;
        }

        _hasContent |= !char.IsWhiteSpace(c);
        _letters += SpeechMarks.IsSpoken(c) ? 1 : 0;
    }

    private int EndOfSentence(int i, bool isEnd)
    {
        // Of several marks in a row the first is judged for all.
        if (i > 0 && SpeechMarks.IsSentence(_buffer[i - 1]))
        {
            return None;
        }

        var after = i + 1;
        while (after < _length && after - i < LookAhead && (SpeechMarks.IsSentence(_buffer[after]) || SpeechMarks.IsCloser(_buffer[after])))
        {
            after++;
        }

        if (after == _length)
        {
            return isEnd ? None : Wait;
        }

        if (!char.IsWhiteSpace(_buffer[after]))
        {
            return SpeechMarks.IsFullWidth(_buffer[after - 1]) || SpeechMarks.IsFullWidth(_buffer[i]) ? after : None;
        }

        if (_buffer[after] == '\n')
        {
            return after + 1;
        }

        var next = NextVisible(after);
        return next == _length && !isEnd && next - after < LookAhead ? Wait : GoesOn(i, after, next) ? None : after + 1;
    }

    /// <summary>Whether the sentence goes on behind its mark.</summary>
    private bool GoesOn(int mark, int after, int next)
    {
        var follower = next < _length ? _buffer[next] : '\0';
        if (char.IsLower(follower))
        {
            return true;
        }

        if (_buffer[mark] != '.' || after > mark + 1 && SpeechMarks.IsSentence(_buffer[mark + 1]))
        {
            return false;
        }

        var word = WordBefore(mark);
        var isNumberNext = char.IsAsciiDigit(follower);
        return Abbreviations.IsOne(word, isNumberNext) || IsListNumber(word, mark, isNumberNext);
    }

    // "2. Eggs", where a line begins, and "1. 2. 3.".
    private bool IsListNumber(ReadOnlySpan<char> word, int mark, bool isNumberNext) =>
        word.Length is > 0 and <= 3 && !word.ContainsAnyExceptInRange('0', '9') && (isNumberNext || _buffer.AsSpan(0, mark - word.Length).Trim().IsEmpty);

    private int EndOfClause(int i, bool isEnd)
    {
        var after = i + 1;
        if (after == _length)
        {
            return isEnd ? None : Wait;
        }

        var isFullWidth = SpeechMarks.IsFullWidth(_buffer[i]);
        if (!isFullWidth && !char.IsWhiteSpace(_buffer[after]))
        {
            return None;
        }

        // "1, 2, 3" and "1，000" are numbers.
        var next = NextVisible(after);
        if (i > 0 && char.IsAsciiDigit(_buffer[i - 1]))
        {
            if (next == _length && !isEnd && next - after < LookAhead)
            {
                return Wait;
            }

            if (next < _length && char.IsAsciiDigit(_buffer[next]))
            {
                return None;
            }
        }

        var cut = isFullWidth ? after : after + 1;
        _clauseBreak = cut;
        return _early && _letters >= 2 ? cut : None;
    }

    private int EarlyBreak(int i, bool isEnd)
    {
        if (i + 1 < EarlyLength || _letters == 0 || SpeechMarks.IsSentence(_buffer[i - 1]) || char.IsWhiteSpace(_buffer[i - 1]))
        {
            return None;
        }

        var word = NextVisible(i);
        var end = word;
        while (end < _length && end - i < LookAhead && !char.IsWhiteSpace(_buffer[end]))
        {
            end++;
        }

        if (end == _length && end - i < LookAhead)
        {
            return isEnd ? None : Wait;
        }

        // "10 000" is a number.
        return char.IsAsciiDigit(_buffer[i - 1]) && char.IsAsciiDigit(_buffer[word]) ? None
            : i + 1 >= EarlyLimit || Abbreviations.BeginsPhrase(_buffer.AsSpan(word, end - word)) ? i + 1
            : None;
    }

    private int LongPiece(int i)
    {
        if (_clauseBreak > 0 || _wordBreak > 0)
        {
            return _clauseBreak > 0 ? _clauseBreak : _wordBreak;
        }

        return i + 1 < HardLimit ? None : char.IsHighSurrogate(_buffer[i]) ? i : i + 1;
    }

    private int NextVisible(int from)
    {
        var next = from;
        while (next < _length && next - from < LookAhead && char.IsWhiteSpace(_buffer[next]))
        {
            next++;
        }

        return next;
    }

    private ReadOnlySpan<char> WordBefore(int end)
    {
        var start = end;
        while (start > 0 && end - start < LookAhead && !char.IsWhiteSpace(_buffer[start - 1]) && !SpeechMarks.IsOpener(_buffer[start - 1]))
        {
            start--;
        }

        return _buffer.AsSpan(start, end - start);
    }
}
