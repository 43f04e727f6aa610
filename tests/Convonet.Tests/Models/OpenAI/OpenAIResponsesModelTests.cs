using Convonet.Models;
using Convonet.Models.OpenAI;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging;
using static Convonet.Tests.Models.OpenAI.OpenAIResponsesWire;

namespace Convonet.Tests.Models.OpenAI;

public sealed class OpenAIResponsesModelTests
{
    /// <summary>Providers do not promise that an event comes once, and only one of them numbers its events: what comes twice is text twice.</summary>
    [Fact]
    public async Task StreamAsync_TheSameDeltaTwice_IsTextTwice()
    {
        var updates = await Model(Created, MessageAdded, Text("so "), Text("so "), Text("good"), Completed).AskAsync(ModelCalls.Hello);

        Assert.Equal("so so good", updates.Text());
    }

    [Fact]
    public async Task StreamAsync_Text_YieldsEachDeltaThenUsageAndStop()
    {
        var updates = await Model(Created, MessageAdded, Text("Grüezi "), Text("mitenand 👋"), Completed).AskAsync(ModelCalls.Hello);

        Assert.Equal(
            [
                new ModelUpdate.TextDelta("Grüezi "),
                new ModelUpdate.TextDelta("mitenand 👋"),
                new ModelUpdate.Usage(20, 7, 5),
                new ModelUpdate.Completed(FinishReason.Stop, "completed"),
            ],
            updates);
    }

    [Fact]
    public async Task StreamAsync_ParallelCalls_EachIsReadyAtItsOwnEnd()
    {
        var updates = await Model(
            Created,
            CallAdded(0, "get_weather"),
            ArgumentsDelta(0, """{"city": """),
            ArgumentsDelta(0, "\"Bern\"}"),
            ArgumentsDone(0, """{"city": "Bern"}"""),
            CallDone(0, "get_weather", """{"city": "Bern"}"""),
            CallAdded(1, "get_weather"),
            ArgumentsDelta(1, """{"city":"Genf"}"""),
            ArgumentsDone(1, """{"city":"Genf"}"""),
            CallDone(1, "get_weather", """{"city":"Genf"}"""),
            Completed).AskAsync(ModelCalls.WithTools);

        Assert.Equal(
            ["start:0:get_weather", "args:0", "args:0", "ready:0", "start:1:get_weather", "args:1", "ready:1", "end:ToolCalls"],
            updates.Script());
        Assert.Equal(
            [new("call_1_0_0", "get_weather", """{"city": "Bern"}"""), new("call_1_0_1", "get_weather", """{"city":"Genf"}""")],
            updates.ReadyCalls());
    }

