using Convonet.Models;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using static Convonet.Tests.Models.OpenAI.OpenAIChatWire;

namespace Convonet.Tests.Models.OpenAI;

public sealed class OpenAIChatFailureTests
{
    [Theory]
    [InlineData("""{"error":{"message":"secret words","type":"server_error","code":null}}""", ModelErrorKind.ServerError)]
    [InlineData("""{"error":{"message":"secret words","type":"requests","code":"rate_limit_exceeded"}}""", ModelErrorKind.RateLimited)]
    [InlineData("""{"error":{"message":"secret words","code":429}}""", ModelErrorKind.RateLimited)]
    [InlineData("""{"error":{"message":"secret words","code":503}}""", ModelErrorKind.Overloaded)]
    [InlineData("""{"error":{"message":"secret words","type":"invalid_request_error"}}""", ModelErrorKind.InvalidRequest)]
    [InlineData("""{"error":"secret words"}""", ModelErrorKind.ServerError)]
    public async Task StreamAsync_ErrorInsideTheAnswer_Throws(string error, ModelErrorKind expected)
    {
        var (failure, before) = await Model(Text("Hm"), error, Done).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(expected, failure.Kind);
        Assert.Equal("Hm", before.Text());
        Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, ModelErrorKind.InvalidRequest)]
    [InlineData(401, ModelErrorKind.Unauthorized)]
    [InlineData(404, ModelErrorKind.InvalidRequest)]
    [InlineData(429, ModelErrorKind.RateLimited)]
    [InlineData(500, ModelErrorKind.ServerError)]
    [InlineData(503, ModelErrorKind.Overloaded)]
    public async Task StreamAsync_ErrorStatus_ThrowsAfterOneRequestWithoutTheBodysWords(int status, ModelErrorKind expected)
    {
        var handler = CannedHttpHandler.Failing(status, """{"error":{"message":"secret words","type":"some_error","code":"some_code"}}""");

        var (failure, _) = await Model(handler).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(expected, failure.Kind);
        Assert.Null(failure.RetryAfter);
        Assert.Single(handler.Requests);
        Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retry-after", "2", 2.0)]
    [InlineData("retry-after-ms", "350", 0.35)]
    [InlineData("retry-after", "Thu, 01 Jan 2026 00:00:30 GMT", 30.0)]
    public async Task StreamAsync_RetryAfter_IsKept(string header, string value, double expectedSeconds)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var (failure, _) = await Model(CannedHttpHandler.Failing(429, "{}", header, value), time: time).AskAndFailAsync(ModelCalls.Hello);

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
        var model = Model(CannedHttpHandler.Streaming(new PiecewiseStream().Text(Sse(Text("Hm"))).Break()));

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
        Assert.Equal("Hm", before.Text());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[DONE]")]
    public async Task StreamAsync_EndWithoutFinishReason_IsUnfinishedAndNoCallIsReady(string end)
    {
        var chunks = new[] { Call(0, "a", "get_time", "{}"), end }.Where(chunk => chunk.Length > 0);

        var (failure, before) = await Model(chunks).AskAndFailAsync(ModelCalls.WithTools);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
        Assert.Empty(before.ReadyCalls());
    }

    [Theory]
    [InlineData("""{"id":"c","choices":[{"ind""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":7}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"a_reason_of_tomorrow"}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"eos"}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":""}]}""")]
    public async Task StreamAsync_UnreadableChunk_IsProtocol(string broken)
    {
        var (failure, before) = await Model(Text("Hm"), broken, Done).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
        Assert.Equal("Hm", before.Text());
    }

    [Fact]
    public async Task StreamAsync_ArgumentsBeyondTheBound_IsProtocol()
    {
        var piece = new string('x', 300_000);

        var (failure, _) = await Model([Call(0, "a", "get_weather", "{\"city\":\""), .. Enumerable.Repeat(Call(0, null, null, piece), 4)]).AskAndFailAsync(ModelCalls.WithTools);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_Cancelled_ClosesTheBodyAtOnce()
    {
        var body = new PiecewiseStream().Text(Sse(Text("Hm"))).Stall();

        await Model(CannedHttpHandler.Streaming(body)).AssertCancelClosesAsync(body, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_ReaderWalksAway_ClosesTheBody()
    {
        var body = new PiecewiseStream().Text(Sse(Text("Hm"))).Stall();

        await foreach (var update in Model(CannedHttpHandler.Streaming(body)).StreamAsync(ModelCalls.Hello, TestContext.Current.CancellationToken))
        {
            Assert.IsType<ModelUpdate.TextDelta>(update);
            break;
        }

        await body.Closed.WaitAsync(TestContext.Current.CancellationToken);
    }
}
