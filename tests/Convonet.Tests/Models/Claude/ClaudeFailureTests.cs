using Convonet.Models;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using static Convonet.Tests.Models.Claude.ClaudeWire;

namespace Convonet.Tests.Models.Claude;

public sealed class ClaudeFailureTests
{
    [Theory]
    [InlineData("overloaded_error", ModelErrorKind.Overloaded)]
    [InlineData("rate_limit_error", ModelErrorKind.RateLimited)]
    [InlineData("api_error", ModelErrorKind.ServerError)]
    [InlineData("timeout_error", ModelErrorKind.ServerError)]
    [InlineData("an_error_of_tomorrow", ModelErrorKind.ServerError)]
    [InlineData("invalid_request_error", ModelErrorKind.InvalidRequest)]
    [InlineData("authentication_error", ModelErrorKind.Unauthorized)]
    [InlineData("permission_error", ModelErrorKind.Unauthorized)]
    public async Task StreamAsync_ErrorEventInsideTheAnswer_Throws(string type, ModelErrorKind expected)
    {
        var model = Model(Start, TextStart(0), Text(0, "Hm"), $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"secret words"}}""");

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(expected, failure.Kind);
        Assert.Equal("Hm", before.Text());
        Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, ModelErrorKind.InvalidRequest)]
    [InlineData(401, ModelErrorKind.Unauthorized)]
    [InlineData(403, ModelErrorKind.Unauthorized)]
    [InlineData(404, ModelErrorKind.InvalidRequest)]
    [InlineData(429, ModelErrorKind.RateLimited)]
    [InlineData(500, ModelErrorKind.ServerError)]
    [InlineData(529, ModelErrorKind.Overloaded)]
    public async Task StreamAsync_ErrorStatus_ThrowsAfterOneRequestWithoutTheBodysWords(int status, ModelErrorKind expected)
    {
        var handler = CannedHttpHandler.Failing(status, """{"type":"error","error":{"type":"some_error","message":"secret words"}}""");

        var (failure, _) = await Model(handler).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(expected, failure.Kind);
        Assert.Null(failure.RetryAfter);
        Assert.Single(handler.Requests);
        Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retry-after", "2", 2.0)]
    [InlineData("retry-after", "0.5", 0.5)]
    [InlineData("retry-after-ms", "350", 0.35)]
    [InlineData("retry-after", "Thu, 01 Jan 2026 00:00:30 GMT", 30.0)]
    [InlineData("retry-after", "Wed, 31 Dec 2025 00:00:00 GMT", 0.0)]
    [InlineData("retry-after", "soon", null)]
    public async Task StreamAsync_RetryAfter_IsKept(string header, string value, double? expectedSeconds)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var handler = CannedHttpHandler.Failing(429, "{}", header, value);

        var (failure, _) = await Model(handler, time: time).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(expectedSeconds, failure.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task StreamAsync_NoConnection_IsUnreachable()
    {
        var handler = CannedHttpHandler.Throwing(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));

        var (failure, _) = await Model(handler).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unreachable, failure.Kind);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task StreamAsync_ConnectionCutInMidAnswer_IsUnfinished()
    {
        var model = Model(CannedHttpHandler.Streaming(new PiecewiseStream().Text(Sse(Start, TextStart(0), Text(0, "Hm"))).Break()));

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
        Assert.Equal("Hm", before.Text());
    }

    [Fact]
    public async Task StreamAsync_CleanEndWithoutMessageStop_IsUnfinished()
    {
        var model = Model(Start, TextStart(0), Text(0, "Hm"), BlockStop(0), End("end_turn"));

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
        Assert.DoesNotContain(before, update => update is ModelUpdate.Completed);
    }

    [Fact]
    public async Task StreamAsync_EmptyBody_IsUnfinished()
    {
        var (failure, _) = await Model(CannedHttpHandler.Streaming("")).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
    }

    [Theory]
    [InlineData("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"ind\n\n")]
    [InlineData("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0}\n\n")]
    [InlineData("event: content_block_delta\ndata: []\n\n")]
    [InlineData("event: content_block_delta\ndata: null\n\n")]
    [InlineData("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\"}}\n\n")]
    [InlineData("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"input\":{}}}\n\n")]
    public async Task StreamAsync_UnreadableEvent_IsProtocol(string broken)
    {
        var model = Model(CannedHttpHandler.Streaming(Sse(Start, TextStart(0), Text(0, "Hm")) + broken));

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
        Assert.Equal("Hm", before.Text());
    }

    [Fact]
    public async Task StreamAsync_ArgumentsBeyondTheBound_IsProtocol()
    {
        var piece = new string('x', 300_000);
        var model = Model([Start, ToolStart(0, "get_weather"), PartialJson(0, "{\"city\":\""), .. Enumerable.Repeat(PartialJson(0, piece), 4)]);

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.WithTools);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
        Assert.Equal(4, before.OfType<ModelUpdate.ToolArgumentsDelta>().Count());
    }

    [Theory]
    [InlineData("thinking_delta", "thinking")]
    [InlineData("signature_delta", "signature")]
    public async Task StreamAsync_ThoughtsBeyondTheBound_IsProtocol(string type, string field)
    {
        var begin = """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""";
        var piece = $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"{{{type}}}","{{{field}}}":"{{{new string('x', 300_000)}}}"}}""";
        var model = Model([Start, begin, .. Enumerable.Repeat(piece, 4), BlockStop(0), End("end_turn")]);

        var (failure, _) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_Cancelled_ClosesTheBodyAtOnce()
    {
        var body = new PiecewiseStream().Text(Sse(Start, TextStart(0), Text(0, "Hm"))).Stall();

        await Model(CannedHttpHandler.Streaming(body)).AssertCancelClosesAsync(body, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_CancelledBetweenTwoReads_ClosesTheBody()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var body = new PiecewiseStream().Text(Sse(Start, TextStart(0), Text(0, "Hm"))).Stall();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Model(CannedHttpHandler.Streaming(body)).StreamAsync(ModelCalls.Hello, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        Assert.True(body.Closed.IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_ReaderWalksAway_ClosesTheBody()
    {
        var body = new PiecewiseStream().Text(Sse(Start, TextStart(0), Text(0, "Hm"))).Stall();

        await foreach (var update in Model(CannedHttpHandler.Streaming(body)).StreamAsync(ModelCalls.Hello, TestContext.Current.CancellationToken))
        {
            if (update is ModelUpdate.TextDelta)
            {
                break;
            }
        }

        await body.Closed.WaitAsync(TestContext.Current.CancellationToken);
    }
}
