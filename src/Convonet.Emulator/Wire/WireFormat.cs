using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>One provider's API: how it reads requests and what it sends.</summary>
internal abstract class WireFormat
{
    private static readonly WireFormat[] Formats = [new GeminiFormat(), new AnthropicFormat(), new OpenAIChatFormat(), new OpenAIResponsesFormat()];

    /// <summary>Which API it is.</summary>
    internal abstract EmulatedApi Api { get; }

    /// <summary>The content type of a stream.</summary>
    internal virtual string StreamType => "text/event-stream; charset=utf-8";

    /// <summary>The format of the API; OpenAI's chat completions for a path that belongs to none.</summary>
    internal static WireFormat Of(EmulatedApi api) => Array.Find(Formats, format => format.Api == api) ?? Formats[2];

    /// <summary>The API that a path belongs to.</summary>
    internal static EmulatedApi ApiOf(string path) => path switch
    {
        "/v1/messages" => EmulatedApi.Anthropic,
        "/v1/chat/completions" => EmulatedApi.OpenAIChat,
        "/v1/responses" => EmulatedApi.OpenAIResponses,
        _ when path.StartsWith("/v1beta/", StringComparison.Ordinal) => EmulatedApi.Gemini,
        _ => EmulatedApi.None,
    };

    /// <summary>Why the request may not come in; null when it brings a key and whatever else the provider wants in its headers.</summary>
    internal abstract Rejection? CheckHeaders(HttpRequest request);

    /// <summary>Reads and checks a request as the provider does.</summary>
    /// <exception cref="RejectedException">The provider would refuse it.</exception>
    internal abstract Prompt Read(HttpRequest request, JsonElement body, int bodyBytes);

    /// <summary>Begins an answer.</summary>
    internal abstract AnswerEncoder Encode(Prompt prompt, JsonElement body, DateTimeOffset now);

    /// <summary>The provider's error body; may add headers.</summary>
    internal abstract JsonObject Error(Rejection rejection, IHeaderDictionary headers);

    /// <summary>What the provider says of a body that is not JSON.</summary>
    internal abstract string NotJson { get; }

    /// <summary>What the provider says with this status when nothing else is wrong.</summary>
    internal abstract string MessageOf(int status);

    /// <summary>The list of models.</summary>
    internal abstract JsonObject Models();

    /// <summary>Headers that each answer has.</summary>
    internal abstract void AddHeaders(IHeaderDictionary headers);

    protected static RejectedException Reject(string message, string? param = null, string? code = null) =>
        new(new Rejection(400, message) { Param = param, Code = code });

    /// <summary>An estimate that grows with the request, as real ones do.</summary>
    protected static int TokensOf(int bodyBytes) => Math.Max(1, bodyBytes / 4);

    protected static void AddRetryAfter(Rejection rejection, IHeaderDictionary headers)
    {
        if (rejection.RetryAfter is { } wait)
        {
            headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
