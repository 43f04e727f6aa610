using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Deepgram;

/// <summary>Settings of Deepgram's voices.</summary>
public sealed class DeepgramSpeakOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:DeepgramSpeak";

    /// <summary>Key of the API.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API: <c>wss</c>, or <c>ws</c> on this machine.</summary>
    /// <value>Default: <c>wss://api.deepgram.com</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = new("wss://api.deepgram.com");

    /// <summary>The voice, which Deepgram calls model; its last part is the language.</summary>
    /// <value>Default: <c>aura-2-thalia-en</c>.</value>
    /// <see href="https://developers.deepgram.com/docs/tts-models"/>
    [Required]
    [RegularExpression("^[a-z0-9-]+$")]
    public string Voice { get; set; } = "aura-2-thalia-en";

    /// <summary>Samples a second, in Hz.</summary>
    /// <value>Default: 24000.</value>
    [AllowedValues(8_000, 16_000, 24_000, 32_000, 48_000)]
    public int SampleRate { get; set; } = 24_000;
}
