using Convonet.Streams;

namespace Convonet.Speech.Recognition.Clips;

/// <summary>
/// Writes down recordings: as they are where the engine takes them so, else as samples through a session of their own, part after part.
/// </summary>
/// <param name="engine">Writes down what is said.</param>
/// <param name="decoder">Makes samples of recordings.</param>
/// <param name="options">Bounds.</param>
/// <param name="time">The clock of the time limits.</param>
public sealed class ClipTranscriber(ISpeechToText engine, ClipDecoder decoder, ClipOptions options, TimeProvider time)
{
    // The beginning of a word is heard better behind some silence, and its end before some.
    private static readonly byte[] Silence = new byte[RecognitionLimits.BytesPerSecond / 5];

    private readonly Places _places = new(options.MaxClips);

    /// <summary>The largest recording, in bytes.</summary>
    public int MaxBytes => options.MaxBytes;

    /// <summary>Takes a place for a recording that is in memory from now on; the caller disposes it.</summary>
    /// <returns>Null when there are too many already.</returns>
    public IDisposable? TryEnter() => _places.TryEnter();

    /// <summary>Writes down what is said in a recording.</summary>
    /// <param name="clip">The whole file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The words; empty when there are none.</returns>
    /// <exception cref="RecognitionException">See <see cref="ClipDecoder.DecodeAsync"/>; or the engine failed.</exception>
    public async Task<string> TranscribeAsync(ReadOnlyMemory<byte> clip, CancellationToken cancellationToken = default) => (await WriteDownAsync(clip, cancellationToken)).Text;

    /// <summary>As <see cref="TranscribeAsync"/>, with what it takes.</summary>
    internal async Task<ClipText> WriteDownAsync(ReadOnlyMemory<byte> clip, CancellationToken cancellationToken)
    {
        if (engine is not IClipToText whole)
        {
            var samples = await decoder.DecodeAsync(clip, cancellationToken);
            return ClipParts.IsHeard(samples.Span)
                ? new(await HearAsync(samples, cancellationToken), RecognitionLimits.DurationOf(samples.Length))
                : throw new RecognitionException(RecognitionErrorKind.BadAudio, "The clip holds nothing that can be heard.");
        }

        decoder.Check(clip);
        return ClipKind.ExtensionOf(clip.Span) is { } extension
            ? new(await whole.TranscribeAsync(clip, extension, cancellationToken), WavClip.Is(clip.Span) && WavClip.TryRead(clip, out var sound) ? RecognitionLimits.DurationOf(sound.Length) : null)
            : throw new RecognitionException(RecognitionErrorKind.BadAudio, "The clip is not a sound file that is known here.");
    }

    private async Task<string> HearAsync(ReadOnlyMemory<byte> samples, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var session = await engine.OpenAsync(either.Token);
            await using var transcripts = session.ReadAsync(either.Token).GetAsyncEnumerator(either.Token);
            var (words, at) = (new List<string>(), TimeSpan.Zero);
            while (!samples.IsEmpty)
            {
                limit.CancelAfter(options.PartLimit);
                var end = ClipParts.EndOfFirst(samples.Span, engine.LongestClipPart);
                at = Push(session, Silence, at);
                at = Push(session, samples[..end], at);
                at = Push(session, Silence, at);
                words.Add(await FinalAsync(transcripts, session.FinishUtterance()));
                samples = samples[end..];
            }

            return string.Join(' ', words.Where(part => part.Length > 0));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RecognitionException(RecognitionErrorKind.Overloaded, $"{engine.Name} gave no transcript within {options.PartLimit.TotalSeconds:0} s.", error);
        }
    }

    private static TimeSpan Push(IRecognitionSession session, ReadOnlyMemory<byte> samples, TimeSpan at)
    {
        while (!samples.IsEmpty)
        {
            var piece = samples[..Math.Min(samples.Length, RecognitionLimits.MaxPieceBytes)];
            session.Push(piece, at);
            at += RecognitionLimits.DurationOf(piece.Length);
            samples = samples[piece.Length..];
        }

        return at;
    }

    private async Task<string> FinalAsync(IAsyncEnumerator<Transcript> transcripts, int utterance)
    {
        while (await transcripts.MoveNextAsync())
        {
            if (transcripts.Current is { IsFinal: true } final && final.Utterance == utterance)
            {
                // What somebody says live can be said again; of a recording nobody would know that its end is missing.
                return !final.IsForced ? final.Text
                    : throw new RecognitionException(RecognitionErrorKind.Overloaded, $"{engine.Name} gave no last transcript of a part in time.");
            }
        }

        throw new RecognitionException(RecognitionErrorKind.Failed, $"{engine.Name} gave no last transcript.");
    }
}

/// <summary>What is said in a recording.</summary>
/// <param name="Text">The words; empty when there are none.</param>
/// <param name="Sound">How long it is; null when nobody here has looked into it.</param>
internal readonly record struct ClipText(string Text, TimeSpan? Sound);
