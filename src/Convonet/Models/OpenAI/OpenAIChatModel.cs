using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ChatCompletionsClient = OpenAI.Chat.ChatClient;

namespace Convonet.Models.OpenAI;

/// <summary>OpenAI's chat completions through its official SDK, for OpenAI and for every server that is compatible with it.</summary>
public sealed partial class OpenAIChatModel : IChatModel
{
    private readonly ChatCompletionsClient _client;
    private readonly OpenAIOptions _options;
    private readonly ILogger<OpenAIChatModel> _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates the model.</summary>
    /// <param name="http">Carries the requests; it stays its owner's.</param>
    /// <param name="options">Key, address, model and limits.</param>
    /// <param name="logger">Gets one line per model call.</param>
    /// <param name="time">Compares <c>Retry-After</c> dates; the system's clock by default.</param>
    public OpenAIChatModel(HttpClient http, OpenAIOptions options, ILogger<OpenAIChatModel> logger, TimeProvider? time = null)
    {
        _client = OpenAIModelFactory.CreateClient(http, options, time).GetChatClient(options.Model);
        _options = options;
        _logger = logger;
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public string Provider => OpenAIModelFactory.ProviderName;

    /// <inheritdoc/>
    public string Model => _options.Model;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LogStreaming(OpenAIModelFactory.DisplayName);
        using var call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var chunks = _client.CompleteChatStreamingAsync(OpenAIChatRequest.Messages(request, _options), OpenAIChatRequest.Options(request, _options), call.Token);
        await foreach (var update in new OpenAIChatStreamReader(request, _time).ReadAsync(chunks, cancellationToken))
        {
            yield return update;
        }
    }

    [LoggerMessage(LogLevel.Information, "📡 Streaming {Provider} response...")]
    private partial void LogStreaming(string provider);
}
