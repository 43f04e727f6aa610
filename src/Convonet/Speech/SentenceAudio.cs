using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>The audio of one piece between the engine that makes it and the frames that are cut from it.</summary>
/// <remarks>
/// Attempts follow one another until something was read; from then on there is no second. What an abandoned attempt still brings is
/// dropped. Bytes are kept in blocks of whole frames: a frame is a part of a block, never a copy.
/// </remarks>
internal sealed class SentenceAudio
{
    private const int FramesPerBlock = 16;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _blocks = [];
    private readonly int _frameBytes;
    private readonly long _maxBytes;
    private TaskCompletionSource? _waiter;
    private long _written;
    private long _read;
    private int _attempt;
    private bool _ended;

    /// <summary>Creates it without audio.</summary>
    /// <param name="piece">What is spoken.</param>
    /// <param name="sentence">Its number in the turn.</param>
    /// <param name="format">The rate.</param>
    /// <param name="frame">Length of a frame.</param>
    public SentenceAudio(SpokenPiece piece, int sentence, PcmFormat format, TimeSpan frame)
    {
        (Piece, Sentence) = (piece, sentence);
        _frameBytes = (int)format.SamplesIn(frame) * PcmFormat.BytesPerSample;

        // Nobody speaks slower, not even digits: half a second for a character, and five for the engine's silence around them.
        _maxBytes = format.BytesPerSecond * (10L + piece.Text.Length) / 2;
    }

    /// <summary>What is spoken.</summary>
    public SpokenPiece Piece { get; }

    /// <summary>Its number in the turn.</summary>
    public int Sentence { get; }

    /// <summary>Why it has no audio, or not all; null when it has, or is still being made.</summary>
    public SpeechException? Failure { get; private set; }

    /// <summary>How many samples there are, and whether that is all of the text.</summary>
    public (long Samples, bool IsWhole) Made
    {
        get
        {
            lock (_lock)
            {
                return (_written / PcmFormat.BytesPerSample, _ended && Failure is null);
            }
        }
    }

    /// <summary>Begins an attempt in place of those before; 0 when something of them was read already.</summary>
    public int Begin()
    {
        lock (_lock)
        {
            if (_read > 0)
            {
                return 0;
            }

            _blocks.Clear();
            _written = 0;
            return ++_attempt;
        }
    }

    /// <summary>Adds audio; false when the attempt was abandoned, or speaks longer than anybody would.</summary>
    public bool Append(int attempt, ReadOnlySpan<byte> pcm)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            if (attempt != _attempt || _ended || _written + pcm.Length > _maxBytes)
            {
                return false;
            }

            while (!pcm.IsEmpty)
            {
                var offset = (int)(_written % BlockBytes);
                if (offset == 0)
                {
                    _blocks.Add(new byte[BlockBytes]);
                }

                var length = Math.Min(pcm.Length, BlockBytes - offset);
                pcm[..length].CopyTo(_blocks[^1].AsSpan(offset));
                _written += length;
                pcm = pcm[length..];
            }

            waiter = _written - _read >= _frameBytes ? TakeWaiter() : null;
        }

        waiter?.TrySetResult();
        return true;
    }

    /// <summary>Nothing more comes.</summary>
    /// <param name="failure">Why it is not all; null when it is.</param>
    public void End(SpeechException? failure)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            _ended = true;
            Failure = failure;
            waiter = TakeWaiter();
        }

        waiter?.TrySetResult();
    }

    /// <summary>The next frame, the last may be shorter; empty when there is none any more. For one reader.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadFrameAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                // Half a sample at the end is dropped.
                var length = (int)Math.Min(_frameBytes, (_written - _read) & ~1L);
                if (length == _frameBytes || _ended)
                {
                    var frame = length == 0 ? default : _blocks[(int)(_read / BlockBytes)].AsMemory((int)(_read % BlockBytes), length);
                    _read += length;
                    return frame;
                }

                _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = _waiter.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A copy of all audio.</summary>
    public byte[] ToArray()
    {
        lock (_lock)
        {
            var all = new byte[_written];
            for (var i = 0; i < _blocks.Count; i++)
            {
                var from = i * BlockBytes;
                _blocks[i].AsSpan(0, Math.Min(BlockBytes, all.Length - from)).CopyTo(all.AsSpan(from));
            }

            return all;
        }
    }

    private int BlockBytes => _frameBytes * FramesPerBlock;

    private TaskCompletionSource? TakeWaiter()
    {
        var waiter = _waiter;
        _waiter = null;
        return waiter;
    }
}
