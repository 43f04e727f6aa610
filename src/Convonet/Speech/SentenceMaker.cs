using Convonet.Audio;
using Convonet.Streams;
using Convonet.Telemetry;
using Microsoft.Extensions.Logging;

namespace Convonet.Speech;

/// <summary>Makes the audio of one piece after the other for a turn: from the cache, by the first engine, or by the second.</summary>
internal sealed partial class SentenceMaker(SpeechEngines engines)
{
    // An engine that failed so often in a turn is not waited for again in it.
    private const int Patience = 2;

    private readonly ILogger _logger = engines.Logger;
    private int _failures;

    private PcmFormat Format => engines.Primary.Format;

    /// <summary>Makes the sound of words that are said often, and keeps it for good.</summary>
    public static async Task KeepAsync(string words, SpeechEngines engines, CancellationToken cancellationToken)
    {
        engines.Cache.Pin(words);
        var audio = new SentenceAudio(new SpokenPiece(new TextPiece(0, ""), words, []), 0, engines.Primary.Format, SpeechPipeline.FrameLength);
        await new SentenceMaker(engines).MakeAsync(audio, cancellationToken);
    }

    /// <summary>Makes the audio and ends it, whatever happens; never throws but for cancellation.</summary>
    public async Task MakeAsync(SentenceAudio audio, CancellationToken cancellationToken)
    {
        var second = engines.Fallback ?? engines.Primary;
        var first = Volatile.Read(ref _failures) < Patience ? engines.Primary : second;
        var failure = await TryAsync(first, audio, audio.Begin(), cancellationToken);

        // Said twice is worse than cut: once a part was sent, there is no second attempt.
        if (failure is not null && audio.Begin() is > 0 and var attempt)
        {
            failure = await TryAsync(second, audio, attempt, cancellationToken);
        }

        audio.End(failure);
    }

    private async Task<SpeechException?> TryAsync(ITextToSpeech engine, SentenceAudio audio, int attempt, CancellationToken cancellationToken)
    {
        // The rate is that of the frames, to which another engine's audio was changed.
        var key = new AudioKey(engine.Name, engine.Voice, engine.Settings, Format.SampleRate, audio.Piece.Text);
        if (engines.Cache.TryGet(key, out var kept) && audio.Append(attempt, kept.Span))
        {
            return null;
        }

        engines.Spoke?.Invoke(engine.Name, audio.Piece.Text.Length);
        var failure = await CallAsync(engine, audio, attempt, cancellationToken);
        if (failure is null)
        {
            engines.Cache.Add(key, audio.ToArray());
            return null;
        }

        LogAttemptFailed(engine.Name, failure.Kind, failure);
        ConvonetTelemetry.SpeechFailures.Add(1, new("engine", engine.Name), new("kind", failure.Kind.ToString()));
        if (ReferenceEquals(engine, engines.Primary))
        {
            Interlocked.Increment(ref _failures);
        }

        return failure;
    }

    /// <summary>One call of an engine within its time limits, which hold even when it ignores its token: then nobody waits for it any more.</summary>
    private async Task<SpeechException?> CallAsync(ITextToSpeech engine, SentenceAudio audio, int attempt, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var late = new TaskCompletionSource<SpeechException?>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Late(string what, TimeSpan limit) => late.TrySetResult(new SpeechException(SpeechErrorKind.TimedOut, $"{engine.Name} {what} {limit.TotalSeconds:0.#} s."));
        using var silence = new SilenceTimer(engines.Time, engines.Options.SilenceLimit, () => Late("was silent for", engines.Options.SilenceLimit));
        using var whole = new PausableTimer(engines.Time, engines.Options.PieceLimit, () => Late("did not end within", engines.Options.PieceLimit));

        // Not on this thread: an engine may work before its first await. Fairly, as otherwise the pool begins with the newest, which plays last.
        var pump = Task.Factory.StartNew(
            () => PumpAsync(engine, audio, attempt, silence, stop.Token), CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default).Unwrap();
        try
        {
            return await await Task.WhenAny(pump, late.Task).WaitAsync(cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            engines.Strays.Adopt(pump, engine.Name);
        }
    }

    private async Task<SpeechException?> PumpAsync(ITextToSpeech engine, SentenceAudio audio, int attempt, SilenceTimer silence, CancellationToken cancellationToken)
    {
        var started = engines.Time.GetTimestamp();
        var resampler = engine.Format == Format ? null : new PcmResampler(engine.Format, Format);
        var isFirst = true;
        try
        {
            await foreach (var part in engine.SpeakAsync(audio.Piece.Text, cancellationToken).WithCancellation(cancellationToken))
            {
                if (part.IsEmpty)
                {
                    continue;
                }

                silence.Touch();
                if (!audio.Append(attempt, resampler is null ? part.Span : resampler.Push(part.Span)))
                {
                    return new SpeechException(SpeechErrorKind.Protocol, $"{engine.Name} speaks too long, perhaps at another rate.");
                }

                if (isFirst)
                {
                    isFirst = false;
                    ConvonetTelemetry.TimeToFirstSound.Record(engines.Time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("engine", engine.Name));
                }
            }

            audio.Append(attempt, resampler is null ? [] : resampler.Flush());
            return isFirst ? new SpeechException(SpeechErrorKind.Protocol, $"{engine.Name} gave no audio.") : null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (SpeechException error)
        {
            return error;
        }
        catch (Exception error)
        {
            // A border: whatever is wrong with an engine costs the sound of one sentence.
            return new SpeechException(SpeechErrorKind.Unavailable, $"{engine.Name} failed ({error.GetType().Name}).", error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Engine} did not speak a sentence: {Kind}.")]
    private partial void LogAttemptFailed(string engine, SpeechErrorKind kind, Exception error);
}
