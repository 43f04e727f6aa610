using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Convonet.Audio;

namespace Convonet.Speech.ElevenLabs;

/// <summary>ElevenLabs' voices, by our own client for its HTTP streaming.</summary>
/// <see href="https://elevenlabs.io/docs/api-reference/text-to-speech/stream"/>
public sealed class ElevenLabsTextToSpeech : ITextToSpeech
{
    private const string Title = "ElevenLabs";

    private readonly HttpClient _http;
    private readonly ElevenLabsOptions _options;
    private readonly Uri _address;

    /// <summary>Creates the engine.</summary>
    /// <param name="http">Carries the requests; borrowed. Without a time limit of its own.</param>
    /// <param name="options">Key, address, voice and model.</param>
    public ElevenLabsTextToSpeech(HttpClient http, ElevenLabsOptions options)
    {
        (_http, _options) = (http, options);
        Format = new PcmFormat(options.SampleRate);
        _address = new Uri($"{options.BaseAddress.AbsoluteUri.TrimEnd('/')}/v1/text-to-speech/{options.Voice}/stream?output_format=pcm_{options.SampleRate}");
    }

    /// <inheritdoc/>
    public string Name => "elevenlabs";

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
        if (!response.IsSuccessStatusCode)
        {
            var status = (int)response.StatusCode;
            throw new SpeechException(SpeechException.KindOf(status), $"ElevenLabs answered with HTTP {status}.");
        }

        if (response.Content.Headers.ContentType?.MediaType is { } type && !type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) && type != "application/octet-stream")
        {
            throw new SpeechException(SpeechErrorKind.Protocol, $"ElevenLabs answered with {type} instead of audio.");
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var part in PcmParts.ReadAsync(body, text, Format, Title, cancellationToken))
        {
            yield return part;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string text, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = JsonContent.Create(new ElevenLabsRequest(text, _options.Model), ElevenLabsJson.Default.ElevenLabsRequest),
        };

        // A key from a file or the environment easily ends in a line break.
        request.Headers.TryAddWithoutValidation("xi-api-key", _options.ApiKey?.Trim());
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SpeechException(SpeechErrorKind.Unavailable, "ElevenLabs cannot be reached.", error);
        }
    }
}

internal sealed record ElevenLabsRequest([property: JsonPropertyName("text")] string Text, [property: JsonPropertyName("model_id")] string Model);

[JsonSerializable(typeof(ElevenLabsRequest))]
internal sealed partial class ElevenLabsJson : JsonSerializerContext;
