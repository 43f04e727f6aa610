using System.Text.Json.Nodes;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using static Convonet.Tests.Models.Claude.ClaudeWire;

namespace Convonet.Tests.Models.Claude;

public sealed class ClaudeRequestTests
{
    private static readonly ProviderData Thinking = new("claude", """{"type":"thinking","thinking":"Hm","signature":"s"}""");

    [Fact]
    public async Task StreamAsync_MixedHistoryAndTools_SendsExactlyThis()
    {
        var request = new ModelRequest("call_2_0", "Be brief.", ModelCalls.MixedHistory, [ModelCalls.Weather, ModelCalls.Time], ToolChoice.None);

        var handler = await SendAsync(request);

        ModelCalls.AssertJson(
            """
            {
              "model": "claude-haiku-5-5", "max_tokens": 4096, "stream": true, "thinking": {"type": "disabled"},
              "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
              "tool_choice": {"type": "none"},
              "tools": [
                {"name": "get_weather", "description": "Tells the weather.",
                 "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
                {"name": "get_time", "input_schema": {"type": "object", "properties": {}}, "cache_control": {"type": "ephemeral"}}
              ],
              "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Weather and time?"}]},
                {"role": "assistant", "content": [
                  {"type": "text", "text": "One moment. "},
                  {"type": "tool_use", "id": "call_1_0_0", "name": "get_weather", "input": {"city": "Zürich"}},
                  {"type": "tool_use", "id": "call_1_0_1", "name": "get_time", "input": {}}
                ]},
                {"role": "user", "content": [
                  {"type": "tool_result", "tool_use_id": "call_1_0_0", "content": "sunny"},
                  {"type": "tool_result", "tool_use_id": "call_1_0_1", "is_error": true, "content": "The arguments are not valid JSON."}
                ]},
                {"role": "assistant", "content": [{"type": "text", "text": "It is sunny.", "cache_control": {"type": "ephemeral"}}]},
                {"role": "user", "content": [{"type": "text", "text": "Thanks"}]}
              ]
            }
            """,
            handler.Body);
    }

    [Theory]
    [InlineData("key-1")]
    [InlineData(" key-1\r\n")]
    public async Task StreamAsync_Request_GoesToTheAddressWithTheKey(string key)
    {
        var handler = await SendAsync(ModelCalls.Hello, new ClaudeOptions { ApiKey = key, BaseAddress = new Uri("http://localhost:4010/claude/") });

        var (method, uri, headers, _, _) = Assert.Single(handler.Requests);
        Assert.Equal(HttpMethod.Post, method);
        Assert.Equal("http://localhost:4010/claude/v1/messages", uri.AbsoluteUri);
        Assert.Equal("Bearer key-1", headers.Authorization?.ToString());
        Assert.Equal("2026-10-21", Assert.Single(headers.GetValues("anthropic-version"))); // the SDK's, whose events are read
    }

    [Fact]
    public async Task StreamAsync_NothingButAQuestion_LeavesOutWhatIsEmpty()
    {
        var handler = await SendAsync(ModelCalls.Hello with { ToolChoice = ToolChoice.None }, new ClaudeOptions { Model = "claude-haiku-4-5", MaxOutputTokens = 100 });

        ModelCalls.AssertJson(
            """
            {"model": "claude-haiku-4-5", "max_tokens": 100, "stream": true,
             "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]}
            """,
            handler.Body);
    }

    [Theory]
    [InlineData(ClaudeOptions.DefaultModel, null, """{"type":"disabled"}""")]
    [InlineData(ClaudeOptions.DefaultModel, "adaptive", """{"type":"adaptive"}""")]
    [InlineData("claude-haiku-4-5", "disabled", """{"type":"disabled"}""")]
    [InlineData("claude-opus-5-5", null, null)]
    public async Task StreamAsync_Thinking_FollowsTheOptions(string name, string? thinking, string? expected)
    {
        var handler = await SendAsync(ModelCalls.Hello, new ClaudeOptions { Model = name, Thinking = thinking });

        Assert.Equal(expected, handler.Body["thinking"]?.ToJsonString());
    }

    [Fact]
    public async Task StreamAsync_HistoryThatBeginsWithTheAssistant_GetsAUserMessageBeforeIt()
    {
        IReadOnlyList<HistoryItem> history = [new HistoryItem.AssistantMessage([new AssistantPart.Text("Welcome!")]), new HistoryItem.UserMessage("Hi")];

        var handler = await SendAsync(ModelCalls.Hello with { History = history });

        Assert.Equal(["user", "assistant", "user"], handler.Body["messages"]!.AsArray().Select(message => (string)message!["role"]!));
    }

