using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech;

/// <summary>Bounds of speaking.</summary>
public sealed class SpeechOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Speech";

    /// <summary>How far the audio that was sent may be ahead of its playing: what a page has to throw away when it is interrupted.</summary>
    /// <value>Default: 400 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.08", "00:00:02")]
    public TimeSpan MaxAhead { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long an engine may be silent, before its first sound and between two parts.</summary>
    /// <value>Default: 3 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an engine may take for one piece.</summary>
    /// <value>Default: 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan PieceLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many pieces are made while one plays.</summary>
    /// <value>Default: 1.</value>
    [Range(0, 4)]
    public int LookAhead { get; set; } = 1;

    /// <summary>How many pieces may wait to be made; text that is further ahead of its speech is not spoken.</summary>
    /// <value>Default: 64, some five minutes.</value>
    [Range(1, 1_000)]
    public int MaxWaiting { get; set; } = 64;

    /// <summary>What is said when the microphone is first turned on in a new conversation; empty for nothing.</summary>
    /// <value>Default: a short one.</value>
    [StringLength(300)]
    public string Greeting { get; set; } = "Hello! What can I do for you?";

    /// <summary>Whether the phrases that are always the same, the greeting for example, are spoken once at the server's start and kept.</summary>
    /// <value>Default: true.</value>
    public bool MakePhrases { get; set; } = true;

    /// <summary>The longest speech that is given to a client as one recording; what comes after is left out.</summary>
    /// <value>Default: 3 min, which is 9 MB at 24 kHz.</value>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan MaxWhole { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Answers that are made into recordings at the same time, in the whole process; others come as text only, and say so.</summary>
    /// <value>Default: 32, some 0.9 GB at the most, when all of them are as long as they may be.</value>
    [Range(1, 10_000)]
    public int MaxWholeAnswers { get; set; } = 32;
}
