using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.ElevenLabs;

/// <summary>Settings of ElevenLabs.</summary>
public sealed class ElevenLabsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:ElevenLabs";

    /// <summary>Key of the API.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API.</summary>
    /// <value>Default: <c>https://api.elevenlabs.io</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://api.elevenlabs.io");

    /// <summary>Id of the voice.</summary>
    /// <value>Default: <c>JBFqnCBsd6RMkjVDRZzb</c>, the one of ElevenLabs' own examples.</value>
    [Required]
    [RegularExpression("^[A-Za-z0-9_-]+$")]
    public string Voice { get; set; } = "JBFqnCBsd6RMkjVDRZzb";

    /// <summary>Name of the model.</summary>
    /// <value>Default: <c>eleven_flash_v2_5</c>, the one with the soonest first sound.</value>
    [Required]
    public string Model { get; set; } = "eleven_flash_v2_5";

    /// <summary>Samples a second, in Hz. More than 24000 needs a paid plan.</summary>
    /// <value>Default: 24000.</value>
    [AllowedValues(8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)]
    public int SampleRate { get; set; } = 24_000;
}
