using Convonet.Emulator;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator.Wire;

public sealed class OpenAIRequestTests
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Asking = """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"a","arguments":"{}"}}]}""";
    private const string Call = """{"type":"function_call","call_id":"c1","name":"a","arguments":"{}"}""";
    private const string Output = """{"type":"function_call_output","call_id":"c1","output":"ok"}""";

    [Theory]
    [InlineData("""{"messages":[]}""", "Missing required parameter: 'model'.")]
    [InlineData("""{"model":"m"}""", "Missing required parameter: 'messages'.")]
    [InlineData("""{"model":"m","messages":[]}""", "Invalid 'messages': empty array.")]
    [InlineData("""{"model":"m","messages":[{"role":"bot","content":"hi"}]}""", "Invalid value: 'bot'.")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","content":null}]}""", "expected a string, got null.")]
    [InlineData("""{"model":"m","messages":[{"role":"tool","tool_call_id":"c1","content":"ok"}]}""", "must be a response to a preceeding message with 'tool_calls'")]
    [InlineData($$"""{"model":"m","messages":[{{User}},{{Asking}},{{User}}]}""", "The following tool_call_ids did not have response messages: c1")]
    [InlineData($$"""{"model":"m","messages":[{{User}},{{Asking}}]}""", "must be followed by tool messages responding to each 'tool_call_id'")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[]}]}""", "Invalid 'messages[1].tool_calls': empty array.")]
    [InlineData(
        """{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"c23456789012345678901234567890123456789012","type":"function","function":{"name":"a","arguments":"{}"}}]}]}""",
        "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 42 instead.")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[]}""", "Invalid 'tools': empty array.")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"a b"}}]}""", "Invalid 'tools[0].function.name'")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"a","parameters":{"type":"string"}}}]}""", "Invalid schema for function 'a': schema must be a JSON Schema of 'type: \"object\"'")]
    [InlineData(
        """{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"a","strict":true,"parameters":{"type":"object","properties":{}}}}]}""",
        "'additionalProperties' is required to be supplied and to be false")]
    public async Task Chat_WrongRequest_Refuses(string body, string message) => await AssertRefusedAsync(EmulatedApi.OpenAIChat, body, message);

    [Theory]
    [InlineData("""{"input":"hi"}""", "Missing required parameter: 'model'.")]
    [InlineData("""{"model":"m"}""", "Missing required parameter: 'input'.")]
    [InlineData("""{"model":"m","input":"hi","previous_response_id":"resp_1"}""", "Previous response with id 'resp_1' not found.")]
    [InlineData($$"""{"model":"m","input":[{{User}},{{Call}}]}""", "No tool output found for function call c1.")]
    [InlineData($$"""{"model":"m","input":[{{User}},{{Output}}]}""", "No tool call found for function call output with call_id c1.")]
    [InlineData("""{"model":"m","input":[{"type":"function_call","id":"x1","call_id":"c1","name":"a","arguments":"{}"}]}""", "Expected an ID that begins with 'fc'.")]
    [InlineData("""{"model":"m","input":[{"role":"assistant","content":[{"type":"input_text","text":"hi"}]}]}""", "Invalid value: 'input_text'. Supported values are: 'output_text', and 'refusal'.")]
    [InlineData("""{"model":"m","input":"hi","tools":[{"type":"function"}]}""", "Missing required parameter: 'tools[0].name'.")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"hi","prompt_cache_breakpoint":{"mode":"implicit"}}]}]}""", "Invalid 'input[0].content[0].prompt_cache_breakpoint'.")]
    [InlineData("""{"model":"m","input":[{"role":"assistant","content":[{"type":"output_text","text":"hi","prompt_cache_breakpoint":{"mode":"explicit"}}]}]}""", "Invalid 'input[0].content[0].prompt_cache_breakpoint'.")]
    public async Task Responses_WrongRequest_Refuses(string body, string message) => await AssertRefusedAsync(EmulatedApi.OpenAIResponses, body, message);

    [Theory]
    [InlineData("", "string does not match pattern")]
    [InlineData("a.b", "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.")]
    [InlineData("a b", "string does not match pattern")]
    [InlineData("a\\n", "string does not match pattern")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345", "string too long. Expected a string with maximum length 64, but got a string with length 65 instead.")]
    public async Task History_WrongName_Refuses(string name, string message)
    {
        var named = $"\"name\":\"{name}\"";
        var asking = Asking.Replace("\"name\":\"a\"", named, StringComparison.Ordinal);
        var call = Call.Replace("\"name\":\"a\"", named, StringComparison.Ordinal);

        await AssertRefusedAsync(
            EmulatedApi.OpenAIChat, $$"""{"model":"m","messages":[{{User}},{{asking}},{"role":"tool","tool_call_id":"c1","content":"ok"}]}""",
            $"Invalid 'messages[1].tool_calls[0].function.name': {message}");
        await AssertRefusedAsync(EmulatedApi.OpenAIResponses, $$"""{"model":"m","input":[{{User}},{{call}},{{Output}}]}""", message);
    }

    [Theory]
    [InlineData("\"max_output_tokens\":9", "Unrecognized request argument supplied: max_output_tokens")]
    [InlineData("\"foo\":1,\"bar\":1", "Unrecognized request arguments supplied: foo, bar")]
    [InlineData("\"temperature\":\"hot\"", "Invalid type for 'temperature': expected a decimal, but got a string instead.")]
    [InlineData("\"temperature\":2.5", "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.")]
    [InlineData("\"max_tokens\":1.5", "Invalid type for 'max_tokens': expected an integer, but got a decimal number instead.")]
    [InlineData("\"max_completion_tokens\":0", "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.")]
    [InlineData("\"stop\":1", "Invalid type for 'stop': expected one of a string or array, but got an integer instead.")]
    [InlineData("\"stream_options\":{\"usage\":true}", "Unknown parameter: 'stream_options.usage'.")]
    [InlineData("\"reasoning_effort\":\"huge\"", "Invalid value: 'huge'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.")]
    [InlineData("\"tool_choice\":\"none\"", "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.")]
    public async Task Chat_WrongSetting_Refuses(string setting, string message) =>
        await AssertRefusedAsync(EmulatedApi.OpenAIChat, $$"""{"model":"m","messages":[{{User}}],{{setting}}}""", message);

    [Theory]
    [InlineData("\"max_tokens\":99", "Unknown parameter: 'max_tokens'.")]
    [InlineData("\"reasoning_effort\":\"low\"", "Unknown parameter: 'reasoning_effort'.")]
    [InlineData("\"reasoning\":{\"level\":\"low\"}", "Unknown parameter: 'reasoning.level'.")]
    [InlineData("\"reasoning\":{\"effort\":\"huge\"}", "Invalid value: 'huge'.")]
    [InlineData("\"store\":\"no\"", "Invalid type for 'store': expected a boolean, but got a string instead.")]
    [InlineData("\"max_output_tokens\":9", "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 9 instead.")]
    [InlineData("\"tool_choice\":\"required\"", "Tool choice 'required' must be specified with 'tools' parameter.")]
    public async Task Responses_WrongSetting_Refuses(string setting, string message) =>
        await AssertRefusedAsync(EmulatedApi.OpenAIResponses, $$"""{"model":"m","input":"hi",{{setting}}}""", message);

    [Theory]
    [InlineData(EmulatedApi.OpenAIChat, """
        "max_completion_tokens":64,"temperature":0.5,"top_p":1,"seed":1,"stop":["x"],"n":1,"user":null,"reasoning_effort":"low","verbosity":"low","store":false,
        "tool_choice":"auto","parallel_tool_calls":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"logit_bias":{},"response_format":{"type":"text"}
        """)]
    [InlineData(EmulatedApi.OpenAIResponses, """
        "max_output_tokens":64,"temperature":0.5,"top_p":1,"store":false,"reasoning":{"effort":"low","summary":null},"text":{"verbosity":"low"},"truncation":"auto",
        "tool_choice":{"type":"function","name":"create_todo"},"include":["reasoning.encrypted_content"],"metadata":{},"max_tool_calls":4
        """)]
    public async Task Read_DocumentedSettings_Answers(EmulatedApi api, string settings)
    {
        await using var client = await StartAsync();

        Assert.NotEqual("", TextOf(api, await client.EventsAsync(api, body: Body(api).Insert(1, settings + ","))));
    }

    [Fact]
    public async Task Chat_CallsWithResults_Answers()
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(
            EmulatedApi.OpenAIChat, body: $$"""{"model":"m","stream":true,"messages":[{{User}},{{Asking}},{"role":"tool","tool_call_id":"c1","content":"ok"},{{User}}]}""");

        Assert.EndsWith("data: [DONE]\n\n", raw);
    }

    [Fact]
    public async Task Responses_CallsWithOutputs_Answers()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.OpenAIResponses, body: $$"""{"model":"m","stream":true,"input":[{{User}},{{Call}},{{Output}}]}""");

        Assert.Equal("response.completed", Path(events[^1], "type"));
    }

    private static async Task AssertRefusedAsync(EmulatedApi api, string body, string message)
    {
        await using var client = await StartAsync();

        var refused = await client.RefusedAsync(api, body);

        Assert.Equal(400, refused.Status);
        Assert.Contains(message, refused.Message);
        Assert.Equal("invalid_request_error", Path(refused.Body, "error", "type"));
    }
}
