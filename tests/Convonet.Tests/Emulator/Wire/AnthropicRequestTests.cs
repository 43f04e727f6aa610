using Convonet.Emulator;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator.Wire;

public sealed class AnthropicRequestTests
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Use = """{"type":"tool_use","id":"t1","name":"a","input":{}}""";
    private const string Result = """{"type":"tool_result","tool_use_id":"t1","content":"ok"}""";
    private const string Text = """{"type":"text","text":"hi"}""";

    [Theory]
    [InlineData("""{"max_tokens":9,"messages":[]}""", "model: Field required")]
    [InlineData("""{"model":"m","messages":[]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":0,"messages":[]}""", "max_tokens: Input should be greater than or equal to 1")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[]}""", "messages: at least one message is required")]
    public async Task Read_MissingField_Refuses(string body, string message) => await AssertRefusedAsync(body, message);

    [Theory]
    [InlineData("""{"role":"assistant","content":"hi"}""", "first message must use the \"user\" role")]
    [InlineData("""{"role":"system","content":"hi"}""", "messages.0.role: Input should be 'user' or 'assistant'")]
    [InlineData("""{"role":"user","content":""}""", "messages.0: all messages must have non-empty content")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":""}]}""", "text content blocks must be non-empty")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":" "}]}""", "must contain non-whitespace text")]
    [InlineData(User + """,{"role":"assistant","content":"hi"}""", "The conversation must end with a user message.")]
    [InlineData("""{"role":"user","content":[""" + Result + "]}", "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1.")]
    [InlineData(User + """,{"role":"assistant","content":[""" + Use + "]}," + User, "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.")]
    [InlineData(User + """,{"role":"assistant","content":[""" + Use + """]},{"role":"user","content":[""" + Text + "," + Result + "]}", "without `tool_result` blocks immediately after: t1.")]
    [InlineData(User + """,{"role":"assistant","content":[""" + Use + "," + Use + """]},{"role":"user","content":[""" + Result + "]}", "`tool_use` ids must be unique")]
    [InlineData(User + """,{"role":"assistant","content":[""" + Use + """]},{"role":"user","content":[""" + Result + "," + Result + "]}", "each tool_use must have a single result")]
    [InlineData(User + """,{"role":"assistant","content":[{"type":"tool_use","id":"a b","name":"a","input":{}}]},""" + User, "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")]
    [InlineData(User + """,{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"a","input":"x"}]},""" + User, "tool_use.input: Input should be a valid dictionary")]
    [InlineData(User + """,{"role":"assistant","content":[""" + Use + """]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true}]}""", "content cannot be empty if `is_error` is true")]
    public async Task Read_WrongMessages_Refuses(string messages, string message) => await AssertRefusedAsync(Body(messages), message);

    [Fact]
    public async Task Read_CallsWithoutTools_Refuses() =>
        await AssertRefusedAsync(
            Body(User + """,{"role":"assistant","content":[""" + Use + """]},{"role":"user","content":[""" + Result + "]}").Replace("\"tools\"", "\"mcp_servers\"", StringComparison.Ordinal),
            "must define tools");

    [Theory]
    [InlineData("""{"name":"a b","input_schema":{"type":"object"}}""", "tools.0.custom.name")]
    [InlineData("""{"name":"a"}""", "tools.0.custom.input_schema: Field required")]
    [InlineData("""{"name":"a","input_schema":{"type":"object"}},{"name":"a","input_schema":{"type":"object"}}""", "Tool names must be unique")]
    public async Task Read_WrongTool_Refuses(string tools, string message) =>
        await AssertRefusedAsync($$"""{"model":"m","max_tokens":9,"messages":[{{User}}],"tools":[{{tools}}]}""", message);

    [Theory]
    [InlineData("\"n\":1", "n: Extra inputs are not permitted")]
    [InlineData("\"stream\":\"yes\"", "stream: Input should be a valid boolean")]
    [InlineData("\"temperature\":\"hot\"", "temperature: Input should be a valid number")]
    [InlineData("\"temperature\":1.5", "temperature: range: 0..1")]
    [InlineData("\"top_k\":1.5", "top_k: Input should be a valid integer")]
    [InlineData("\"metadata\":{\"user\":\"u\"}", "metadata.user: Extra inputs are not permitted")]
    [InlineData("\"thinking\":{}", "thinking.type: Field required")]
    [InlineData("\"thinking\":{\"type\":\"on\"}", "thinking: Input tag 'on' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'")]
    [InlineData("\"thinking\":{\"type\":\"enabled\"}", "thinking.enabled.budget_tokens: Field required")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":9}", "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}", "`max_tokens` must be greater than `thinking.budget_tokens`.")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\",\"budget_tokens\":2048}", "thinking.adaptive.budget_tokens: Extra inputs are not permitted")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},\"temperature\":0.5", "`temperature` may only be set to 1 when thinking is enabled")]
    [InlineData("\"tool_choice\":\"auto\"", "tool_choice: Input should be an object")]
    [InlineData("\"tool_choice\":{\"type\":\"required\"}", "tool_choice: Input tag 'required' found using 'type'")]
    [InlineData("\"tool_choice\":{\"type\":\"none\"}", "tool_choice may only be specified while providing tools.")]
    public async Task Read_WrongSetting_Refuses(string setting, string message) =>
        await AssertRefusedAsync($$"""{"model":"m","max_tokens":1024,"messages":[{{User}}],{{setting}}}""", message);

    [Theory]
    [InlineData("temperature")]
    [InlineData("top_p")]
    [InlineData("top_k")]
    public async Task Read_SamplingSince2026_Refuses(string name)
    {
        await using var client = await StartAsync(anthropicVersion: "2026-10-21");

        var refused = await client.RefusedAsync(EmulatedApi.Anthropic, $$"""{"model":"m","max_tokens":9,"messages":[{{User}}],"{{name}}":1}""");

        Assert.Equal((400, $"{name}: Extra inputs are not permitted"), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task Read_DocumentedSettings_Answers()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(
            EmulatedApi.Anthropic,
            body: Body(User).Replace(
                "\"max_tokens\":9",
                """
                "max_tokens":4096,"system":[{"type":"text","text":"s"}],"temperature":1,"top_p":0.9,"top_k":5,"stop_sequences":["x"],"metadata":{"user_id":"u"},
                "thinking":{"type":"enabled","budget_tokens":1024,"display":"omitted"},"tool_choice":{"type":"auto","disable_parallel_tool_use":true},
                "service_tier":"auto","output_config":{"effort":"low"},"container":null,"cache_control":{"type":"ephemeral"}
                """,
                StringComparison.Ordinal));

        Assert.Equal("message_stop", Path(events[^1], "type"));
    }

    [Fact]
    public async Task Read_ResultsThenText_Answers()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(
            EmulatedApi.Anthropic,
            body: Body(User + """,{"role":"assistant","content":[""" + Text + "," + Use + """]},{"role":"user","content":[""" + Result + "," + Text + "]}"));

        Assert.Equal("message_stop", Path(events[^1], "type"));
    }

    private static string Body(string messages) =>
        $$$"""{"model":"m","max_tokens":9,"stream":true,"messages":[{{{messages}}}],"tools":[{"name":"a","input_schema":{"type":"object"}}]}""";

    private static async Task AssertRefusedAsync(string body, string message)
    {
        await using var client = await StartAsync();

        var refused = await client.RefusedAsync(EmulatedApi.Anthropic, body);

        Assert.Equal(400, refused.Status);
        Assert.Contains(message, refused.Message);
        Assert.Equal("invalid_request_error", Path(refused.Body, "error", "type"));
        Assert.StartsWith("req_", Path(refused.Body, "request_id"));
    }
}
