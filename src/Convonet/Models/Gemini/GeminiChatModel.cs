using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Convonet.Models.Http;
using Microsoft.Extensions.Logging;

namespace Convonet.Models.Gemini;

/// <summary>Gemini, streamed by our own client for <c>streamGenerateContent</c> over server-sent events.</summary>
/// <remarks>
/// A <see cref="ModelUpdate.TextDelta"/> with <see cref="ModelUpdate.TextDelta.ProviderData"/> is a part of its own: its text must not be
/// joined with text before or after it when it enters the history, because the signature goes back with exactly that part.
/// </remarks>
/// <see href="https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent"/>
public sealed partial class GeminiChatModel : IChatModel
{
    private const string ClientName = "Convonet.Models.Gemini";

    private readonly HttpClient _http;
    private readonly GeminiOptions _options;
    private readonly ILogger<GeminiChatModel> _logger;
    private readonly TimeProvider _time;
    private readonly GeminiRequest _request;
    private readonly Uri _address;

    /// <summary>Creates the model.</summary>
    /// <param name="http">The provider's pooled client, see <see cref="ProviderHttp"/>; borrowed.</param>
    /// <param name="options">Settings; read now, later changes have no effect on the address.</param>
    /// <param name="logger">Log.</param>
    /// <param name="time">The clock for a <c>Retry-After</c> that is a date; <see cref="TimeProvider.System"/> when null.</param>
    public GeminiChatModel(HttpClient http, GeminiOptions options, ILogger<GeminiChatModel> logger, TimeProvider? time = null)
    {
        _http = http;
        _options = options;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _request = new GeminiRequest(options, new GeminiTools(logger));
        _address = new Uri($"{options.BaseAddress.AbsoluteUri.TrimEnd('/')}/v1beta/models/{options.Model}:streamGenerateContent?alt=sse");
    }

    /// <inheritdoc/>
    public string Provider => GeminiPartData.Provider;

    /// <inheritdoc/>
    public string Model => _options.Model;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LogStreaming(ClientName, _options.Model, request.StepId);
        using var response = await SendAsync(request, cancellationToken);
        await ThrowUnlessEventsAsync(response, cancellationToken);

        // Leaving the loop in any way disposes the body, which closes the upstream request.
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var guard = body as EventStreamGuard ?? new EventStreamGuard(body); // most handlers put one there
        var reader = new GeminiStreamReader(request);
        await using var events = SseParser.Create(guard, reader.Read).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(events, reader, cancellationToken))
        {
            foreach (var update in reader.Updates)
            {
                yield return update;
            }
        }

        // Gemini reports a failure in mid-stream as bare JSON between its events.
        if (GeminiError.FromStray(guard.Stray) is { } error)
        {
            throw error;
        }

        foreach (var update in reader.Complete())
        {
            yield return update;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = PooledJsonContent.Create((_request, request), static (json, state) => state._request.Write(json, state.request)),
        };
        message.Headers.Accept.ParseAdd("text/event-stream");

        // A key from a file or the environment easily ends in a line break.
        if (_options.ApiKey?.Trim() is { Length: > 0 } key)
        {
            message.Headers.TryAddWithoutValidation("x-goog-api-key", key);
        }

        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            var reason = (error as HttpRequestException)?.HttpRequestError.ToString() ?? "time-out";
            throw new ModelException(ModelErrorKind.Unreachable, $"Gemini could not be reached ({reason}).", innerException: error);
        }
    }

    private async Task ThrowUnlessEventsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var body = await BoundedBody.ReadAsync(response.Content, BoundedBody.ErrorLimit, cancellationToken);
            if (_logger.IsEnabled(LogLevel.Trace))
            {
                // Some proxies throw back what they were sent.
                var text = Encoding.UTF8.GetString(body.Span);
                LogErrorBodySensitive((int)response.StatusCode, _options.ApiKey is { Length: > 0 } key ? text.Replace(key, "[key]", StringComparison.Ordinal) : text);
            }

            throw GeminiError.FromResponse((int)response.StatusCode, body, RetryAfterHeader.Of(response.Headers, _time));
        }

        var type = response.Content.Headers.ContentType?.MediaType;
        if (!string.Equals(type, "text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            throw new ModelException(ModelErrorKind.Protocol, $"Gemini answered with {type ?? "no content type"} instead of an event stream.");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> MoveNextAsync(
        IAsyncEnumerator<SseItem<bool>> events, GeminiStreamReader reader, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception error) when (error is not OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // A closed connection looks like a broken one; the caller closed it.
            throw new OperationCanceledException("The model call was cancelled.", error, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && TransportFailure.Translate(error, "Gemini", answering: true) is { } failure)
        {
            // A connection that breaks after the answer's end takes nothing away from it.
            return failure.Kind == ModelErrorKind.Unfinished && reader.IsComplete ? false : throw failure;
        }
    }

    // Operators look for this line, so its text is fixed; Client says that the "native SDK" is our own. The generator takes the
    // parameters' names, hence their capitals.
#pragma warning disable SYSLIB1015 // parameters outside the text are the point: they become fields
    [LoggerMessage(LogLevel.Information, "📡 Streaming Gemini response with native SDK...")]
    private partial void LogStreaming(string Client, string Model, string StepId);
#pragma warning restore SYSLIB1015

    [LoggerMessage(LogLevel.Trace, "Gemini answered HTTP {StatusCode}: {Body}")]
    private partial void LogErrorBodySensitive(int statusCode, string body);
}
