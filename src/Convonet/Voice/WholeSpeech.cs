using Convonet.Audio;
using Convonet.Speech;
using Microsoft.Extensions.Logging;

namespace Convonet.Voice;

/// <summary>The speech of one answer as one recording, made while the answer is written. Everything but <see cref="Take"/> returns at once.</summary>
internal sealed class WholeSpeech : IAsyncDisposable
{
    /// <summary>How long the last sentences may take after the text has ended.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SpeechEngines _engines;
    private readonly Action _changed;
    private readonly ILogger _logger;
    private readonly IDisposable _place;
    private readonly SpeechPipeline _speech;
    private readonly MemoryStream _pcm = new();
    private readonly Task _reading;
    private ITimer? _limit;
    private long _whole;
    private bool _isMissing;
    private volatile bool _isOver;
    private volatile bool _isLate;

    /// <summary>Begins to wait for text.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="engines">What to speak with.</param>
    /// <param name="changed">Called when <see cref="IsReady"/> has become true; must be quick.</param>
    /// <param name="place">Its place in memory; disposed with it.</param>
    /// <param name="logger">Log.</param>
    public WholeSpeech(int turn, SpeechEngines engines, Action changed, IDisposable place, ILogger logger)
    {
        (Turn, _engines, _changed, _place, _logger) = (turn, engines, changed, place, logger);
        _speech = new SpeechPipeline(turn, engines, isPaced: false);
        _reading = Task.Run(ReadAsync);
    }

    public int Turn { get; }

    /// <summary>Whether all was spoken, or the last sentences were waited for long enough.</summary>
    public bool IsReady => _isOver || _isLate;

    public void Append(string text) => _speech.Append(text);

    public void Flush() => _speech.Flush();

    /// <summary>The text is over; may be said again.</summary>
    /// <param name="behind">Words that are spoken behind it, for example why the answer failed.</param>
    public void Complete(string? behind)
    {
        if (_limit is null)
        {
            if (behind is not null)
            {
                _speech.Interject(behind);
            }

            _speech.Complete();
            _limit = _engines.Time.CreateTimer(
                _ =>
                {
                    _isLate = true;
                    _changed();
                },
                null,
                Patience,
                Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What there is of it, in whole sentences: a WAV file, or null without any sound; and whether none is missing that there was room for.</summary>
    public (byte[]? Wav, bool IsWhole) Take()
    {
        lock (_lock)
        {
            var wav = _whole == 0 ? null : WavFile.Create(_speech.Format, _pcm.GetBuffer().AsSpan(0, (int)_whole));
            return (wav, _isOver && !_isMissing);
        }
    }

    /// <summary>Ends it at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _limit?.Dispose();
        _speech.Stop();
        await _reading;
        await _speech.DisposeAsync();
        _place.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            var most = _speech.Format.SamplesIn(_engines.Options.MaxWhole) * PcmFormat.BytesPerSample;
            await foreach (var update in _speech.ReadAsync())
            {
                if (!Keep(update, most))
                {
                    _speech.Stop();
                }
            }
        }
        catch (Exception error)
        {
            // The border: speech that breaks costs the sound of this turn, not its words.
            VoiceLog.LogSpeakerFailed(_logger, Turn, error);
            _isMissing = true;
        }
        finally
        {
            _isOver = true;
            _changed();
        }
    }

    /// <summary>Keeps sentences that were spoken to their end; false when there is no more room.</summary>
    private bool Keep(SpeechUpdate update, long most)
    {
        lock (_lock)
        {
            switch (update)
            {
                case SpeechUpdate.Frame frame when _pcm.Length + frame.Audio.Pcm.Length > most:
                    return false;
                case SpeechUpdate.Frame frame:
                    _pcm.Write(frame.Audio.Pcm.Span);
                    break;
                case SpeechUpdate.SentenceEnded:
                    _whole = _pcm.Length;
                    break;
                case SpeechUpdate.SentenceFailed failed:
                    VoiceLog.LogSentenceFailed(_logger, Turn, failed.Sentence, failed.Kind);
                    _pcm.SetLength(_whole);
                    _isMissing = true;
                    break;
            }

            return true;
        }
    }
}
