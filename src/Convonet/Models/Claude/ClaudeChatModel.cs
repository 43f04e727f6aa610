using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Core;
using Anthropic.Services;
using Microsoft.Extensions.Logging;

namespace Convonet.Models.Claude;

/// <summary>Anthropic's Claude through its official SDK and the Messages API.</summary>
public sealed partial class ClaudeChatModel : IChatModel
{
    internal const string ProviderName = "claude";
    internal const string DisplayName = "Claude";

    private readonly IMessageServiceWithRawResponse _messages;
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
            ApiKey = options.ApiKey?.Trim() ?? "", // a key from a file or the environment easily ends in a line break
            BaseUrl = options.BaseAddress.AbsoluteUri,
            OpenTelemetry = false,
            HttpClient = http,
            Handlers = [new ClaudeStatusHandler(time ?? TimeProvider.System)],
            MaxRetries = 0,
            Timeout = TimeSpan.FromHours(1), // to the headers only; silence is timed by the caller. Infinite would be sent as a negative header
        });
        _messages = client.Messages.WithRawResponse;
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
        using var response = await _messages.CreateStreaming(ClaudeRequest.Create(request, _options), cancellationToken);
        await using var body = await response.ReadAsStream(cancellationToken);
        await foreach (var streamed in ClaudeEvents.ReadAsync(body, cancellationToken))
        {
            yield return streamed;
        }
    }

    [LoggerMessage(LogLevel.Information, "📡 Streaming {Provider} response...")]
    private partial void LogStreaming(string provider);
}
