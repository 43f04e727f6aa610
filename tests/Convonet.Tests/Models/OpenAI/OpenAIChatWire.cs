using System.Text.Json.Nodes;
using Convonet.Models.OpenAI;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Models.OpenAI;

/// <summary>Streams of chat completions in short.</summary>
internal static class OpenAIChatWire
{
    public const string Done = "[DONE]";
    public const string Usage = """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":7,"total_tokens":27,"prompt_tokens_details":{"cached_tokens":5}}}""";

    public static string Text(string text) => Delta($$"""{"content":{{JsonValue.Create(text).ToJsonString()}}}""");

    public static string Refusal(string text) => Delta($$"""{"refusal":{{JsonValue.Create(text).ToJsonString()}}}""");

    /// <summary>A piece of a call; what is null is left out.</summary>
    public static string Call(int? index, string? id, string? name, string? arguments)
    {
        var function = new JsonObject();
        if (name is not null)
        {
            function["name"] = name;
        }

        if (arguments is not null)
        {
            function["arguments"] = arguments;
        }

        var call = new JsonObject { ["function"] = function };
        if (index is not null)
        {
            call["index"] = index;
        }

        if (id is not null)
        {
            call["id"] = id;
            call["type"] = "function";
        }

        return Delta(new JsonObject { ["tool_calls"] = new JsonArray(call) }.ToJsonString());
    }

    public static string Finish(string reason) => Chunk($$"""{"index":0,"delta":{},"finish_reason":"{{reason}}"}""");

    public static string Sse(params IEnumerable<string> chunks) => string.Concat(chunks.Select(json => $"data: {json}\n\n"));

    public static OpenAIChatModel Model(CannedHttpHandler handler, OpenAIOptions? options = null, TimeProvider? time = null) =>
        new(handler.Client(), options ?? new OpenAIOptions { ApiKey = "key-1" }, NullLogger<OpenAIChatModel>.Instance, time);

    public static OpenAIChatModel Model(params IEnumerable<string> chunks) => Model(CannedHttpHandler.Streaming(Sse(chunks)));

    private static string Delta(string delta) => Chunk($$"""{"index":0,"delta":{{delta}},"finish_reason":null}""");

    private static string Chunk(string choice) => $$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{choice}}],"usage":null}""";
}
