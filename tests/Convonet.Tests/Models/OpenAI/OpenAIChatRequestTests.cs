using Convonet.Models;
using Convonet.Models.OpenAI;
using Convonet.Tests.Fakes;
using static Convonet.Tests.Models.OpenAI.OpenAIChatWire;

namespace Convonet.Tests.Models.OpenAI;

public sealed class OpenAIChatRequestTests
{
    [Fact]
    public async Task StreamAsync_MixedHistoryAndTools_SendsExactlyThis()
    {
        var request = new ModelRequest("call_2_0", "Be brief.", ModelCalls.MixedHistory, [ModelCalls.Weather, ModelCalls.Time], ToolChoice.None);

        var handler = await SendAsync(request);

        ModelCalls.AssertJson(
            """
            {
              "model": "gpt-6-luna", "max_completion_tokens": 4096, "reasoning_effort": "none",
              "stream": true, "stream_options": {"include_usage": true},
              "tool_choice": "none",
              "tools": [
                {"type": "function", "function": {"name": "get_weather", "description": "Tells the weather.", "strict": false,
                 "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}},
                {"type": "function", "function": {"name": "get_time", "strict": false, "parameters": {"type": "object", "properties": {}}}}
              ],
              "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Weather and time?"},
                {"role": "assistant", "content": "One moment. ", "tool_calls": [
                  {"id": "call_1_0_0", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\": \"Zürich\"}"}},
                  {"id": "call_1_0_1", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}
                ]},
                {"role": "tool", "tool_call_id": "call_1_0_0", "content": "sunny"},
                {"role": "tool", "tool_call_id": "call_1_0_1", "content": "Error: The arguments are not valid JSON."},
                {"role": "assistant", "content": "It is sunny. "},
                {"role": "user", "content": "Thanks"}
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
        var handler = await SendAsync(ModelCalls.Hello, new OpenAIOptions { ApiKey = key, BaseAddress = new Uri("http://localhost:11434/v1/") });

        var (method, uri, headers, _, _) = Assert.Single(handler.Requests);
        Assert.Equal(HttpMethod.Post, method);
        Assert.Equal("http://localhost:11434/v1/chat/completions", uri.AbsoluteUri);
        Assert.Equal("Bearer key-1", headers.Authorization?.ToString());
    }

    [Fact]
    public async Task StreamAsync_NothingButAQuestion_LeavesOutWhatIsEmpty()
    {
        var request = ModelCalls.Hello with { ToolChoice = ToolChoice.None, History = [new HistoryItem.UserMessage("Hi"), new HistoryItem.AssistantMessage([]), new HistoryItem.UserMessage("Hello")] };

        var handler = await SendAsync(request, new OpenAIOptions { Model = "llama", MaxOutputTokens = 100, Temperature = 0.5 });

        ModelCalls.AssertJson(
            """
            {"model": "llama", "max_completion_tokens": 100, "temperature": 0.5, "stream": true, "stream_options": {"include_usage": true},
             "messages": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Hello"}]}
            """,
            handler.Body);
    }

    [Theory]
    [InlineData("https://api.openai.com/v1", "max_completion_tokens", "max_tokens")]
    [InlineData("https://eu.api.openai.com/v1", "max_completion_tokens", "max_tokens")]
    [InlineData("https://mine.openai.azure.com/openai/v1", "max_completion_tokens", "max_tokens")]
    [InlineData("https://api.mistral.ai/v1", "max_tokens", "max_completion_tokens")]
    [InlineData("http://localhost:11434/v1", "max_tokens", "max_completion_tokens")]
    [InlineData("https://api.openai.com.example/v1", "max_tokens", "max_completion_tokens")]
    public async Task StreamAsync_Limit_HasTheNameThatTheServerKnows(string address, string sent, string leftOut)
    {
        var handler = await SendAsync(ModelCalls.Hello, new OpenAIOptions { BaseAddress = new Uri(address), MaxOutputTokens = 100 });

        Assert.Equal(100, (int?)handler.Body[sent]);
        Assert.False(handler.Body.AsObject().ContainsKey(leftOut));
    }

    [Fact]
    public async Task StreamAsync_CallsWithoutText_SendNoContent()
    {
        IReadOnlyList<HistoryItem> history = [new HistoryItem.UserMessage("Time?"), new HistoryItem.AssistantMessage([new AssistantPart.ToolUse(new("c_0", "get_time", ""))])];

        var handler = await SendAsync(ModelCalls.Hello with { History = history });

        ModelCalls.AssertJson(
            """{"role": "assistant", "tool_calls": [{"id": "c_0", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]}""",
            handler.Body["messages"]![1]!);
    }

    private static async Task<CannedHttpHandler> SendAsync(ModelRequest request, OpenAIOptions? options = null)
    {
        var handler = CannedHttpHandler.Streaming(Sse(Finish("stop"), Done));
        await Model(handler, options).AskAsync(request);
        return handler;
    }
}
