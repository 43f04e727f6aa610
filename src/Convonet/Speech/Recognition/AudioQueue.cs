using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Convonet.Speech.Recognition;

/// <summary>A step of a session's audio.</summary>
internal abstract record AudioStep
{
    private AudioStep()
    {
    }

    /// <summary>Samples; the taker gives the buffer back to the pool with <see cref="Release"/>.</summary>
    internal sealed record Piece(byte[] Buffer, int Length, TimeSpan Position) : AudioStep
    {
        internal ReadOnlySpan<byte> Audio => Buffer.AsSpan(0, Length);

        internal TimeSpan End => Position + RecognitionLimits.DurationOf(Length);

        internal void Release() => ArrayPool<byte>.Shared.Return(Buffer);
    }

    /// <summary>The utterance is over.</summary>
    internal sealed record Finish : AudioStep;

    /// <summary>No audio has come for a while; the utterance may go on later.</summary>
    internal sealed record Pause : AudioStep;
}

/// <summary>Audio on its way to a thread of its own: adding never waits, taking does. It holds at most <see cref="RecognitionLimits.MaxBacklog"/>.</summary>
internal sealed class AudioQueue
{
    // An end takes room too, so that ends alone cannot fill the memory.
    private const int EndBytes = 1024;

    private readonly object _lock = new();
    private readonly Queue<AudioStep> _steps = new();
    private int _bytes;
    private bool _isClosed;

    internal bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _steps.Count == 0;
            }
        }
    }

    /// <summary>Adds a copy of the audio.</summary>
    /// <exception cref="RecognitionException">The queue is full.</exception>
    internal void Add(ReadOnlySpan<byte> audio, TimeSpan position)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(audio.Length);
        audio.CopyTo(buffer);
        Add(new AudioStep.Piece(buffer, audio.Length, position), audio.Length);
    }

    /// <summary>Adds the end of an utterance.</summary>
    /// <exception cref="RecognitionException">The queue is full.</exception>
    internal void AddFinish() => Add(new AudioStep.Finish(), EndBytes);

    /// <summary>Adds a pause, also when the queue is full.</summary>
    internal void AddPause()
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                Enqueue(new AudioStep.Pause(), EndBytes);
            }
        }
    }

    /// <summary>Takes the next step, or waits for it.</summary>
    /// <returns>False when the queue was closed.</returns>
    internal bool Take([NotNullWhen(true)] out AudioStep? step)
    {
        lock (_lock)
        {
            while (!_isClosed && _steps.Count == 0)
            {
                Monitor.Wait(_lock);
            }

            if (_isClosed)
            {
                step = null;
                return false;
            }

            step = _steps.Dequeue();
            _bytes -= BytesOf(step);
            return true;
        }
    }

    /// <summary>Forgets all audio and ends all waiting.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _steps.Clear();
            Monitor.PulseAll(_lock);
        }
    }

    private void Add(AudioStep step, int bytes)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            if (_bytes + bytes > RecognitionLimits.MaxBacklogBytes)
            {
                throw new RecognitionException(
                    RecognitionErrorKind.Overloaded, $"Recognition is more than {RecognitionLimits.MaxBacklog.TotalSeconds:0} s behind.");
            }

            Enqueue(step, bytes);
        }
    }

    private void Enqueue(AudioStep step, int bytes)
    {
        _steps.Enqueue(step);
        _bytes += bytes;
        Monitor.Pulse(_lock);
    }

    private static int BytesOf(AudioStep step) => step is AudioStep.Piece piece ? piece.Length : EndBytes;
}