    [Fact]
    public async Task StreamAsync_WholeItemsOnly_AreCallsAllTheSame()
    {
        var updates = await Model(Created, CallDone(0, "get_time", "{}"), CallDone(0, "get_time", "{}"), Completed).AskAsync(ModelCalls.WithTools);

        Assert.Equal(["start:0:get_time", "args:0", "ready:0", "start:1:get_time", "args:1", "ready:1", "end:ToolCalls"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_NoArgumentDeltas_TakesThemFromTheEnd()
    {
        var updates = await Model(Created, CallAdded(0, "get_time"), ArgumentsDone(0, "{}"), CallDone(0, "get_time", "{}"), Completed).AskAsync(ModelCalls.WithTools);

        Assert.Equal(["start:0:get_time", "args:0", "ready:0", "end:ToolCalls"], updates.Script());
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_BodyInSingleBytes_YieldsBeforeTheRestIsSent()
    {
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var body = new PiecewiseStream()
            .Text(Sse(Created, MessageAdded, Text("Für "), CallAdded(1, "get_time"), ArgumentsDelta(1, "{}"), ArgumentsDone(1, "{}")), pieceSize: 1)
            .Wait(rest.Task)
            .Text(Sse(CallDone(1, "get_time", "{}"), Completed), pieceSize: 1);

        var seen = new List<ModelUpdate>();
        await foreach (var update in Model(CannedHttpHandler.Streaming(body)).StreamAsync(ModelCalls.WithTools, TestContext.Current.CancellationToken))
        {
            seen.Add(update);
            if (update is ModelUpdate.ToolCallReady)
            {
                rest.SetResult();
            }
        }

        Assert.Equal(["text:Für ", "start:0:get_time", "args:0", "ready:0", "end:ToolCalls"], seen.Script());
    }

    [Theory]
    [InlineData("max_output_tokens", FinishReason.MaxTokens)]
    [InlineData("content_filter", FinishReason.Blocked)]
    public async Task StreamAsync_Incomplete_IsMappedAndTheCutCallDropped(string reason, FinishReason expected)
    {
        var updates = await Model(
            Created,
            CallAdded(0, "get_time"),
            CallDone(0, "get_time", "{}"),
            CallAdded(1, "get_weather"),
            ArgumentsDelta(1, """{"city":"Ge"""),
            ArgumentsDone(1, """{"city":"Ge"""),
            CallDone(1, "get_weather", """{"city":"Ge""", "incomplete"),
            Incomplete(reason)).AskAsync(ModelCalls.WithTools);

        Assert.Equal("call_1_0_0", Assert.Single(updates.ReadyCalls()).Id);
        Assert.Equal(new ModelUpdate.Completed(expected, reason), updates[^1]);
    }

    [Fact]
    public async Task StreamAsync_Refusal_IsTextThenBlocked()
    {
        var updates = await Model(Created, MessageAdded, Refusal("I cannot "), Refusal("do that."), Completed).AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:I cannot ", "text:do that.", "end:Blocked"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_UnknownEventsAndItems_AreIgnored()
    {
        var updates = await Model(
            Created,
            """{"type":"response.mood","mood":"fine"}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}""",
            """{"type":"response.output_item.added","output_index":1,"item":{"id":"x_1","type":"an_item_of_tomorrow"}}""",
            Text("Hi"),
            Completed).AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:Hi", "end:Stop"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_MixedHistoryAndTools_SendsExactlyThis()
    {
        var handler = CannedHttpHandler.Streaming(Sse(Created, Completed));
        var request = new ModelRequest("call_2_0", "Be brief.", ModelCalls.MixedHistory, [ModelCalls.Weather, ModelCalls.Time], ToolChoice.None);

        await Model(handler).AskAsync(request);

        ModelCalls.AssertJson(
            """
            {
              "model": "gpt-6-luna", "max_output_tokens": 4096, "reasoning": {"effort": "none"}, "stream": true, "store": false,
              "tool_choice": "none",
              "tools": [
                {"type": "function", "name": "get_weather", "description": "Tells the weather.", "strict": false,
                 "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
                {"type": "function", "name": "get_time", "strict": false, "parameters": {"type": "object", "properties": {}}}
              ],
              "input": [
                {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Be brief.", "prompt_cache_breakpoint": {"mode": "explicit"}}]},
                {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Weather and time?", "prompt_cache_breakpoint": {"mode": "explicit"}}]},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "One moment. ", "annotations": []}]},
                {"type": "function_call", "call_id": "call_1_0_0", "name": "get_weather", "arguments": "{\"city\": \"Zürich\"}"},
                {"type": "function_call", "call_id": "call_1_0_1", "name": "get_time", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "call_1_0_0", "output": "sunny"},
                {"type": "function_call_output", "call_id": "call_1_0_1", "output": "Error: The arguments are not valid JSON."},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is sunny.", "annotations": []}]},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": " ", "annotations": []}]},
                {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Thanks"}]}
              ]
            }
            """,
            handler.Body);
        Assert.Equal("https://api.openai.com/v1/responses", handler.Requests[0].Uri.AbsoluteUri);
    }

    [Fact]
    public async Task StreamAsync_Call_LogsOneLine()
    {
        var logger = new ListLogger<OpenAIResponsesModel>();
        var model = new OpenAIResponsesModel(CannedHttpHandler.Streaming(Sse(Created, Completed)).Client(), new OpenAIOptions(), logger);

        await model.AskAsync(ModelCalls.Hello);

        var (level, text, _) = Assert.Single(logger.Lines);
        Assert.Equal((LogLevel.Information, "📡 Streaming OpenAI response..."), (level, text));
    }
}
