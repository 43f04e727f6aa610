using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.Logging;
using OpenAI;

namespace Convonet.Models.OpenAI;

/// <summary>Makes the model that <see cref="OpenAIOptions.Api"/> asks for.</summary>
public static class OpenAIModelFactory
{
    internal const string ProviderName = "openai";
    internal const string DisplayName = "OpenAI";

    /// <summary>Creates the model.</summary>
    /// <param name="http">Carries the requests; it stays its owner's.</param>
    /// <param name="options">Key, address, API, model and limits.</param>
    /// <param name="loggers">Makes the model's logger.</param>
    /// <param name="time">Compares <c>Retry-After</c> dates; the system's clock by default.</param>
    public static IChatModel Create(HttpClient http, OpenAIOptions options, ILoggerFactory loggers, TimeProvider? time = null) => options.UsesResponses
        ? new OpenAIResponsesModel(http, options, loggers.CreateLogger<OpenAIResponsesModel>(), time)
        : new OpenAIChatModel(http, options, loggers.CreateLogger<OpenAIChatModel>(), time);

    /// <summary>The SDK's client: it neither retries nor times anything, as both are the agent graph's.</summary>
    internal static OpenAIClient CreateClient(HttpClient http, OpenAIOptions options, TimeProvider? time)
    {
        // The SDK insists on a key; a server that wants none ignores it, and OpenAI answers 401. One from a file or the environment
        // easily ends in a line break.
        var key = new ApiKeyCredential(string.IsNullOrWhiteSpace(options.ApiKey) ? "none" : options.ApiKey.Trim());
        var sdk = new OpenAIClientOptions
        {
            Endpoint = options.BaseAddress,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        sdk.AddPolicy(new StatusPolicy(time ?? TimeProvider.System), PipelinePosition.PerCall);
        sdk.AddPolicy(new ClosingPolicy(), PipelinePosition.PerCall);
        return new OpenAIClient(key, sdk);
    }
}
