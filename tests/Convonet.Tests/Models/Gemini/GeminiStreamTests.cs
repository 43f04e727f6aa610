using Convonet.Models;
using Convonet.Models.Gemini;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Models.Gemini;

public sealed class GeminiStreamTests
{
    private static readonly ModelUpdate Stop = new ModelUpdate.Completed(FinishReason.Stop, "STOP");

    [Fact]
    public async Task Stream_Text_YieldsEachPieceTheTokensWhenTheyChangeAndTheEnd()
    {
        var body = Canned.Sse(
            """{"candidates":[{"content":{"parts":[{"text":"Grüße, "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":7,"totalTokenCount":7},"modelVersion":"gemini-x","responseId":"r"}""",
            """{"candidates":[{"content":{"parts":[{"text":"dear "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":7,"totalTokenCount":7}}""",
            """{"candidates":[{"content":{"parts":[{"text":"\"you\" \ud83c\udf26"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":5,"thoughtsTokenCount":3,"cachedContentTokenCount":4,"totalTokenCount":15,"promptTokensDetails":[{"modality":"TEXT","tokenCount":7}]}}""");

        var updates = await Canned.ReadAsync(body);

        Assert.Equal(
            [
                new ModelUpdate.TextDelta("Grüße, "), new ModelUpdate.Usage(7, 0), new ModelUpdate.TextDelta("dear "),
                new ModelUpdate.TextDelta("\"you\" 🌦"), new ModelUpdate.Usage(7, 8, 4), Stop,
            ],
            updates);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task Stream_BytesSplitAnywhere_ReadsTheSame(int size)
    {
        var body = Canned.Sse(Canned.Text("Grüße 🌦"), Canned.Parts("""{"functionCall":{"name":"f","args":{"ö":"🌦"}}}""", "STOP"));

        var updates = await Canned.ReadAsync(Canned.Model(CannedHttpHandler.Streaming(new PiecewiseStream().Text(body, size))));

        Assert.Equal(
            [
                new ModelUpdate.TextDelta("Grüße 🌦"),
                new ModelUpdate.ToolCallStarted("call_7_0_0", "f"),
                new ModelUpdate.ToolCallReady(new ToolCall("call_7_0_0", "f", """{"ö":"🌦"}""")),
                new ModelUpdate.Completed(FinishReason.ToolCalls, "STOP"),
            ],
            updates);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public async Task Stream_AnyLineEndAndComments_ReadsTheSame(string newLine)
    {
        var body = $": ping{newLine}{newLine}data: {Canned.Text("a", "STOP")}{newLine}{newLine}: ping{newLine}{newLine}";

        var updates = await Canned.ReadAsync(body);

        Assert.Equal([new ModelUpdate.TextDelta("a"), Stop], updates);
    }

    [Fact]
    public async Task Stream_ParallelCallsInOneChunk_AreReadyInOrder()
    {
        var body = Canned.Sse(Canned.Parts(
            """{"functionCall":{"name":"a","args":{ "n": 1 }}},{"functionCall":{"args":{},"name":"b"}},{"functionCall":{"name":"c"}},{"functionCall":{"name":"d","args":null}}""",
            "STOP"));

        var updates = await Canned.ReadAsync(body);

        Assert.Equal(
            [
                new ModelUpdate.ToolCallStarted("call_7_0_0", "a"),
                new ModelUpdate.ToolCallReady(new ToolCall("call_7_0_0", "a", "{ \"n\": 1 }")),
                new ModelUpdate.ToolCallStarted("call_7_0_1", "b"),
                new ModelUpdate.ToolCallReady(new ToolCall("call_7_0_1", "b", "{}")),
                new ModelUpdate.ToolCallStarted("call_7_0_2", "c"),
                new ModelUpdate.ToolCallReady(new ToolCall("call_7_0_2", "c", "")),
                new ModelUpdate.ToolCallStarted("call_7_0_3", "d"),
                new ModelUpdate.ToolCallReady(new ToolCall("call_7_0_3", "d", "")),
                new ModelUpdate.Completed(FinishReason.ToolCalls, "STOP"),
            ],
            updates);
    }

    [Fact]
    public async Task Stream_ParallelCallsInSeveralChunksEachSayingStop_AreAllRead()
    {
        var body = Canned.Sse(
            Canned.Text("Wait. ", "STOP"),
            Canned.Parts("""{"functionCall":{"name":"a","args":{}}}""", "STOP"),
            Canned.Parts("""{"functionCall":{"name":"b","args":{}}}""", "STOP"),
            Canned.Text("More."),
            Canned.Text("", "STOP"));

        var updates = await Canned.ReadAsync(body);

        Assert.Equal(["call_7_0_0", "call_7_0_1"], updates.OfType<ModelUpdate.ToolCallReady>().Select(r => r.Call.Id));
        Assert.Equal("Wait. More.", string.Concat(updates.OfType<ModelUpdate.TextDelta>().Select(t => t.Text)));
        Assert.Equal(new ModelUpdate.Completed(FinishReason.ToolCalls, "STOP"), updates[^1]);
        Assert.Single(updates.OfType<ModelUpdate.Completed>());
    }

    [Fact]
    public async Task Stream_Signatures_GoBackOnTheSameParts()
    {
        const string Parts = """{"thought":true,"text":"hm \"x\"","thoughtSignature":"dGg+/w=="},{"text":"Well. ","thoughtSignature":"dHh0"},{"text":"So."},{"functionCall":{"name":"a","args":{"q": 1},"id":"g1"},"thoughtSignature":"Y2Fs+/=="},{"functionCall":{"name":"b","args":{},"id":"g2"}},{"text":"","thoughtSignature":"ZW5k"}""";
        var updates = await Canned.ReadAsync(Canned.Sse(Canned.Parts(Parts, "STOP")));

        List<AssistantPart> said = [];
        foreach (var update in updates)
        {
            switch (update)
            {
                case ModelUpdate.TextDelta text:
                    said.Add(new AssistantPart.Text(text.Text, text.ProviderData));
                    break;
                case ModelUpdate.ToolCallReady ready:
                    said.Add(new AssistantPart.ToolUse(ready.Call));
                    break;
            }
        }

        var results = new HistoryItem.ToolResults(
            [.. said.OfType<AssistantPart.ToolUse>().Select(u => new ToolResult(u.Call.Id, u.Call.Name, ToolOutcome.Ok, "r", TimeSpan.Zero))]);
        var body = await Canned.BodyAsync(
            Canned.Request(new HistoryItem.UserMessage("Q"), new HistoryItem.AssistantMessage(said), results), new GeminiOptions { Model = "gemini-3.5-flash" });

        Assert.Contains(
            """{"text":"hm \"x\"","thought":true,"thoughtSignature":"dGg+/w=="},{"text":"Well. ","thoughtSignature":"dHh0"},{"text":"So."},{"functionCall":{"id":"g1","name":"a","args":{"q": 1}},"thoughtSignature":"Y2Fs+/=="},{"functionCall":{"id":"g2","name":"b","args":{}}},{"text":"","thoughtSignature":"ZW5k"}""",
            body,
            StringComparison.Ordinal);
        Assert.Contains("""{"functionResponse":{"id":"g1","name":"a","response":{"result":"r"}}},{"functionResponse":{"id":"g2","name":"b","response":{"result":"r"}}}""", body, StringComparison.Ordinal);
        Assert.Equal("Well. So.", string.Concat(updates.OfType<ModelUpdate.TextDelta>().Select(t => t.Text)));
    }

    [Fact]
    public async Task Stream_Thoughts_AreNotShown()
    {
        var updates = await Canned.ReadAsync(Canned.Sse(
            Canned.Parts("""{"text":"I should...","thought":true}"""),
            Canned.Parts("""{"thoughtSignature":"c2ln"},{"inlineData":{"mimeType":"image/png","data":"AA=="}},{"text":"Hi","thought":false}""", "STOP")));

        Assert.Equal([new ModelUpdate.TextDelta("", new ProviderData("gemini", """{"thoughtSignature":"c2ln"}""")), new ModelUpdate.TextDelta("Hi"), Stop], updates);
    }

    [Fact]
    public async Task Stream_FirstChunkReleased_IsYieldedBeforeTheLastByteExists()
    {
        var token = TestContext.Current.CancellationToken;
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var body = new PiecewiseStream().Text(Canned.Sse(Canned.Text("first"))).Wait(rest.Task).Text(Canned.Sse(Canned.Text("last", "STOP")));
        await using var updates = Canned.Model(CannedHttpHandler.Streaming(body)).StreamAsync(Canned.Request(), token).GetAsyncEnumerator(token);

        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(new ModelUpdate.TextDelta("first"), updates.Current);

        rest.SetResult();
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(new ModelUpdate.TextDelta("last"), updates.Current);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(Stop, updates.Current);
        Assert.False(await updates.MoveNextAsync());
    }

    [Fact]
    public async Task Stream_CancelledWhileWaiting_ThrowsAndClosesTheBody()
    {
        var body = new PiecewiseStream().Text(Canned.Sse(Canned.Text("first"))).Stall();

        await Canned.Model(CannedHttpHandler.Streaming(body)).AssertCancelClosesAsync(body, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stream_CancelledBetweenReads_YieldsNothingMore()
    {
        var handler = CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("first"), Canned.Text("second", "STOP")));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var updates = Canned.Model(handler).StreamAsync(Canned.Request(), stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await updates.MoveNextAsync());

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await updates.MoveNextAsync());
    }

    [Fact]
    public async Task Stream_LeftEarly_ClosesTheBody()
    {
        var body = new PiecewiseStream().Text(Canned.Sse(Canned.Text("first"))).Stall();

        await foreach (var _ in Canned.Model(CannedHttpHandler.Streaming(body)).StreamAsync(Canned.Request(), TestContext.Current.CancellationToken))
        {
            break;
        }

        await body.Closed.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stream_EachCall_LogsTheLineThatOperatorsLookFor()
    {
        var logger = new ListLogger<GeminiChatModel>();

        await Canned.ReadAsync(Canned.Model(CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("a", "STOP"))), logger: logger));

        var (level, text, fields) = Assert.Single(logger.Lines);
        Assert.Equal(LogLevel.Information, level);
        Assert.Equal("📡 Streaming Gemini response with native SDK...", text);
        Assert.Equal("Convonet.Models.Gemini", fields["Client"]);
        Assert.Equal("gemini-3.5-flash-lite", fields["Model"]);
        Assert.Equal("call_7_0", fields["StepId"]);
    }

    [Fact]
    public async Task Stream_TwoAtOnce_DoNotDisturbEachOther()
    {
        var token = TestContext.Current.CancellationToken;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bodies = new Queue<PiecewiseStream>(
        [
            new PiecewiseStream().Wait(release.Task).Text(Canned.Sse(Canned.Text("a"))),
            new PiecewiseStream().Text(Canned.Sse(Canned.Text("b"))),
        ]);
        var model = Canned.Model(new CannedHttpHandler(() => CannedHttpHandler.Events(bodies.Dequeue())));
        await using var a = model.StreamAsync(Canned.Request(), token).GetAsyncEnumerator(token);
        await using var b = model.StreamAsync(Canned.Request(), token).GetAsyncEnumerator(token);

        var nextA = a.MoveNextAsync();
        Assert.True(await b.MoveNextAsync());
        release.SetResult();

        Assert.True(await nextA);
        Assert.Equal(new ModelUpdate.TextDelta("a"), a.Current);
        Assert.Equal(new ModelUpdate.TextDelta("b"), b.Current);
    }
}
