using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Recognition.OpenAI;

/// <summary>Settings of OpenAI's transcription, and of any server that is compatible with it.</summary>
public sealed class OpenAIListenOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:OpenAIListen";

    /// <summary>Key of the API. Local servers often want none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API with its version.</summary>
    /// <value>Default: <c>https://api.openai.com/v1</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://api.openai.com/v1");

    /// <summary>Name of the model.</summary>
    /// <value>Default: <c>gpt-transcribe</c>.</value>
    /// <remarks>
    /// OpenAI's replacement for whisper-1 and gpt-4o-mini-transcribe, which it shuts down on 26 February 2027
    /// (<see href="https://developers.openai.com/api/docs/deprecations"/>). Compatible servers often have whisper-1.
    /// </remarks>
    [Required]
    public string Model { get; set; } = "gpt-transcribe";

    /// <summary>Language of the speech, as an ISO-639-1 code; null lets the model find out.</summary>
    /// <value>Default: <c>en</c>.</value>
    [RegularExpression("^[a-z]{2}$")]
    public string? Language { get; set; } = "en";

    /// <summary>How long the transcript of an utterance may take.</summary>
    /// <value>Default: 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the transcript of a recorded clip may take.</summary>
    /// <value>Default: 60 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ClipLimit { get; set; } = TimeSpan.FromSeconds(60);
}
