using System.Text.Json.Nodes;
using Convonet.Models.OpenAI;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Models.OpenAI;

/// <summary>Streams of the Responses API in short.</summary>
internal static class OpenAIResponsesWire
{
    public const string Created = """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1,"status":"in_progress","model":"m","output":[],"tools":[],"parallel_tool_calls":true}}""";
    public const string MessageAdded = """{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}""";
    public const string Completed = """{"type":"response.completed","response":{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m","output":[],"tools":[],"parallel_tool_calls":true,"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":5},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":27}}}""";

    public static string Text(string text) => $$"""{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":{{Quote(text)}}}""";

    public static string Refusal(string text) => $$"""{"type":"response.refusal.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":{{Quote(text)}}}""";

    public static string CallAdded(int index, string name) => $$$"""{"type":"response.output_item.added","output_index":{{{index}}},"item":{"id":"fc_{{{index}}}","type":"function_call","status":"in_progress","call_id":"call_x","name":"{{{name}}}","arguments":""} }""";

    public static string ArgumentsDelta(int index, string json) => $$"""{"type":"response.function_call_arguments.delta","item_id":"fc_{{index}}","output_index":{{index}},"delta":{{Quote(json)}}}""";

    public static string ArgumentsDone(int index, string json) => $$"""{"type":"response.function_call_arguments.done","item_id":"fc_{{index}}","output_index":{{index}},"name":"x","arguments":{{Quote(json)}}}""";

    public static string CallDone(int index, string name, string json, string status = "completed") =>
        $$$"""{"type":"response.output_item.done","output_index":{{{index}}},"item":{"id":"fc_{{{index}}}","type":"function_call","status":"{{{status}}}","call_id":"call_x","name":"{{{name}}}","arguments":{{{Quote(json)}}} } }""";

    public static string Incomplete(string reason) => $$$"""{"type":"response.incomplete","response":{"id":"resp_1","object":"response","created_at":1,"status":"incomplete","model":"m","output":[],"tools":[],"parallel_tool_calls":true,"incomplete_details":{"reason":"{{{reason}}}"} } }""";

    public static string Failed(string code) => $$$"""{"type":"response.failed","response":{"id":"resp_1","object":"response","created_at":1,"status":"failed","model":"m","output":[],"tools":[],"parallel_tool_calls":true,"error":{"code":"{{{code}}}","message":"secret words"} } }""";

    public static string Error(string code) => $$"""{"type":"error","sequence_number":3,"code":"{{code}}","message":"secret words","param":null}""";

    public static string NestedError(string code, string type) =>
        $$$"""{"type":"error","sequence_number":3,"error":{"type":"{{{type}}}","code":{{{code}}},"message":"secret words","param":null} }""";

    public static string Sse(params IEnumerable<string> events) =>
        string.Concat(events.Select(json => $"event: {JsonNode.Parse(json)!["type"]}\ndata: {json}\n\n"));

    public static OpenAIResponsesModel Model(CannedHttpHandler handler, OpenAIOptions? options = null, TimeProvider? time = null) =>
        new(handler.Client(), options ?? new OpenAIOptions { ApiKey = "key-1" }, NullLogger<OpenAIResponsesModel>.Instance, time);

    public static OpenAIResponsesModel Model(params IEnumerable<string> events) => Model(CannedHttpHandler.Streaming(Sse(events)));

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString();
}
