using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Recognition.Deepgram;

/// <summary>Settings of Deepgram's live recognition.</summary>
public sealed class DeepgramListenOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:DeepgramListen";

    /// <summary>Key of the API.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API: <c>wss</c>, or <c>ws</c> on this machine.</summary>
    /// <value>Default: <c>wss://api.deepgram.com</c>.</value>
    [Required]
    public Uri BaseAddress { get; set; } = new("wss://api.deepgram.com");

    /// <summary>Name of the model.</summary>
    /// <value>Default: <c>nova-3</c>.</value>
    [Required]
    [RegularExpression("^[A-Za-z0-9-]+$")]
    public string Model { get; set; } = "nova-3";

    /// <summary>Language of the speech, as a BCP-47 tag, or <c>multi</c>.</summary>
    /// <value>Default: <c>en</c>.</value>
    [Required]
    [RegularExpression("^[A-Za-z0-9-]+$")]
    public string Language { get; set; } = "en";

    /// <summary>Pause after which Deepgram settles the words so far. It ends no turn; the turn detector does.</summary>
    /// <value>Default: 0.3 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:02")]
    public TimeSpan Endpointing { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long connecting may take.</summary>
    /// <value>Default: 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:01:00")]
    public TimeSpan ConnectLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the last transcript of an utterance may take after its last byte was sent, reconnecting included; then what was heard until then is the last one.
    /// What was still to be sent when it was finished may take its own length besides.
    /// </summary>
    /// <value>Default: 4 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan FinalLimit { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long Deepgram may say nothing about audio that it gets, before it is connected to anew.</summary>
    /// <value>Default: 6 s.</value>
    [Range(typeof(TimeSpan), "00:00:02", "00:01:00")]
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>How often in a row it is connected to anew without an answer.</summary>
    /// <value>Default: 5.</value>
    [Range(0, 20)]
    public int MaxReconnects { get; set; } = 5;

    internal Uri Address => new(
        $"{BaseAddress.AbsoluteUri.TrimEnd('/')}/v1/listen?model={Model}&language={Language}&encoding=linear16&sample_rate={RecognitionLimits.SampleRate}&channels=1" +
        $"&interim_results=true&punctuate=true&smart_format=true&endpointing={(int)Endpointing.TotalMilliseconds}");
}
