using Convonet.Models;
using Convonet.Tests.Fakes;
using static Convonet.Tests.Models.OpenAI.OpenAIResponsesWire;

namespace Convonet.Tests.Models.OpenAI;

public sealed class OpenAIResponsesFailureTests
{
    [Theory]
    [InlineData("server_error", ModelErrorKind.ServerError)]
    [InlineData("rate_limit_exceeded", ModelErrorKind.RateLimited)]
    [InlineData("invalid_prompt", ModelErrorKind.InvalidRequest)]
    [InlineData("insufficient_quota", ModelErrorKind.RateLimited)]
    [InlineData("too_many_requests", ModelErrorKind.RateLimited)]
    [InlineData("server_overloaded", ModelErrorKind.Overloaded)]
    [InlineData("server_is_overloaded", ModelErrorKind.Overloaded)]
    [InlineData("slow_down", ModelErrorKind.Overloaded)]
    [InlineData("invalid_api_key", ModelErrorKind.Unauthorized)]
    [InlineData("an_error_of_tomorrow", ModelErrorKind.ServerError)]
    public async Task StreamAsync_FailedResponseOrErrorEvent_Throws(string code, ModelErrorKind expected)
    {
        foreach (var end in new[] { Failed(code), Error(code), NestedError($"\"{code}\"", "x"), NestedError("null", code) })
        {
            var (failure, before) = await Model(Created, MessageAdded, Text("Hm"), end).AskAndFailAsync(ModelCalls.Hello);

            Assert.Equal(expected, failure.Kind);
            Assert.Equal("Hm", before.Text());
            Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task StreamAsync_ErrorStatus_ThrowsWithRetryAfter()
    {
        var handler = CannedHttpHandler.Failing(429, """{"error":{"message":"secret words"}}""", "retry-after", "2");

        var (failure, _) = await Model(handler).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.RateLimited, failure.Kind);
        Assert.Equal(TimeSpan.FromSeconds(2), failure.RetryAfter);
        Assert.Single(handler.Requests);
        Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamAsync_CleanEndWithoutCompleted_IsUnfinished()
    {
        var (failure, before) = await Model(Created, CallAdded(0, "get_time"), ArgumentsDelta(0, "{}")).AskAndFailAsync(ModelCalls.WithTools);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
        Assert.Empty(before.ReadyCalls());
    }

    [Fact]
    public async Task StreamAsync_ConnectionCutInMidAnswer_IsUnfinished()
    {
        var model = Model(CannedHttpHandler.Streaming(new PiecewiseStream().Text(Sse(Created, Text("Hm"))).Break()));

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
        Assert.Equal("Hm", before.Text());
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","delta":"H""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"type":"response.output_item.added","output_index":"x"}""")]
    public async Task StreamAsync_UnreadableEvent_IsProtocol(string broken)
    {
        var model = Model(CannedHttpHandler.Streaming(Sse(Created, Text("Hm")) + $"event: response.x\ndata: {broken}\n\n"));

        var (failure, before) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
        Assert.Equal("Hm", before.Text());
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_Cancelled_ClosesTheBodyAtOnce()
    {
        var body = new PiecewiseStream().Text(Sse(Created, Text("Hm"))).Stall();

        await Model(CannedHttpHandler.Streaming(body)).AssertCancelClosesAsync(body, TestContext.Current.CancellationToken);
    }
}
