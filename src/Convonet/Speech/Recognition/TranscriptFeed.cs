using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Convonet.Speech.Recognition;

/// <summary>Transcripts on their way from an engine to their one reader. A reader that is behind misses partial ones only.</summary>
internal sealed class TranscriptFeed
{
    /// <summary>Final transcripts that wait for the reader at most.</summary>
    internal const int MaxWaiting = 64;

    private readonly Lock _lock = new();
    private readonly Queue<Transcript> _finals = new();
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Transcript? _partial;
    private RecognitionException? _failure;
    private bool _isComplete;

    /// <summary>Puts a transcript in line. A partial one takes the place of the one before it, a final one that of its partial ones.</summary>
    internal void Add(Transcript transcript)
    {
        lock (_lock)
        {
            if (_isComplete)
            {
                return;
            }

            _partial = transcript.IsFinal ? null : transcript;
            if (transcript.IsFinal)
            {
                _finals.Enqueue(transcript);
            }

            if (_finals.Count > MaxWaiting)
            {
                _failure = new RecognitionException(RecognitionErrorKind.Overloaded, $"More than {MaxWaiting} transcripts wait for their reader.");
                _isComplete = true;
            }
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>Nothing follows; with a failure, the reader gets it after what is in line.</summary>
    internal void Complete(RecognitionException? failure = null)
    {
        lock (_lock)
        {
            _failure ??= failure;
            _isComplete = true;
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>Throws what the engine failed with.</summary>
    internal void ThrowIfFailed()
    {
        lock (_lock)
        {
            if (_failure is { } failure)
            {
                throw new RecognitionException(failure.Kind, failure.Message, failure);
            }
        }
    }

    internal async IAsyncEnumerable<Transcript> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (next, isOver) = Take();
            if (next is not null)
            {
                yield return next;
            }
            else if (isOver)
            {
                ThrowIfFailed();
                yield break;
            }
            else
            {
                await _changed.Reader.ReadAsync(cancellationToken);
            }
        }
    }

    private (Transcript? Next, bool IsOver) Take()
    {
        lock (_lock)
        {
            if (!_finals.TryDequeue(out var next))
            {
                (next, _partial) = (_partial, null);
            }

            return (next, _isComplete);
        }
    }
}
