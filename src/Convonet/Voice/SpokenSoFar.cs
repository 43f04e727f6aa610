using System.Text;

namespace Convonet.Voice;

/// <summary>
/// The shown text of a turn as it was given to its speech. An owner that takes the turn over shows a little less than was shown before, and goes on from there in the same words or in others: the same
/// words are not said again. Safe for several threads.
/// </summary>
internal sealed class SpokenSoFar
{
    /// <summary>In characters.</summary>
    private const int LongestWord = 30;

    /// <summary>From Thai on, scripts have no spaces between words, or letters that are words.</summary>
    private const char FirstWithoutSpaces = '\u0E00';

    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();

    /// <summary>Where other words began: their place in what was given to the speech, and in the shown text.</summary>
    private readonly List<(int Spoken, int Shown)> _turnings = [(0, 0)];

    private int _shown;
    private int _given;

    /// <summary>More text is shown.</summary>
    /// <returns>What of it is to be said, and whether it goes on with other words than were said there: those were for nothing.</returns>
    public (string More, bool IsAnew) Take(string next)
    {
        lock (_lock)
        {
            var same = 0;
            while (same < next.Length && _shown < _text.Length && next[same] == _text[_shown])
            {
                (same, _shown) = (same + 1, _shown + 1);
            }

            var more = next[same..];
            var isAnew = more.Length > 0 && _shown < _text.Length;
            if (isAnew)
            {
                // From the beginning of the word: half of it was another one's.
                var from = _shown;
                while (from > 0 && _shown - from < LongestWord && IsInWord(_text[from - 1]))
                {
                    from--;
                }

                more = _text.ToString(from, _shown - from) + more;
                _shown = _text.Length = from;
                _turnings.Add((_given, _shown));
            }

            _text.Append(more);
            (_shown, _given) = (_shown + more.Length, _given + more.Length);
            return (more, isAnew);
        }
    }

    private static bool IsInWord(char one) => one < FirstWithoutSpaces && !char.IsWhiteSpace(one);

    /// <summary>The text is shown again from its beginning.</summary>
    /// <param name="shown">All of it so far.</param>
    /// <returns>As <see cref="Take"/>.</returns>
    public (string More, bool IsAnew) TakeAgain(string shown)
    {
        lock (_lock)
        {
            _shown = 0;
            return Take(shown);
        }
    }

    /// <summary>Where the shown text ends of which so much was said.</summary>
    /// <param name="spoken">Characters of what was given to the speech.</param>
    public int ShownUntil(int spoken)
    {
        lock (_lock)
        {
            var at = _turnings.FindLastIndex(one => one.Spoken <= spoken);
            var shown = _turnings[at].Shown + spoken - _turnings[at].Spoken;
            return Math.Min(shown, at + 1 < _turnings.Count ? _turnings[at + 1].Shown : _shown);
        }
    }
}
