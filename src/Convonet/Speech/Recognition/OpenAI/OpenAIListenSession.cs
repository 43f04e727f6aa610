using System.ClientModel;
using System.Threading.Channels;
using Convonet.Audio;
using Microsoft.Extensions.Logging;
using OpenAI.Audio;

namespace Convonet.Speech.Recognition.OpenAI;

/// <summary>The speech of one connection: the utterance that runs, and those that wait for their transcript.</summary>
internal sealed partial class OpenAIListenSession : IRecognitionSession
{
    /// <summary>Utterances that wait at most.</summary>
    internal const int MaxWaiting = 8;

    // Shorter than any word; the API refuses less than 0.1 s.
    private const int LeastBytes = RecognitionLimits.BytesPerSecond / 10;

    private readonly AudioClient _client;
    private readonly OpenAIListenOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TranscriptFeed _feed = new();
    private readonly Channel<Spoken> _spoken = Channel.CreateBounded<Spoken>(MaxWaiting);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly MemoryStream _audio = new();
    private TimeSpan _end;
    private int _next;

    internal OpenAIListenSession(AudioClient client, OpenAIListenOptions options, ILogger logger, TimeProvider time)
    {
        (_client, _options, _logger, _time) = (client, options, logger, time);
        _running = Task.Run(RunAsync);
    }

    public void Push(ReadOnlyMemory<byte> audio, TimeSpan position)
    {
        RecognitionLimits.Check(audio.Span);
        _feed.ThrowIfFailed();
        _end = position + RecognitionLimits.DurationOf(audio.Length);
        if (_audio.Length + audio.Length <= RecognitionLimits.MaxUtteranceBytes)
        {
            _audio.Write(audio.Span);
        }
    }

    public int FinishUtterance()
    {
        _feed.ThrowIfFailed();
        var spoken = new Spoken(_next, WavFile.Create(PcmFormat.Wideband, _audio.GetBuffer().AsSpan(0, (int)_audio.Length)), (int)_audio.Length, _end);
        if (!_spoken.Writer.TryWrite(spoken))
        {
            var failure = new RecognitionException(RecognitionErrorKind.Overloaded, $"More than {MaxWaiting} utterances wait for OpenAI.");
            _feed.Complete(failure);
            throw failure;
        }

        // A connection that is silent keeps no audio.
        _audio.SetLength(0);
        _audio.Capacity = 0;
        return _next++;
    }

    public IAsyncEnumerable<Transcript> ReadAsync(CancellationToken cancellationToken = default) => _feed.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _feed.Complete();
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Asks for one utterance after another. It never throws: the reader gets the failure.</summary>
    private async Task RunAsync()
    {
        try
        {
            await foreach (var spoken in _spoken.Reader.ReadAllAsync(_stop.Token))
            {
                var text = spoken.Bytes < LeastBytes ? "" : await TranscribeAsync(spoken.Wav);
                _feed.Add(new Transcript(spoken.Number, text, spoken.End) { IsFinal = true, IsSettled = true });
            }
        }
        catch (RecognitionException failure)
        {
            _feed.Complete(failure);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    /// <exception cref="RecognitionException">The key is refused.</exception>
    private async Task<string> TranscribeAsync(byte[] wav)
    {
        using var limit = new CancellationTokenSource(_options.Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, limit.Token);
        try
        {
            var options = new AudioTranscriptionOptions { Language = _options.Language };
            var asking = _client.TranscribeAudioAsync(new MemoryStream(wav), "speech.wav", options, either.Token);
            return (await asking.WaitAsync(either.Token)).Value.Text.Trim();
        }
        catch (ClientResultException error) when (error.Status is 401 or 403)
        {
            throw new RecognitionException(RecognitionErrorKind.Unauthorized, $"OpenAI answered with HTTP {error.Status}.");
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            LogTranscriptionFailed($"no answer within {_options.Limit.TotalSeconds:0.#} s");
            return "";
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A border: each utterance ends in a transcript, whatever the SDK throws. Not the exception itself: the SDK's quotes the answer, which may quote the key.
            LogTranscriptionFailed(error is ClientResultException answer ? $"HTTP {answer.Status}" : error.GetType().Name);
            return "";
        }
    }

    private sealed record Spoken(int Number, byte[] Wav, int Bytes, TimeSpan End);

    [LoggerMessage(LogLevel.Warning, "OpenAI gave no transcript: {Reason}. The utterance counts as empty.")]
    private partial void LogTranscriptionFailed(string reason);
}
