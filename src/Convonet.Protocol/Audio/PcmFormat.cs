namespace Convonet.Audio;

/// <summary>Plain audio as everything here carries it: one channel of signed 16-bit samples, little endian (PCM16 mono), at a rate.</summary>
/// <param name="SampleRate">Samples a second, in Hz; from 8000 to 48000.</param>
public sealed record PcmFormat(int SampleRate)
{
    /// <summary>Bytes of one sample.</summary>
    public const int BytesPerSample = 2;

    /// <summary>16 kHz: what recognisers take, and flite's voices give.</summary>
    public static PcmFormat Wideband { get; } = new(16_000);

    /// <summary>24 kHz: what cloud voices give.</summary>
    public static PcmFormat Speech { get; } = new(24_000);

    /// <summary>Samples a second, in Hz.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 8000 to 48000.</exception>
    public int SampleRate { get; } = SampleRate is >= 8_000 and <= 48_000 ? SampleRate : throw new ArgumentOutOfRangeException(nameof(SampleRate), SampleRate, "A rate is from 8000 to 48000 Hz.");

    /// <summary>Bytes of one second.</summary>
    public int BytesPerSecond => SampleRate * BytesPerSample;

    /// <summary>How long so many samples last.</summary>
    public TimeSpan DurationOf(long samples) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / SampleRate);

    /// <summary>How many whole samples fit into a time.</summary>
    public long SamplesIn(TimeSpan duration) => duration.Ticks * SampleRate / TimeSpan.TicksPerSecond;
}
