using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Services;
using Microsoft.Extensions.Logging;

namespace Convonet.Models.Claude;

/// <summary>Anthropic's Claude through its official SDK and the Messages API.</summary>
public sealed partial class ClaudeChatModel : IChatModel
{
    internal const string ProviderName = "claude";
    private const string DisplayName = "Claude";

    private readonly IMessageService _messages;
    private readonly ClaudeOptions _options;
    private readonly ILogger<ClaudeChatModel> _logger;

    /// <summary>Creates the model.</summary>
    /// <param name="http">Carries the requests; it stays its owner's.</param>
    /// <param name="options">Key, address, model and limits.</param>
    /// <param name="logger">Gets one line per model call.</param>
    /// <param name="time">Compares <c>Retry-After</c> dates; the system's clock by default.</param>
    public ClaudeChatModel(HttpClient http, ClaudeOptions options, ILogger<ClaudeChatModel> logger, TimeProvider? time = null)
    {
        _options = options;
        _logger = logger;

        // The client is never disposed: it would dispose the HttpClient, which is not ours.
        var client = new AnthropicClient(new ClientOptions
        {
            // Every setting that has a default in the environment is set here, so that only our configuration counts.
            ApiKey = options.ApiKey ?? "",
            BaseUrl = options.BaseAddress.AbsoluteUri,
            OpenTelemetry = false,
            HttpClient = http,
            Handlers = [new ClaudeStatusHandler(time ?? TimeProvider.System)],
            MaxRetries = 0,
            Timeout = TimeSpan.FromHours(1), // to the headers only; silence is timed by the caller. Infinite would be sent as a negative header
        });
        _messages = client.Messages;
    }

    /// <inheritdoc/>
    public string Provider => ProviderName;

    /// <inheritdoc/>
    public string Model => _options.Model;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LogStreaming(DisplayName);
        var reader = new ClaudeStreamReader(request);
        await using var events = _messages.CreateStreaming(ClaudeRequest.Create(request, _options), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (!reader.Ended)
        {
            List<ModelUpdate> updates;
            try
            {
                updates = await events.MoveNextAsync() ? reader.Read(events.Current) : throw TransportFailure.NoEndMarker(DisplayName);
            }
            catch (Exception error) when (cancellationToken.IsCancellationRequested && error is not OperationCanceledException)
            {
                throw new OperationCanceledException("The model call was cancelled.", error, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && Translate(error, reader.Answering) is { } failure)
            {
                throw failure;
            }

            foreach (var update in updates)
            {
                yield return update;
            }
        }
    }

    private static ModelException? Translate(Exception error, bool answering) => error switch
    {
        AnthropicSseException sse => InBand(sse.Type?.Raw()),
        AnthropicIOException io => TransportFailure.Translate(io.InnerException, DisplayName, answering),
        AnthropicInvalidDataException => new ModelException(ModelErrorKind.Protocol, $"{DisplayName} sent something that cannot be read.", innerException: error),
        _ => TransportFailure.Translate(error, DisplayName, answering),
    };

    /// <summary>The failure that an <c>error</c> event inside an answer of HTTP 200 means.</summary>
    private static ModelException InBand(string? type)
    {
        var kind = type switch
        {
            "overloaded_error" => ModelErrorKind.Overloaded,
            "rate_limit_error" => ModelErrorKind.RateLimited,
            "authentication_error" or "permission_error" => ModelErrorKind.Unauthorized,
            "invalid_request_error" or "not_found_error" or "request_too_large" or "billing_error" => ModelErrorKind.InvalidRequest,
            _ => ModelErrorKind.ServerError,
        };
        return new ModelException(kind, $"{DisplayName} sent an error event of type {type ?? "unknown"}.");
    }

    [LoggerMessage(LogLevel.Information, "📡 Streaming {Provider} response...")]
    private partial void LogStreaming(string provider);
}
