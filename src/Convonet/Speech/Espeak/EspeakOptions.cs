using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Espeak;

/// <summary>Settings of espeak-ng.</summary>
public sealed class EspeakOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Espeak";

    /// <summary>The program.</summary>
    /// <value>Default: <c>espeak-ng</c>, found on the path.</value>
    [Required]
    public string Program { get; set; } = "espeak-ng";

    /// <summary>The voice, as <c>espeak-ng --voices</c> lists it, for example <c>de</c> or <c>en-us+f3</c>.</summary>
    /// <value>Default: <c>en-us</c>.</value>
    [Required]
    [RegularExpression(@"^[A-Za-z][A-Za-z0-9_+-]*$")]
    public string Voice { get; set; } = "en-us";

    /// <summary>Speed in words a minute.</summary>
    /// <value>Default: 165.</value>
    [Range(80, 450)]
    public int WordsPerMinute { get; set; } = 165;
}
