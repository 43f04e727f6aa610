using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>Says which part of a turn's shown text was heard, when so many of its samples were played. Safe for several threads.</summary>
internal sealed class HeardText(PcmFormat format)
{
    // What people speak; the turn's own sentences correct it.
    private const double CharactersPerSecond = 15;

    private readonly Lock _lock = new();
    private readonly List<(SentenceAudio Audio, long From)> _sentences = [];
    private double _samplesPerCharacter = format.SampleRate / CharactersPerSecond;
    private long _sent;
    private long _played;
    private int? _end;

    /// <summary>How many samples were sent.</summary>
    public long Sent
    {
        get
        {
            lock (_lock)
            {
                return _sent;
            }
        }
    }

    /// <summary>A frame is sent.</summary>
    /// <param name="audio">The piece that it is of.</param>
    /// <param name="samples">Its length.</param>
    public void Advance(SentenceAudio audio, int samples)
    {
        lock (_lock)
        {
            if (_sentences is not [.., var last] || last.Audio != audio)
            {
                _sentences.Add((audio, _sent));
            }

            _sent += samples;
        }
    }

    /// <summary>All that there is to speak was sent.</summary>
    /// <param name="end">Where the shown text ends.</param>
    public void Complete(int end)
    {
        lock (_lock)
        {
            _end = end;
        }
    }

    /// <summary>So many samples of the turn were played; gives where the shown text ends that was heard. Older numbers change nothing.</summary>
    public int Played(long sample)
    {
        lock (_lock)
        {
            _played = Math.Max(_played, Math.Min(sample, _sent));
            if (_played == _sent && _end is { } end)
            {
                return end;
            }

            var found = _sentences.FindLastIndex(sentence => sentence.From < _played);
            return found < 0 ? 0 : HeardOf(_sentences[found].Audio, _played - _sentences[found].From);
        }
    }

    // In proportion: how long a sentence is that is still being made is guessed from those before.
    private int HeardOf(SentenceAudio audio, long played)
    {
        var (samples, isWhole) = audio.Made;
        var characters = audio.Piece.Text.Length;
        if (isWhole)
        {
            _samplesPerCharacter = (double)samples / characters;
            return audio.Piece.HeardUntil((double)played / samples);
        }

        return audio.Piece.HeardUntil(Math.Min(played / Math.Max(samples, characters * _samplesPerCharacter), 0.999));
    }
}
