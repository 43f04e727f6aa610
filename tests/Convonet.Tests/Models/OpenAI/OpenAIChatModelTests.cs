using Convonet.Models;
using Convonet.Models.OpenAI;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging;
using static Convonet.Tests.Models.OpenAI.OpenAIChatWire;

namespace Convonet.Tests.Models.OpenAI;

public sealed class OpenAIChatModelTests
{
    [Fact]
    public async Task StreamAsync_Text_YieldsEachDeltaThenUsageAndStop()
    {
        var updates = await Model(Text(""), Text("Grüezi "), Text("mitenand 👋"), Finish("stop"), Usage, Done).AskAsync(ModelCalls.Hello);

        Assert.Equal(
            [
                new ModelUpdate.TextDelta("Grüezi "),
                new ModelUpdate.TextDelta("mitenand 👋"),
                new ModelUpdate.Usage(20, 7, 5),
                new ModelUpdate.Completed(FinishReason.Stop, "stop"),
            ],
            updates);
    }

    [Theory]
    [InlineData(""","cache_write_tokens":11""", 11)]
    [InlineData(""","cache_write_tokens":0""", 0)]
    [InlineData(""","cache_write_tokens":null""", 0)]
    [InlineData("", 0)]
    public async Task StreamAsync_Usage_TellsWhatWasPutIntoTheCache(string told, int kept)
    {
        var usage = Usage.Replace("\"cached_tokens\":5", "\"cached_tokens\":5" + told, StringComparison.Ordinal);

        var updates = await Model(Text("a"), Finish("stop"), usage, Done).AskAsync(ModelCalls.Hello);

        Assert.Equal(new ModelUpdate.Usage(20, 7, 5, kept), Assert.Single(updates.OfType<ModelUpdate.Usage>()));
    }

    [Fact]
    public async Task StreamAsync_ParallelCalls_EachIsReadyWhenTheNextBeginsOrTheStepEnds()
    {
        var updates = await Model(
            Call(0, "a", "get_weather", ""),
            Call(0, null, null, """{"city": """),
            Call(0, null, null, "\"Bern\"}"),
            Call(1, "b", "get_weather", ""),
            Call(1, null, null, """{"city":"Genf"}"""),
            Finish("tool_calls"),
            Usage,
            Done).AskAsync(ModelCalls.WithTools);

        Assert.Equal(
            ["start:0:get_weather", "args:0", "args:0", "ready:0", "start:1:get_weather", "args:1", "ready:1", "end:ToolCalls"],
            updates.Script());
        Assert.Equal(
            [new("call_1_0_0", "get_weather", """{"city": "Bern"}"""), new("call_1_0_1", "get_weather", """{"city":"Genf"}""")],
            updates.ReadyCalls());
    }

    [Fact]
    public async Task StreamAsync_InterleavedCalls_AreKeptApartAndHeldUntilTheyAreWhole()
    {
        var updates = await Model(
            Call(0, "a", "get_weather", ""),
            Call(1, "b", "get_weather", ""),
            Call(0, null, null, """{"city":"""),
            Call(1, null, null, """{"city":"""),
            Call(0, null, null, "\"Bern\"}"),
            Call(1, null, null, "\"Genf\"}"),
            Finish("tool_calls"),
            Done).AskAsync(ModelCalls.WithTools);

        Assert.Equal(
            ["start:0:get_weather", "start:1:get_weather", "args:0", "args:1", "args:0", "ready:0", "args:1", "ready:1", "end:ToolCalls"],
            updates.Script());
        Assert.Equal(["""{"city":"Bern"}""", """{"city":"Genf"}"""], updates.ReadyCalls().Select(call => call.Arguments));
    }

    public static TheoryData<string[]> CarelessServers => new()
    {
        // no ids, equal ids, no index, neither, one call a chunk, a name in every piece
        { [Call(0, null, "get_time", "{}"), Call(1, null, "get_weather", """{"city":"x"}""")] },
        { [Call(0, "same", "get_time", "{}"), Call(1, "same", "get_weather", """{"city":"x"}""")] },
        { [Call(null, "a", "get_time", ""), Call(null, null, null, "{}"), Call(null, "b", "get_weather", ""), Call(null, null, null, """{"city":"x"}""")] },
        { [Call(null, null, "get_time", "{}"), Call(null, null, "get_weather", """{"city":"x"}""")] },
        { [Call(null, "same", "get_time", "{}"), Call(null, "same", "get_weather", """{"city":"""), Call(null, "same", "get_weather", "\"x\"}")] },
        { [Call(0, "a", "get_time", "{"), Call(0, "a", "get_time", "}"), Call(1, "b", "get_weather", """{"city":"""), Call(1, "b", "get_weather", "\"x\"}")] },
        { [Call(0, "", "get_time", "{}"), Call(0, "", "get_weather", """{"city":"x"}""")] },
    };

