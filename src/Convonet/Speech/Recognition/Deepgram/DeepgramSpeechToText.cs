using Microsoft.Extensions.Logging;

namespace Convonet.Speech.Recognition.Deepgram;

/// <summary>Deepgram's live recognition: a WebSocket for each session.</summary>
/// <remarks>
/// Audio goes out as it comes and is kept until Deepgram has settled its words, at most <see cref="RecognitionLimits.MaxBacklog"/>. When the connection
/// breaks, it is made anew and that audio is sent again: words are neither lost nor doubled. The end of an utterance is told by <c>Finalize</c>.
/// </remarks>
/// <see href="https://developers.deepgram.com/reference/speech-to-text/listen-streaming"/>
public sealed class DeepgramSpeechToText : ISpeechToText
{
    private readonly DeepgramListenOptions _options;
    private readonly ILogger<DeepgramSpeechToText> _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates the engine.</summary>
    /// <param name="options">Key, address, model and limits.</param>
    /// <param name="logger">Hears of connections that break; never of keys or words.</param>
    /// <param name="time">The clock of all limits; the system's by default.</param>
    public DeepgramSpeechToText(DeepgramListenOptions options, ILogger<DeepgramSpeechToText> logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        (_options, _logger, _time) = (options, logger, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public string Name => "deepgram";

    /// <inheritdoc/>
    public bool StreamsPartials => true;

    /// <inheritdoc/>
    public async Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default) =>
        new DeepgramSession(await ListenSocket.ConnectAsync(_options, _time, cancellationToken), _options, _logger, _time);
}
