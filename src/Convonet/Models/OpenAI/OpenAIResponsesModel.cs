using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // the SDK calls all of the Responses API experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>OpenAI's Responses API through its official SDK.</summary>
public sealed partial class OpenAIResponsesModel : IChatModel
{
    private readonly ResponsesClient _client;
    private readonly OpenAIOptions _options;
    private readonly ILogger<OpenAIResponsesModel> _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates the model.</summary>
    /// <param name="http">Carries the requests; it stays its owner's.</param>
    /// <param name="options">Key, address, model and limits.</param>
    /// <param name="logger">Gets one line per model call.</param>
    /// <param name="time">Compares <c>Retry-After</c> dates; the system's clock by default.</param>
    public OpenAIResponsesModel(HttpClient http, OpenAIOptions options, ILogger<OpenAIResponsesModel> logger, TimeProvider? time = null)
    {
        _client = OpenAIModelFactory.CreateClient(http, options, time).GetResponsesClient();
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
        await foreach (var update in new OpenAIResponsesStreamReader(request, _time).ReadAsync(EventsAsync(request, call.Token), cancellationToken))
        {
            yield return update;
        }
    }

    private async IAsyncEnumerable<object?> EventsAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new RequestOptions { CancellationToken = cancellationToken, BufferResponse = false };
        using var body = OpenAIResponsesRequest.Create(request, _options);
        var result = await _client.CreateResponseAsync(body, options);
        using var response = result.GetRawResponse();
        await foreach (var streamed in OpenAIResponsesEvents.ReadAsync(response.ContentStream!, cancellationToken))
        {
            yield return streamed;
        }
    }

    [LoggerMessage(LogLevel.Information, "📡 Streaming {Provider} response...")]
    private partial void LogStreaming(string provider);
}