    [Fact]
    public async Task StreamAsync_TurnThatBrokeOff_JoinsTheUsersMessagesBehindTheResults()
    {
        IReadOnlyList<HistoryItem> history =
        [
            new HistoryItem.UserMessage("Weather?"),
            new HistoryItem.AssistantMessage([new AssistantPart.ToolUse(new ToolCall("c_0", "get_weather", ""))]),
            new HistoryItem.ToolResults([new ToolResult("c_0", "get_weather", ToolOutcome.Ok, "", TimeSpan.Zero)]),
            new HistoryItem.AssistantMessage([]),
            new HistoryItem.UserMessage("Hello?"),
        ];

        var handler = await SendAsync(ModelCalls.Hello with { History = history });

        ModelCalls.AssertJson(
            """{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c_0", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "Hello?"}]}""",
            handler.Body["messages"]![2]!);
    }

    [Theory]
    [InlineData("Be brief.", """[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]""")]
    [InlineData(" \n", null)]
    public async Task StreamAsync_SystemPrompt_IsCached(string prompt, string? expected)
    {
        var handler = await SendAsync(ModelCalls.Hello with { SystemPrompt = prompt });

        Assert.Equal(expected is null ? null : JsonNode.Parse(expected)!.ToJsonString(), handler.Body["system"]?.ToJsonString());
    }

    [Fact]
    public async Task StreamAsync_ThinkingOfTheRunningTurn_GoesBackBeforeWhatItLedTo()
    {
        IReadOnlyList<HistoryItem> history =
        [
            new HistoryItem.UserMessage("Time?"),
            new HistoryItem.AssistantMessage([new AssistantPart.Text("", Thinking), new AssistantPart.ToolUse(new ToolCall("c_0", "get_time", ""))]),
            new HistoryItem.ToolResults([new ToolResult("c_0", "get_time", ToolOutcome.Ok, "noon", TimeSpan.Zero)]),
        ];

        var handler = await SendAsync(ModelCalls.Hello with { History = history });

        ModelCalls.AssertJson(
            """[{"type": "thinking", "thinking": "Hm", "signature": "s"}, {"type": "tool_use", "id": "c_0", "name": "get_time", "input": {}}]""",
            handler.Body["messages"]![1]!["content"]!);
    }

    [Fact]
    public async Task StreamAsync_ThinkingOfEarlierTurns_IsLeftOut()
    {
        IReadOnlyList<HistoryItem> history =
        [
            new HistoryItem.UserMessage("Hi"),
            new HistoryItem.AssistantMessage([new AssistantPart.Text("Yes.", Thinking)]),
            new HistoryItem.UserMessage("So?"),
        ];

        var handler = await SendAsync(ModelCalls.Hello with { History = history });

        ModelCalls.AssertJson("""[{"type": "text", "text": "Yes.", "cache_control": {"type": "ephemeral"}}]""", handler.Body["messages"]![1]!["content"]!);
    }

    [Fact]
    public async Task StreamAsync_ThinkingThatLedToNothing_IsLeftOut()
    {
        IReadOnlyList<HistoryItem> history =
        [
            new HistoryItem.UserMessage("Time?"),
            new HistoryItem.AssistantMessage([new AssistantPart.ToolUse(new ToolCall("c_0", "get_time", "")), new AssistantPart.Text("", Thinking)]),
            new HistoryItem.ToolResults([new ToolResult("c_0", "get_time", ToolOutcome.Ok, "noon", TimeSpan.Zero)]),
            new HistoryItem.AssistantMessage([new AssistantPart.Text(" ", Thinking)]),
        ];

        var handler = await SendAsync(ModelCalls.Hello with { History = history });

        Assert.DoesNotContain("thinking", handler.Body["messages"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["user", "assistant", "user"], handler.Body["messages"]!.AsArray().Select(message => (string)message!["role"]!));
    }

    private static async Task<CannedHttpHandler> SendAsync(ModelRequest request, ClaudeOptions? options = null)
    {
        var handler = CannedHttpHandler.Streaming(Sse(Start, End("end_turn"), Stop));
        await Model(handler, options).AskAsync(request);
        return handler;
    }
}
