using System.ComponentModel.DataAnnotations;

namespace Convonet.Turns;

/// <summary>When a user's turn begins and ends.</summary>
public sealed class TurnOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Turns";

    /// <summary>The silence after words that read complete.</summary>
    /// <value>Default: 0.3 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:02")]
    public TimeSpan MinSilence { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The silence when the words say nothing about it, or are not known yet.</summary>
    /// <value>Default: 0.7 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:05")]
    public TimeSpan Silence { get; set; } = TimeSpan.FromMilliseconds(700);

    /// <summary>The silence after words that ask for more.</summary>
    /// <value>Default: 2.5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:00:10")]
    public TimeSpan MaxSilence { get; set; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>Speech over the assistant that counts as an interruption.</summary>
    /// <value>Default: 0.2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.08", "00:00:02")]
    public TimeSpan BargeInAfter { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long words may take to follow; without any it was a false alarm.</summary>
    /// <value>Default: 2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:00:10")]
    public TimeSpan WordsWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a voice may go on without new words, and how long a last transcript may take, before the turn ends with what there is.</summary>
    /// <value>Default: 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest speech without an end.</summary>
    /// <value>Default: 30 s; engines hear no more than a minute at a time.</value>
    [Range(typeof(TimeSpan), "00:00:05", "00:00:55")]
    public TimeSpan MaxSpeech { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the model is asked while the user may still go on: as soon as <see cref="LikelyAfter"/> of silence follows words that do not ask for more.</summary>
    /// <value>Default: true. The answer comes earlier by most of the silence that ends a turn; a guess that was wrong costs the tokens of a call that is cancelled.</value>
    public bool Preemptive { get; set; } = true;

    /// <summary>The silence after which the user has probably finished.</summary>
    /// <value>Default: 0.2 s, longer than the pauses within words.</value>
    [Range(typeof(TimeSpan), "00:00:00.04", "00:00:02")]
    public TimeSpan LikelyAfter { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How much louder, in dB, the user has to be while the assistant's voice comes from a loudspeaker.</summary>
    /// <value>Default: 9 dB: what echo cancellation leaves over is quieter than that.</value>
    [Range(0.0, 30.0)]
    public double EchoMarginDb { get; set; } = 9;
}
