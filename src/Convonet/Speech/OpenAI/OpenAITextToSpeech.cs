using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Convonet.Audio;
using OpenAI;
using OpenAI.Audio;

namespace Convonet.Speech.OpenAI;

/// <summary>OpenAI's voices, through its SDK.</summary>
/// <remarks>The answer is read as plain samples while it comes: its form of events is not known to every model, nor to compatible servers.</remarks>
public sealed class OpenAITextToSpeech : ITextToSpeech
{
    private const string Title = "OpenAI";

    private readonly AudioClient _client;
    private readonly OpenAISpeechOptions _options;

    /// <summary>Creates the engine.</summary>
    /// <param name="http">Carries the requests; borrowed. Without a time limit of its own.</param>
    /// <param name="options">Key, address, model and voice.</param>
    public OpenAITextToSpeech(HttpClient http, OpenAISpeechOptions options)
    {
        _options = options;
        Format = new PcmFormat(options.SampleRate);

        // The SDK insists on a key; one from a file or the environment easily ends in a line break.
        var key = new ApiKeyCredential(string.IsNullOrWhiteSpace(options.ApiKey) ? "none" : options.ApiKey.Trim());
        _client = new AudioClient(options.Model, key, new OpenAIClientOptions
        {
            Endpoint = options.BaseAddress,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <inheritdoc/>
    public string Name => "openai";

    /// <inheritdoc/>
    public string Voice => _options.Voice;

    /// <inheritdoc/>
    public string Settings => _options.Model;

    /// <inheritdoc/>
    public PcmFormat Format { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(text, cancellationToken);
        if (response.ContentStream is { } body)
        {
            await foreach (var part in PcmParts.ReadAsync(body, text, Format, Title, cancellationToken))
            {
                yield return part;
            }
        }
    }

    private async Task<PipelineResponse> SendAsync(string text, CancellationToken cancellationToken)
    {
        using var request = BinaryContent.Create(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new OpenAISpeechRequest(_options.Model, text, _options.Voice, "pcm"), OpenAISpeechJson.Default.OpenAISpeechRequest)));
        try
        {
            var result = await _client.GenerateSpeechAsync(request, new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken });
            return result.GetRawResponse();
        }
        catch (ClientResultException error)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Not as inner exception: its text may repeat the user's words, or part of the key.
            throw error.Status == 0
                ? new SpeechException(SpeechErrorKind.Unavailable, "OpenAI cannot be reached.", error.InnerException)
                : new SpeechException(SpeechException.KindOf(error.Status), $"OpenAI answered with HTTP {error.Status}.");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SpeechException(SpeechErrorKind.Unavailable, "OpenAI cannot be reached.", error);
        }
    }
}

internal sealed record OpenAISpeechRequest(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("input")] string Input,
    [property: JsonPropertyName("voice")] string Voice,
    [property: JsonPropertyName("response_format")] string ResponseFormat);

[JsonSerializable(typeof(OpenAISpeechRequest))]
internal sealed partial class OpenAISpeechJson : JsonSerializerContext;
