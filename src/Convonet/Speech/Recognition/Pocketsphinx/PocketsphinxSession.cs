using Convonet.Streams;

namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>The speech of one connection: it waits here for a decoder, and is decoded on the decoder's thread.</summary>
internal sealed class PocketsphinxSession : IRecognitionSession
{
    private const int BytesBetweenPartials = RecognitionLimits.BytesPerSecond / 10;

    private static readonly TimeSpan SettledAfter = TimeSpan.FromMilliseconds(300);

    private readonly AudioQueue _audio = new();
    private readonly TranscriptFeed _transcripts = new();
    private readonly PocketsphinxSpeechToText _engine;
    private readonly SilenceTimer _idle;
    private readonly Lock _lock = new();
    private bool _isInLine;
    private int _finished;

    // What follows is only touched by the thread that decodes this session.
    private int _utterance;
    private string _earlier = "";
    private TimeSpan _end;
    private int _bytes;

    internal PocketsphinxSession(PocketsphinxSpeechToText engine, TimeSpan idleLimit, TimeProvider time)
    {
        _engine = engine;
        _idle = new SilenceTimer(time, idleLimit, _audio.AddPause);
    }

    public void Push(ReadOnlyMemory<byte> audio, TimeSpan position)
    {
        RecognitionLimits.Check(audio.Span);
        _transcripts.ThrowIfFailed();
        _audio.Add(audio.Span, position);
        _idle.Touch();
        GetInLine();
    }

    public int FinishUtterance()
    {
        _transcripts.ThrowIfFailed();
        try
        {
            _audio.AddFinish();
            GetInLine();
        }
        catch (RecognitionException failure)
        {
            // Without its end the utterances would be counted wrong.
            Fail(failure);
            throw;
        }

        return _finished++;
    }

    public IAsyncEnumerable<Transcript> ReadAsync(CancellationToken cancellationToken = default) => _transcripts.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _idle.Dispose();
        _audio.Close();
        _transcripts.Complete();
        _engine.Forget(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Nobody decodes any more.</summary>
    internal void Fail(RecognitionException failure)
    {
        _transcripts.Complete(failure);
        _audio.Close();
    }

    /// <summary>Decodes until the utterance ends, pauses, or the session is disposed; for the thread of the decoder.</summary>
    /// <exception cref="RecognitionException">The decoder failed.</exception>
    internal void Decode(PocketsphinxDecoder decoder)
    {
        decoder.Start();
        var last = DecodeSteps(decoder);
        decoder.End();
        var words = Join(_earlier, decoder.Words);
        if (last is AudioStep.Finish)
        {
            _transcripts.Add(new Transcript(_utterance++, words, _end) { IsFinal = true, IsSettled = true });
            (_earlier, _bytes) = ("", 0);
        }
        else
        {
            _earlier = words;
        }
    }

    /// <summary>The decoder is free: whether there is more for it to do.</summary>
    internal bool StaysInLine()
    {
        lock (_lock)
        {
            _isInLine = !_audio.IsEmpty;
            return _isInLine;
        }
    }

    private AudioStep? DecodeSteps(PocketsphinxDecoder decoder)
    {
        var (shown, shownAt, isSettled, sinceShown) = ("", TimeSpan.Zero, false, 0);
        AudioStep? step;
        while (_audio.Take(out step) && step is AudioStep.Piece piece)
        {
            _end = piece.End;
            sinceShown += piece.Length;
            if (_bytes < RecognitionLimits.MaxUtteranceBytes)
            {
                _bytes += piece.Length;
                decoder.Add(piece.Audio);
            }

            piece.Release();
            if (sinceShown < BytesBetweenPartials)
            {
                continue;
            }

            sinceShown = 0;
            var words = Join(_earlier, decoder.Words);
            if (words == shown && (isSettled || words.Length == 0 || _end - shownAt < SettledAfter))
            {
                continue;
            }

            isSettled = words == shown;
            (shown, shownAt) = (words, isSettled ? shownAt : _end);
            _transcripts.Add(new Transcript(_utterance, words, _end) { IsSettled = isSettled });
        }

        return step;
    }

    private void GetInLine()
    {
        lock (_lock)
        {
            if (_isInLine)
            {
                return;
            }

            _isInLine = true;
        }

        try
        {
            _idle.Restart();
            _engine.Decode(this);
        }
        catch (RecognitionException)
        {
            // There was no place in the line; the next audio may find one.
            lock (_lock)
            {
                _isInLine = false;
            }

            throw;
        }
    }

    private static string Join(string earlier, string words) => earlier.Length == 0 ? words : words.Length == 0 ? earlier : $"{earlier} {words}";
}
