using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.OpenAI;

/// <summary>Settings of OpenAI's voices, and of any server that is compatible with OpenAI's speech API.</summary>
public sealed class OpenAISpeechOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:OpenAISpeech";

    /// <summary>Key of the API. Local servers often want none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API with its version.</summary>
    /// <value>Default: <c>https://api.openai.com/v1</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://api.openai.com/v1");

    /// <summary>Name of the model.</summary>
    /// <value>Default: <c>gpt-4o-mini-tts</c>.</value>
    /// <remarks>
    /// OpenAI shuts it down, with the others of its speech API, on 6 January 2027, and names none in their place but its Realtime API
    /// (<see href="https://developers.openai.com/api/docs/guides/text-to-speech"/>). Compatible servers stay.
    /// </remarks>
    [Required]
    public string Model { get; set; } = "gpt-4o-mini-tts";

    /// <summary>Name of the voice.</summary>
    /// <value>Default: <c>coral</c>.</value>
    [Required]
    public string Voice { get; set; } = "coral";

    /// <summary>Samples a second of the server's <c>pcm</c>, in Hz; OpenAI's own have 24000.</summary>
    /// <value>Default: 24000.</value>
    [Range(8_000, 48_000)]
    public int SampleRate { get; set; } = 24_000;
}
