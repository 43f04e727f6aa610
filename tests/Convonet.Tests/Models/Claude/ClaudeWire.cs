using System.Text.Json.Nodes;
using Convonet.Models.Claude;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Models.Claude;

/// <summary>Streams of the Messages API in short.</summary>
internal static class ClaudeWire
{
    public const string Start = """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude-haiku-5-5","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":10,"cache_read_input_tokens":100,"output_tokens":1}}}""";
    public const string Stop = """{"type":"message_stop"}""";

    public static string TextStart(int index) => $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"text","text":""}}""";

    public static string Text(int index, string text) => $$$$"""{"type":"content_block_delta","index":{{{{index}}}},"delta":{"type":"text_delta","text":{{{{JsonValue.Create(text).ToJsonString()}}}}}}""";

    public static string ToolStart(int index, string name) => $$$$"""{"type":"content_block_start","index":{{{{index}}}},"content_block":{"type":"tool_use","id":"toolu_{{{{index}}}}","name":"{{{{name}}}}","input":{}}}""";

    public static string PartialJson(int index, string json) => $$$$"""{"type":"content_block_delta","index":{{{{index}}}},"delta":{"type":"input_json_delta","partial_json":{{{{JsonValue.Create(json).ToJsonString()}}}}}}""";

    public static string BlockStop(int index) => $$$$"""{"type":"content_block_stop","index":{{{{index}}}}}""";

    public static string End(string reason) => $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":42}}""";

    /// <summary>The events as the API frames them.</summary>
    public static string Sse(params IEnumerable<string> events) =>
        string.Concat(events.Select(json => $"event: {JsonNode.Parse(json)!["type"]}\ndata: {json}\n\n"));

    public static ClaudeChatModel Model(CannedHttpHandler handler, ClaudeOptions? options = null, TimeProvider? time = null) =>
        new(handler.Client(), options ?? new ClaudeOptions { ApiKey = "key-1" }, NullLogger<ClaudeChatModel>.Instance, time);

    public static ClaudeChatModel Model(params IEnumerable<string> events) => Model(CannedHttpHandler.Streaming(Sse(events)));
}
