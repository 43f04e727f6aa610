namespace Convonet.Speech.Recognition.Deepgram;

/// <summary>
/// The audio that Deepgram has not settled yet, to be sent again when the connection breaks. Offsets count the session's bytes. Its owner locks it.
/// </summary>
internal sealed class ReplayBuffer
{
    // Sent again from the piece that Deepgram has settled in part: 20 ms are not heard as a word twice.
    private const int PieceBytes = RecognitionLimits.BytesPerSecond / 50;

    private readonly List<Piece> _pieces = [];
    private TimeSpan _lastPosition;

    /// <summary>Where the audio so far ends.</summary>
    internal long End { get; private set; }

    /// <summary>Where the audio begins that is not settled; it is the beginning of a piece, or <see cref="End"/>.</summary>
    internal long Begin => _pieces.Count > 0 ? _pieces[0].Offset : End;

    /// <summary>Up to where Deepgram has settled.</summary>
    internal long Settled { get; private set; }

    /// <summary>Keeps a copy.</summary>
    /// <exception cref="RecognitionException">There is as much as is kept at most.</exception>
    internal void Add(ReadOnlyMemory<byte> audio, TimeSpan position)
    {
        if (End - Begin + audio.Length > RecognitionLimits.MaxBacklogBytes)
        {
            throw new RecognitionException(
                RecognitionErrorKind.Overloaded, $"Deepgram is more than {RecognitionLimits.MaxBacklog.TotalSeconds:0} s behind.");
        }

        for (var from = 0; from < audio.Length; from += PieceBytes)
        {
            var piece = audio[from..Math.Min(from + PieceBytes, audio.Length)].ToArray();
            _pieces.Add(new Piece(piece, End, position + RecognitionLimits.DurationOf(from)));
            End += piece.Length;
        }
    }

    /// <summary>The audio of the piece that begins here; false when there is none yet.</summary>
    internal bool TryGet(long offset, out ReadOnlyMemory<byte> audio)
    {
        var index = IndexOf(offset);
        audio = index >= 0 ? _pieces[index].Audio : default;
        return index >= 0;
    }

    /// <summary>Forgets what lies before: whole pieces only.</summary>
    internal void Settle(long offset)
    {
        Settled = Math.Max(Settled, Math.Min(offset, End));
        var gone = 0;
        while (gone < _pieces.Count && _pieces[gone].Offset + _pieces[gone].Audio.Length <= Settled)
        {
            _lastPosition = _pieces[gone].Position + RecognitionLimits.DurationOf(_pieces[gone].Audio.Length);
            gone++;
        }

        _pieces.RemoveRange(0, gone);
    }

    /// <summary>Where in the connection's audio an offset lies.</summary>
    internal TimeSpan PositionOf(long offset)
    {
        var index = IndexOf(offset);
        index = index >= 0 ? index : ~index - 1;
        return index < 0 ? _lastPosition : _pieces[index].Position + RecognitionLimits.DurationOf(Math.Min(offset - _pieces[index].Offset, _pieces[index].Audio.Length));
    }

    private int IndexOf(long offset)
    {
        var (low, high) = (0, _pieces.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (_pieces[middle].Offset.CompareTo(offset))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return ~low;
    }

    private sealed record Piece(ReadOnlyMemory<byte> Audio, long Offset, TimeSpan Position);
}