    [Theory]
    [MemberData(nameof(CarelessServers))]
    public async Task StreamAsync_CarelessServer_KeepsBothCalls(string[] chunks)
    {
        var updates = await Model([.. chunks, Finish("tool_calls"), Done]).AskAsync(ModelCalls.WithTools);

        Assert.Equal(
            [new("call_1_0_0", "get_time", "{}"), new("call_1_0_1", "get_weather", """{"city":"x"}""")],
            updates.ReadyCalls());
    }

    [Fact]
    public async Task StreamAsync_TwoEqualCallsWithoutIdAndIndex_AreTwo()
    {
        var updates = await Model(Call(null, null, "get_time", "{}"), Call(null, null, "get_time", "{}"), Finish("stop"), Done).AskAsync(ModelCalls.WithTools);

        Assert.Equal(["start:0:get_time", "args:0", "ready:0", "start:1:get_time", "args:1", "ready:1", "end:ToolCalls"], updates.Script());
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_BodyInSingleBytes_YieldsBeforeTheRestIsSent()
    {
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var body = new PiecewiseStream()
            .Text(Sse(Text("Für "), Call(0, "a", "get_time", "{}"), Call(1, "b", "get_time", "{}")), pieceSize: 1)
            .Wait(rest.Task)
            .Text(Sse(Finish("tool_calls"), Done), pieceSize: 1);

        var seen = new List<ModelUpdate>();
        await foreach (var update in Model(CannedHttpHandler.Streaming(body)).StreamAsync(ModelCalls.WithTools, TestContext.Current.CancellationToken))
        {
            seen.Add(update);
            if (update is ModelUpdate.ToolCallReady)
            {
                rest.TrySetResult();
            }
        }

        Assert.Equal(["text:Für ", "start:0:get_time", "args:0", "ready:0", "start:1:get_time", "args:1", "ready:1", "end:ToolCalls"], seen.Script());
    }

    [Theory]
    [InlineData("stop", FinishReason.Stop)]
    [InlineData("length", FinishReason.MaxTokens)]
    [InlineData("content_filter", FinishReason.Blocked)]
    public async Task StreamAsync_FinishReason_IsMapped(string reason, FinishReason expected)
    {
        var updates = await Model(Text("Hm"), Finish(reason), Done).AskAsync(ModelCalls.Hello);

        Assert.Equal(new ModelUpdate.Completed(expected, reason), updates[^1]);
    }

    [Fact]
    public async Task StreamAsync_Refusal_IsTextThenBlocked()
    {
        var updates = await Model(Refusal("I cannot "), Refusal("do that."), Finish("stop"), Done).AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:I cannot ", "text:do that.", "end:Blocked"], updates.Script());
    }

    [Theory]
    [InlineData("length", FinishReason.MaxTokens)]
    [InlineData("content_filter", FinishReason.Blocked)]
    public async Task StreamAsync_CutInsideTheSecondCall_OnlyTheFirstIsReady(string reason, FinishReason expected)
    {
        var updates = await Model(Call(0, "a", "get_time", "{}"), Call(1, "b", "get_weather", """{"city":"Ge"""), Finish(reason), Done).AskAsync(ModelCalls.WithTools);

        Assert.Equal("call_1_0_0", Assert.Single(updates.ReadyCalls()).Id);
        Assert.Equal(new ModelUpdate.Completed(expected, reason), updates[^1]);
    }

    [Fact]
    public async Task StreamAsync_FinishReasonWithoutDone_IsComplete()
    {
        var updates = await Model(Text("Hm"), Finish("stop")).AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:Hm", "end:Stop"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_ConnectionCutAfterTheFinishReason_IsComplete()
    {
        var model = Model(CannedHttpHandler.Streaming(new PiecewiseStream().Text(Sse(Text("Hm"), Finish("stop"))).Break()));

        var updates = await model.AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:Hm", "end:Stop"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_CallsWithoutArguments_AreReadyAtTheEnd()
    {
        var updates = await Model(Call(0, "a", "get_time", ""), Call(1, "b", "get_time", null), Finish("tool_calls"), Done).AskAsync(ModelCalls.WithTools);

        Assert.Equal(["start:0:get_time", "start:1:get_time", "ready:0", "ready:1", "end:ToolCalls"], updates.Script());
        Assert.All(updates.ReadyCalls(), call => Assert.Equal("", call.Arguments));
    }

    [Fact]
    public async Task StreamAsync_Call_LogsOneLine()
    {
        var logger = new ListLogger<OpenAIChatModel>();
        var model = new OpenAIChatModel(CannedHttpHandler.Streaming(Sse(Finish("stop"), Done)).Client(), new OpenAIOptions(), logger);

        await model.AskAsync(ModelCalls.Hello);

        var (level, text, _) = Assert.Single(logger.Lines);
        Assert.Equal((LogLevel.Information, "📡 Streaming OpenAI response..."), (level, text));
    }
}
