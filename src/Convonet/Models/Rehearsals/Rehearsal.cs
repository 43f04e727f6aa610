using System.Net;
using System.Net.Http.Headers;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.Http;
using Convonet.Models.OpenAI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Models.Rehearsals;

/// <summary>
/// Plays a short answer through each provider's library, with canned bytes where the network would be: what the runtime compiles at the first use of a library
/// (up to 0.4 s) the first user does not wait for. Nobody is asked anything.
/// </summary>
public static class Rehearsal
{
    /// <summary>How often: the second time shows what the first has left out.</summary>
    private const int Times = 2;

    /// <summary>Rehearses.</summary>
    /// <param name="providers">Names of providers; one that is not known is left out.</param>
    /// <param name="tools">Tools to declare.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RunAsync(IEnumerable<string> providers, IReadOnlyList<AIFunctionDeclaration> tools, CancellationToken cancellationToken = default)
    {
        var request = new ModelRequest("call_0_0", "Be brief.", [new HistoryItem.UserMessage("Hello")], tools);
        foreach (var provider in providers.Where(Knows))
        {
            using var http = HttpOf(provider);
            var model = ModelOf(provider, http);
            for (var i = 0; i < Times; i++)
            {
                await foreach (var _ in model.StreamAsync(request, cancellationToken))
                {
                    // Nobody reads it.
                }
            }
        }
    }

    /// <summary>Whether there is a canned answer of this provider.</summary>
    internal static bool Knows(string provider) => provider is GeminiPartData.Provider or ClaudeChatModel.ProviderName or OpenAIModelFactory.ProviderName;

    /// <summary>Canned bytes where the network would be.</summary>
    internal static HttpClient HttpOf(string provider) => new(new CannedHandler(CannedAnswer.Of(provider)));

    /// <summary>A provider's model as production has it, on a client of one's own.</summary>
    internal static IChatModel ModelOf(string provider, HttpClient http) => provider switch
    {
        GeminiPartData.Provider => new GeminiChatModel(http, new GeminiOptions { ApiKey = "none" }, NullLogger<GeminiChatModel>.Instance),
        ClaudeChatModel.ProviderName => new ClaudeChatModel(http, new ClaudeOptions { ApiKey = "none" }, NullLogger<ClaudeChatModel>.Instance),
        _ => OpenAIModelFactory.Create(http, new OpenAIOptions { ApiKey = "none", Api = OpenAIApi.Responses }, NullLoggerFactory.Instance),
    };

    private sealed class CannedHandler(CannedAnswer answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The libraries write a request when it is read.
            await request.Content!.LoadIntoBufferAsync(cancellationToken);
            var content = new StreamContent(new SlowBody([.. answer.Begin, .. answer.Delta, .. answer.Delta, .. answer.End]));
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
            return GuardedEvents.Guard(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }
    }

    /// <summary>As from the network, it comes in parts, and each has to be waited for.</summary>
    private sealed class SlowBody(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        private const int Part = 200;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, Part)], cancellationToken);
        }
    }
}
