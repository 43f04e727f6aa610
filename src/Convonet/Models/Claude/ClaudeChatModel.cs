using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Convonet.Models.Http;
using Microsoft.Extensions.Logging;

namespace Convonet.Models.Claude;

/// <summary>Anthropic's Claude through the Messages API. The request is our own; the events, but for pieces of text, are read by Anthropic's SDK.</summary>
public sealed partial class ClaudeChatModel : IChatModel
{
    internal const string ProviderName = "claude";
    internal const string DisplayName = "Claude";

    /// <summary>The version of the API: the one that the SDK's events are of.</summary>
    private const string ApiVersion = "2026-10-21";

    private readonly HttpClient _http;
    private readonly ClaudeOptions _options;
    private readonly ILogger<ClaudeChatModel> _logger;
    private readonly TimeProvider _time;
    private readonly Uri _address;

    /// <summary>Creates the model.</summary>
    /// <param name="http">Carries the requests; it stays its owner's.</param>
    /// <param name="options">Key, address, model and limits.</param>
    /// <param name="logger">Gets one line per model call.</param>
    /// <param name="time">Compares <c>Retry-After</c> dates; the system's clock by default.</param>
    public ClaudeChatModel(HttpClient http, ClaudeOptions options, ILogger<ClaudeChatModel> logger, TimeProvider? time = null)
    {
        _http = http;
        _options = options;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _address = new Uri($"{options.BaseAddress.AbsoluteUri.TrimEnd('/')}/v1/messages");
    }

    /// <inheritdoc/>
    public string Provider => ProviderName;

    /// <inheritdoc/>
    public string Model => _options.Model;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LogStreaming(DisplayName);
        await foreach (var update in new ClaudeStreamReader(request).ReadAsync(EventsAsync(request, cancellationToken), cancellationToken))
        {
            yield return update;
        }
    }

    private async IAsyncEnumerable<object> EventsAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        ThrowUnlessSuccessful(response);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var streamed in ClaudeEvents.ReadAsync(body, cancellationToken))
        {
            yield return streamed;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _address) { Content = ClaudeRequest.Create(request, _options) };
        message.Headers.Add("anthropic-version", ApiVersion);

        // A key from a file or the environment easily ends in a line break.
        if (_options.ApiKey?.Trim() is { Length: > 0 } key)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    // Without the body, which may repeat the user's words.
    private void ThrowUnlessSuccessful(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            var status = (int)response.StatusCode;
            var requestId = response.Headers.TryGetValues("request-id", out var ids) ? ids.FirstOrDefault() : "unknown";
            throw new ModelException(ModelException.KindOf(status), $"Claude answered with HTTP {status} (request {requestId}).", RetryAfterHeader.Of(response.Headers, _time));
        }
    }

    [LoggerMessage(LogLevel.Information, "📡 Streaming {Provider} response...")]
    private partial void LogStreaming(string provider);
}
