using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Recognition.Clips;

/// <summary>Bounds of recorded clips.</summary>
public sealed class ClipOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Clips";

    /// <summary>The largest clip, in bytes.</summary>
    /// <value>Default: 4 MiB: a minute of WAV is under 2 MiB, of Opus half a MiB.</value>
    [Range(1_000, 64 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The longest clip.</summary>
    /// <value>Default: 60 s, which is the longest utterance.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxDuration { get; set; } = RecognitionLimits.MaxUtterance;

    /// <summary>How long decoding may take.</summary>
    /// <value>Default: 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Decoders that run at the same time; other clips wait.</summary>
    /// <value>Default: 2.</value>
    [Range(1, 32)]
    public int MaxDecoders { get; set; } = 2;

    /// <summary>Name or path of ffmpeg.</summary>
    /// <value>Default: <c>ffmpeg</c>, from the path.</value>
    [Required]
    public string Ffmpeg { get; set; } = "ffmpeg";

    internal long MaxSampleBytes => (long)(MaxDuration.TotalSeconds * RecognitionLimits.BytesPerSecond);
}
