using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.InteropServices;
using Convonet.Speech.Recognition.Clips;
using Microsoft.Extensions.Logging;
using OpenAI;
using OpenAI.Audio;

namespace Convonet.Speech.Recognition.OpenAI;

/// <summary>OpenAI's transcription, through its SDK: each utterance is sent as a whole when it is finished, and so has no partial transcripts.</summary>
/// <remarks>
/// Utterances are asked for one after another, so that they come in order. One that fails, or takes longer than <see cref="OpenAIListenOptions.Limit"/>,
/// is empty, and the session goes on; a refused key ends it.
/// </remarks>
/// <see href="https://developers.openai.com/api/docs/guides/speech-to-text"/>
public sealed class OpenAISpeechToText : ISpeechToText, IClipToText
{
    private readonly OpenAIListenOptions _options;
    private readonly ILogger<OpenAISpeechToText> _logger;
    private readonly TimeProvider _time;
    private readonly AudioClient _client;

    /// <summary>Creates the engine.</summary>
    /// <param name="http">Carries the requests; it stays its owner's, and has no time limit of its own.</param>
    /// <param name="options">Key, address, model and limit.</param>
    /// <param name="logger">Hears of utterances that failed; never of keys or words.</param>
    /// <param name="time">The clock of the limit; the system's by default.</param>
    public OpenAISpeechToText(HttpClient http, OpenAIListenOptions options, ILogger<OpenAISpeechToText> logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        (_options, _logger, _time) = (options, logger, time ?? TimeProvider.System);

        // The SDK insists on a key; one from a file or the environment easily ends in a line break.
        var key = new ApiKeyCredential(string.IsNullOrWhiteSpace(options.ApiKey) ? "none" : options.ApiKey.Trim());
        _client = new AudioClient(options.Model, key, new OpenAIClientOptions
        {
            Endpoint = options.BaseAddress,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(1),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <inheritdoc/>
    public string Name => "openai";

    /// <inheritdoc/>
    public bool StreamsPartials => false;

    /// <inheritdoc/>
    public Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IRecognitionSession>(new OpenAIListenSession(_client, _options, _logger, _time));

    /// <inheritdoc/>
    public async Task<string> TranscribeAsync(ReadOnlyMemory<byte> clip, string extension, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(_options.ClipLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var file = MemoryMarshal.TryGetArray(clip, out var bytes)
                ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
                : new MemoryStream(clip.ToArray());
            var asking = _client.TranscribeAudioAsync(file, $"speech.{extension}", new AudioTranscriptionOptions { Language = _options.Language }, either.Token);
            return (await asking.WaitAsync(either.Token)).Value.Text?.Trim() ?? "";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RecognitionException(RecognitionErrorKind.Overloaded, $"OpenAI gave no transcript within {_options.ClipLimit.TotalSeconds:0} s.");
        }
        catch (ClientResultException error)
        {
            // Not the exception itself: the SDK's quotes the answer, which may quote the key.
            throw error.Status switch
            {
                401 or 403 => new RecognitionException(RecognitionErrorKind.Unauthorized, $"OpenAI answered with HTTP {error.Status}."),
                400 or 415 => new RecognitionException(RecognitionErrorKind.BadAudio, "The clip is not a sound file that can be decoded."),
                413 => new RecognitionException(RecognitionErrorKind.BadAudio, "The clip is too large."),
                _ => new RecognitionException(RecognitionErrorKind.Failed, $"OpenAI answered with HTTP {error.Status}."),
            };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A border: whatever the SDK throws, this clip has no transcript.
            throw new RecognitionException(RecognitionErrorKind.Failed, $"OpenAI gave no transcript: {error.GetType().Name}.");
        }
    }
}
