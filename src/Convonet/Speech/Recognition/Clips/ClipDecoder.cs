namespace Convonet.Speech.Recognition.Clips;

/// <summary>
/// Turns a recorded clip into samples: WAV as the engines want it in this process, all else (WebM, Ogg, MP4, MP3, other WAV) by ffmpeg outside of it,
/// where it is installed.
/// </summary>
public sealed class ClipDecoder : IDisposable
{
    private readonly ClipOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _decoders;

    /// <summary>Creates the decoder; one serves all connections.</summary>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of the time limit; the system's by default.</param>
    public ClipDecoder(ClipOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _decoders) = (options, time ?? TimeProvider.System, new SemaphoreSlim(options.MaxDecoders));
    }

    /// <summary>The clip as PCM16, mono, 16 kHz, little-endian; at least one sample.</summary>
    /// <param name="clip">The whole file.</param>
    /// <param name="cancellationToken">Gives up, and ends the program that decodes.</param>
    /// <exception cref="RecognitionException">
    /// <see cref="RecognitionErrorKind.BadAudio"/>: empty, too large, too long, or no sound that can be decoded; the message may be shown.
    /// <see cref="RecognitionErrorKind.NotInstalled"/>: ffmpeg would be needed. <see cref="RecognitionErrorKind.Overloaded"/>: it took too long.
    /// </exception>
    public async Task<ReadOnlyMemory<byte>> DecodeAsync(ReadOnlyMemory<byte> clip, CancellationToken cancellationToken = default)
    {
        Check(clip);
        if (!WavClip.Is(clip.Span) || !WavClip.TryRead(clip, out var samples))
        {
            samples = await ConvertAsync(clip, cancellationToken);
        }

        Check(samples.Length);
        return samples;
    }

    /// <summary>Checks what can be known of a clip without decoding it.</summary>
    /// <exception cref="RecognitionException">See <see cref="DecodeAsync"/>.</exception>
    internal void Check(ReadOnlyMemory<byte> clip)
    {
        if (clip.IsEmpty || clip.Length > _options.MaxBytes)
        {
            throw Bad(clip.IsEmpty ? "The clip is empty." : $"The clip has {clip.Length} bytes; at most {_options.MaxBytes} are taken.");
        }

        if (WavClip.Is(clip.Span) && WavClip.TryRead(clip, out var samples))
        {
            Check(samples.Length);
        }
    }

    private void Check(int sampleBytes)
    {
        if (sampleBytes == 0 || sampleBytes > _options.MaxSampleBytes)
        {
            throw Bad(sampleBytes == 0 ? "The clip holds no sound." : $"The clip is longer than {_options.MaxDuration.TotalSeconds:0} s.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _decoders.Dispose();

    private async Task<ReadOnlyMemory<byte>> ConvertAsync(ReadOnlyMemory<byte> clip, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await _decoders.WaitAsync(either.Token);
            try
            {
                return await FfmpegProcess.ConvertAsync(_options, clip, either.Token);
            }
            finally
            {
                _decoders.Release();
            }
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RecognitionException(RecognitionErrorKind.Overloaded, $"The clip could not be decoded within {_options.Limit.TotalSeconds:0.#} s.", error);
        }
    }

    private static RecognitionException Bad(string message) => new(RecognitionErrorKind.BadAudio, message);
}
