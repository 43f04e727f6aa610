using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging;
using static Convonet.Tests.Models.Claude.ClaudeWire;

namespace Convonet.Tests.Models.Claude;

public sealed class ClaudeChatModelTests
{
    [Fact]
    public async Task StreamAsync_Text_YieldsEachDeltaThenUsageAndStop()
    {
        var model = Model(Start, """{"type":"ping"}""", TextStart(0), Text(0, "Grüezi "), Text(0, "mitenand 👋"), BlockStop(0), End("end_turn"), Stop);

        var updates = await model.AskAsync(ModelCalls.Hello);

        Assert.Equal(
            [
                new ModelUpdate.Usage(135, 1, 100, 10),
                new ModelUpdate.TextDelta("Grüezi "),
                new ModelUpdate.TextDelta("mitenand 👋"),
                new ModelUpdate.Usage(135, 42, 100, 10),
                new ModelUpdate.Completed(FinishReason.Stop, "end_turn"),
            ],
            updates);
    }

    [Fact]
    public async Task StreamAsync_ParallelCalls_EachIsReadyAtTheEndOfItsOwnBlock()
    {
        var model = Model(
            Start,
            TextStart(0),
            Text(0, "Let me look."),
            BlockStop(0),
            ToolStart(1, "get_weather"),
            PartialJson(1, ""),
            PartialJson(1, """{"city": """),
            PartialJson(1, "\"Bern\"}"),
            BlockStop(1),
            ToolStart(2, "get_weather"),
            PartialJson(2, """{"city":"Genf"}"""),
            BlockStop(2),
            End("tool_use"),
            Stop);

        var updates = await model.AskAsync(ModelCalls.WithTools);

        Assert.Equal(
            ["text:Let me look.", "start:0:get_weather", "args:0", "args:0", "ready:0", "start:1:get_weather", "args:1", "ready:1", "end:ToolCalls"],
            updates.Script());
        Assert.Equal(
            [new("call_1_0_0", "get_weather", """{"city": "Bern"}"""), new("call_1_0_1", "get_weather", """{"city":"Genf"}""")],
            updates.ReadyCalls());
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_BodyInSingleBytes_YieldsBeforeTheRestIsSent()
    {
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var body = new PiecewiseStream()
            .Text(Sse(Start, TextStart(0), Text(0, "Für "), ToolStart(1, "get_time"), PartialJson(1, "{}"), BlockStop(1)), pieceSize: 1)
            .Wait(rest.Task)
            .Text(Sse(TextStart(2), Text(2, "später"), BlockStop(2), End("tool_use"), Stop), pieceSize: 1);
        var model = Model(CannedHttpHandler.Streaming(body));

        var seen = new List<ModelUpdate>();
        await foreach (var update in model.StreamAsync(ModelCalls.WithTools, TestContext.Current.CancellationToken))
        {
            seen.Add(update);
            if (update is ModelUpdate.ToolCallReady)
            {
                rest.SetResult();
            }
        }

        Assert.Equal(["text:Für ", "start:0:get_time", "args:0", "ready:0", "text:später", "end:ToolCalls"], seen.Script());
    }

    [Theory]
    [InlineData("end_turn", FinishReason.Stop)]
    [InlineData("stop_sequence", FinishReason.Stop)]
    [InlineData("pause_turn", FinishReason.Stop)]
    [InlineData("a_reason_of_tomorrow", FinishReason.Stop)]
    [InlineData("max_tokens", FinishReason.MaxTokens)]
    [InlineData("model_context_window_exceeded", FinishReason.MaxTokens)]
    [InlineData("refusal", FinishReason.Blocked)]
    public async Task StreamAsync_StopReason_IsMapped(string reason, FinishReason expected)
    {
        var model = Model(Start, TextStart(0), Text(0, "Hm"), BlockStop(0), End(reason), Stop);

        var updates = await model.AskAsync(ModelCalls.Hello);

        Assert.Equal(new ModelUpdate.Completed(expected, reason), updates[^1]);
    }

    [Theory]
    [InlineData("max_tokens", FinishReason.MaxTokens)]
    [InlineData("refusal", FinishReason.Blocked)]
    public async Task StreamAsync_CutInsideTheSecondCall_OnlyTheFirstIsReady(string reason, FinishReason expected)
    {
        var model = Model(
            Start,
            ToolStart(0, "get_weather"),
            PartialJson(0, """{"city":"Bern"}"""),
            BlockStop(0),
            ToolStart(1, "get_weather"),
            PartialJson(1, """{"city":"Ge"""),
            BlockStop(1),
            End(reason),
            Stop);

        var updates = await model.AskAsync(ModelCalls.WithTools);

        Assert.Equal("call_1_0_0", Assert.Single(updates.ReadyCalls()).Id);
        Assert.Equal(new ModelUpdate.Completed(expected, reason), updates[^1]);
    }

    [Fact]
    public async Task StreamAsync_BrokenArgumentsOfAFinishedCall_AreReadyAsTheyWereWritten()
    {
        var model = Model(Start, ToolStart(0, "get_weather"), PartialJson(0, """{"city":"""), BlockStop(0), End("tool_use"), Stop);

        var updates = await model.AskAsync(ModelCalls.WithTools);

        Assert.Equal("""{"city":""", Assert.Single(updates.ReadyCalls()).Arguments);
    }

    [Fact]
    public async Task StreamAsync_CallWithoutArguments_IsReadyWhenTheModelGoesOn()
    {
        var model = Model(Start, ToolStart(0, "get_time"), PartialJson(0, ""), BlockStop(0), TextStart(1), Text(1, "Soon."), BlockStop(1), End("tool_use"), Stop);

        var updates = await model.AskAsync(ModelCalls.WithTools);

        Assert.Equal(["start:0:get_time", "ready:0", "text:Soon.", "end:ToolCalls"], updates.Script());
        Assert.Equal("", Assert.Single(updates.ReadyCalls()).Arguments);
    }

    [Fact]
    public async Task StreamAsync_InputInTheBlocksStart_IsKept()
    {
        var model = Model(
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Bern"}}}""",
            BlockStop(0),
            End("tool_use"),
            Stop);

        var updates = await model.AskAsync(ModelCalls.WithTools);

        Assert.Equal("""{"city":"Bern"}""", Assert.Single(updates.ReadyCalls()).Arguments);
    }

    [Fact]
    public async Task StreamAsync_Thinking_IsKeptAsProviderDataAndNeverAsText()
    {
        var model = Model(
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me "}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"see."}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig=="}}""",
            BlockStop(0),
            """{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"xyz"}}""",
            BlockStop(1),
            TextStart(2),
            Text(2, "Yes."),
            BlockStop(2),
            End("end_turn"),
            Stop);

        var updates = await model.AskAsync(ModelCalls.Hello);

        Assert.Equal("Yes.", updates.Text());
        var data = updates.OfType<ModelUpdate.TextDelta>().Where(delta => delta.ProviderData is not null).Select(delta => delta.ProviderData!).ToList();
        Assert.Equal(2, data.Count);
        Assert.All(data, one => Assert.Equal("claude", one.Provider));
        ModelCalls.AssertJson("""{"type":"thinking","thinking":"Let me see.","signature":"sig=="}""", System.Text.Json.Nodes.JsonNode.Parse(data[0].Json)!);
        ModelCalls.AssertJson("""{"type":"redacted_thinking","data":"xyz"}""", System.Text.Json.Nodes.JsonNode.Parse(data[1].Json)!);
    }

    [Fact]
    public async Task StreamAsync_UnknownEventsAndDeltas_AreIgnored()
    {
        var model = Model(
            Start,
            """{"type":"message_mood","mood":"fine"}""",
            TextStart(0),
            """{"type":"content_block_delta","index":0,"delta":{"type":"emoji_delta","emoji":"x"}}""",
            Text(0, "Hi"),
            BlockStop(0),
            End("end_turn"),
            Stop);

        var updates = await model.AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:Hi", "end:Stop"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_Call_LogsOneLine()
    {
        var logger = new ListLogger<ClaudeChatModel>();
        var model = new ClaudeChatModel(CannedHttpHandler.Streaming(Sse(Start, Stop)).Client(), new ClaudeOptions(), logger);

        await model.AskAsync(ModelCalls.Hello);

        var (level, text, _) = Assert.Single(logger.Lines);
        Assert.Equal((LogLevel.Information, "📡 Streaming Claude response..."), (level, text));
    }
}
