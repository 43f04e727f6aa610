using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>Speaks the text of one turn while it is being written.</summary>
/// <remarks>
/// <code>
/// Append ─► SentenceSplitter ─► SpokenText ─► queue ─► SentenceMaker (engine, fallback, cache) ─► SentenceAudio ─► pacing ─► ReadAsync
///  (the turn; never waits)                  (bounded)   one piece ahead of the one that plays                     (one reader)
/// </code>
/// Text never waits for speech: <see cref="Append"/> and its like return at once, and are for one thread. <see cref="Stop"/>,
/// <see cref="Pause"/>, <see cref="Resume"/> and <see cref="Played"/> may be called by any.
/// </remarks>
internal sealed class SpeechPipeline : IAsyncDisposable
{
    /// <summary>Length of a frame: 40 ms.</summary>
    public static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(40);

    private readonly SentenceSplitter _splitter = new();
    private readonly SpokenText _spokenText = new();
    private readonly Channel<SentenceAudio> _queue;
    private readonly Channel<SentenceAudio> _ready;

    // Neither is disposed: the reader and a late Stop may still use them, and without timers and handles there is nothing to give back.
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _stop = new();
    private readonly SentenceMaker _maker;
    private readonly SpeechPacer _pacer;
    private readonly HeardText _heard;
    private readonly Task _work;
    private readonly int _turn;
    private SpeechUpdate.SentenceFailed? _behind;
    private int _sentences;
    private int _shownUntil;

    /// <summary>Begins to wait for text.</summary>
    /// <param name="turn">Number of the turn.</param>
    /// <param name="engines">What to speak with.</param>
    /// <param name="isPaced">Whether frames come when they are due; otherwise as soon as they are made.</param>
    public SpeechPipeline(int turn, SpeechEngines engines, bool isPaced = true)
    {
        (_turn, Format) = (turn, engines.Primary.Format);
        _queue = Channel.CreateBounded<SentenceAudio>(new BoundedChannelOptions(engines.Options.MaxWaiting) { SingleReader = true, SingleWriter = true });
        _ready = Channel.CreateBounded<SentenceAudio>(new BoundedChannelOptions(engines.Options.LookAhead + 1) { SingleReader = true, SingleWriter = true });
        _room = new SemaphoreSlim(engines.Options.LookAhead + 1);
        _maker = new SentenceMaker(engines);
        _pacer = new SpeechPacer(engines.Time, isPaced ? engines.Options.MaxAhead : TimeSpan.FromDays(1));
        _heard = new HeardText(Format);
        _work = Task.Run(WorkAsync);
    }

    /// <summary>The rate of all frames.</summary>
    public PcmFormat Format { get; }

    /// <summary>How many samples were given to the reader.</summary>
    public long Sent => _heard.Sent;

    /// <summary>Whether anything of the shown text is to be spoken so far.</summary>
    public bool HasText { get; private set; }

    /// <summary>More of the shown text.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        _splitter.Push(text);
        while (_splitter.TryTake(out var piece))
        {
            Enqueue(_spokenText.Next(piece));
        }
    }

    /// <summary>Nothing more of the text comes for a while, for example because a tool runs: speaks what there is.</summary>
    public void Flush()
    {
        while (_splitter.TryFlush(out var piece))
        {
            Enqueue(_spokenText.Next(piece));
        }
    }

    /// <summary>Speaks words that are not part of the shown text, behind what was appended before.</summary>
    public void Interject(string words)
    {
        Flush();
        Enqueue(new SpokenPiece(new TextPiece(_shownUntil, ""), words, []));
    }

    /// <summary>The text is over: speaks the rest, then <see cref="ReadAsync"/> ends.</summary>
    public void Complete()
    {
        Flush();
        _queue.Writer.TryComplete();
    }

    /// <summary>Somebody speaks, perhaps to interrupt, and the client has stopped playing: no frame is given until <see cref="Resume"/> or <see cref="Stop"/>.</summary>
    public void Pause() => _pacer.Pause();

    /// <summary>Nobody wanted to interrupt: goes on, as the client does with what it had left.</summary>
    public void Resume() => _pacer.Resume();

    /// <summary>Ends all work and <see cref="ReadAsync"/> at once; what was appended and not sent is dropped.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>The client has played so many samples of the turn; gives where the shown text ends that was heard, to the word.</summary>
    public int Played(long sample) => _heard.Played(sample);

    /// <summary>The speech, each frame when it is due. For one reader, once.</summary>
    public async IAsyncEnumerable<SpeechUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        while (await NextSentenceAsync(either.Token, cancellationToken) is { } audio)
        {
            while (await NextFrameAsync(audio, either.Token, cancellationToken) is { } frame)
            {
                yield return new SpeechUpdate.Frame(frame) { Start = audio.Piece.Start, End = audio.Piece.End };
            }

            _room.Release();
            if (!_stop.IsCancellationRequested)
            {
                yield return audio.Failure is { } failure
                    ? new SpeechUpdate.SentenceFailed(audio.Sentence, audio.Piece.Start, audio.Piece.End, failure.Kind)
                    : new SpeechUpdate.SentenceEnded(audio.Sentence);
            }

            if (Interlocked.Exchange(ref _behind, null) is { } behind)
            {
                yield return behind;
            }
        }

        if (!_stop.IsCancellationRequested)
        {
            _heard.Complete(_shownUntil);
        }
    }

    /// <summary>Stops, and waits until the work has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _pacer.Dispose();
    }

    private void Enqueue(SpokenPiece piece)
    {
        _shownUntil = piece.End;
        if (piece.Text.Length == 0)
        {
            return;
        }

        HasText |= piece.End > piece.Start;
        var audio = new SentenceAudio(piece, _sentences++, Format, FrameLength);
        if (!_queue.Writer.TryWrite(audio))
        {
            // One report says it for all that follow before it is read.
            Interlocked.CompareExchange(ref _behind, new SpeechUpdate.SentenceFailed(audio.Sentence, piece.Start, piece.End, SpeechErrorKind.Behind), null);
        }
    }

    /// <summary>Makes pieces in their order, each when there is room; ends with the queue or when stopped, and never fails.</summary>
    private async Task WorkAsync()
    {
        var making = new List<Task>();
        try
        {
            await foreach (var audio in _queue.Reader.ReadAllAsync(_stop.Token))
            {
                await _room.WaitAsync(_stop.Token);
                making.RemoveAll(task => task.IsCompleted);
                making.Add(_maker.MakeAsync(audio, _stop.Token));
                await _ready.Writer.WriteAsync(audio, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to.
        }

        _ready.Writer.TryComplete();
        await Task.WhenAll(making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask<SentenceAudio?> NextSentenceAsync(CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            return await _ready.Reader.WaitToReadAsync(either) && _ready.Reader.TryRead(out var audio) ? audio : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask<AudioFrame?> NextFrameAsync(SentenceAudio audio, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            var pcm = await audio.ReadFrameAsync(either);
            if (pcm.IsEmpty)
            {
                return null;
            }

            var samples = pcm.Length / PcmFormat.BytesPerSample;
            await _pacer.WaitAsync(Format.DurationOf(samples), either);
            either.ThrowIfCancellationRequested();
            var frame = new AudioFrame(_turn, audio.Sentence, _heard.Sent, Format, pcm);
            _heard.Advance(audio, samples);
            return frame;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
