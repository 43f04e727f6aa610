using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>Settings of the offline recogniser.</summary>
public sealed class PocketsphinxOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Pocketsphinx";

    /// <summary>Folder of the English model: <c>en-us</c>, <c>en-us.lm.bin</c> and <c>cmudict-en-us.dict</c>.</summary>
    /// <value>Default: where Debian's pocketsphinx-en-us puts it.</value>
    [Required]
    public string ModelFolder { get; set; } = "/usr/share/pocketsphinx/model/en-us";

    /// <summary>Utterances that are heard at the same time; others wait, at most <see cref="RecognitionLimits.MaxBacklog"/>.</summary>
    /// <value>Default: 1. Each takes about 140 MB, and 0.1 to 0.2 of a core while somebody speaks.</value>
    [Range(1, 4)]
    public int Decoders { get; set; } = 1;

    /// <summary>How much the product's own phrases count against general English, from 0 to 1.</summary>
    /// <value>Default: 0.5.</value>
    [Range(0.05, 0.95)]
    public double TaskWeight { get; set; } = 0.5;

    /// <summary>Silence of the sender after which an utterance gives its decoder to others; it goes on when audio comes again.</summary>
    /// <value>Default: 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan IdleLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long loading the model may take.</summary>
    /// <value>Default: 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan LoadLimit { get; set; } = TimeSpan.FromSeconds(30);

    internal string AcousticModel => Path.Combine(ModelFolder, "en-us");

    internal string LanguageModel => Path.Combine(ModelFolder, "en-us.lm.bin");

    internal string Dictionary => Path.Combine(ModelFolder, "cmudict-en-us.dict");
}
