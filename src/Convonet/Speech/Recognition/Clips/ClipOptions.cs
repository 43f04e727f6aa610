using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Recognition.Clips;

/// <summary>Bounds of recorded clips.</summary>
public sealed class ClipOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Clips";

    /// <summary>The largest clip, in bytes.</summary>
    /// <value>Default: 25 MB, which is the most that OpenAI takes: ten minutes of WAV are 19 MB, of Opus 5.</value>
    [Range(1_000, 64 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 25_000_000;

    /// <summary>The longest clip.</summary>
    /// <value>Default: 10 min.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long decoding may take.</summary>
    /// <value>Default: 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Decoders that run at the same time; other clips wait.</summary>
    /// <value>Default: 2.</value>
    [Range(1, 32)]
    public int MaxDecoders { get; set; } = 2;

    /// <summary>Clips that are in memory at the same time, in the whole process: received, decoded or written down; others are refused for the moment.</summary>
    /// <value>Default: 8, some 0.35 GB at the most: 25 MB as they came and 19 MB of samples each.</value>
    [Range(1, 1_000)]
    public int MaxClips { get; set; } = 8;

    /// <summary>How long a part of a clip, at most 20 s of it, may take to be written down.</summary>
    /// <value>Default: 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan PartLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Name or path of ffmpeg.</summary>
    /// <value>Default: <c>ffmpeg</c>, from the path.</value>
    [Required]
    public string Ffmpeg { get; set; } = "ffmpeg";

    internal long MaxSampleBytes => (long)(MaxDuration.TotalSeconds * RecognitionLimits.BytesPerSecond);
}
