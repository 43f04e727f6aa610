using System.Net;
using System.Net.Http.Headers;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Models.Gemini;

public sealed class GeminiOutcomeTests
{
    [Theory]
    [InlineData("STOP", FinishReason.Stop)]
    [InlineData("MAX_TOKENS", FinishReason.MaxTokens)]
    [InlineData("SAFETY", FinishReason.Blocked)]
    [InlineData("RECITATION", FinishReason.Blocked)]
    [InlineData("LANGUAGE", FinishReason.Blocked)]
    [InlineData("BLOCKLIST", FinishReason.Blocked)]
    [InlineData("PROHIBITED_CONTENT", FinishReason.Blocked)]
    [InlineData("SPII", FinishReason.Blocked)]
    [InlineData("MODEL_ARMOR", FinishReason.Blocked)]
    [InlineData("IMAGE_SAFETY", FinishReason.Blocked)]
    [InlineData("IMAGE_PROHIBITED_CONTENT", FinishReason.Blocked)]
    [InlineData("IMAGE_RECITATION", FinishReason.Blocked)]
    [InlineData("MALFORMED_FUNCTION_CALL", FinishReason.MalformedToolCall)]
    [InlineData("UNEXPECTED_TOOL_CALL", FinishReason.MalformedToolCall)]
    [InlineData("TOO_MANY_TOOL_CALLS", FinishReason.MalformedToolCall)]
    public async Task Finish_EveryReason_IsADefinedOutcome(string reason, FinishReason expected)
    {
        var updates = await Canned.ReadAsync(Canned.Sse(Canned.Text("a"), $$$"""{"candidates":[{"finishReason":"{{{reason}}}","finishMessage":"m","index":0}]}"""));

        Assert.Equal([new ModelUpdate.TextDelta("a"), new ModelUpdate.Completed(expected, reason)], updates);
    }

    [Theory]
    [InlineData("OTHER", ModelErrorKind.ServerError)]
    [InlineData("MALFORMED_RESPONSE", ModelErrorKind.ServerError)]
    [InlineData("FINISH_REASON_UNSPECIFIED", ModelErrorKind.ServerError)]
    [InlineData("SOMETHING_NEW", ModelErrorKind.ServerError)]
    [InlineData("MISSING_THOUGHT_SIGNATURE", ModelErrorKind.InvalidRequest)]
    public async Task Finish_AFailure_Throws(string reason, ModelErrorKind expected)
    {
        var error = await Canned.FailAsync(CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("a", reason))));

        Assert.Equal(expected, error.Kind);
    }

    [Fact]
    public async Task Finish_MaxTokensAfterACall_SaysMaxTokens()
    {
        var updates = await Canned.ReadAsync(Canned.Sse(Canned.Parts("""{"functionCall":{"name":"a","args":{}}}""", "MAX_TOKENS")));

        Assert.Equal(new ModelUpdate.Completed(FinishReason.MaxTokens, "MAX_TOKENS"), updates[^1]);
    }

    [Theory]
    [InlineData("SAFETY")]
    [InlineData("OTHER")]
    [InlineData("PROHIBITED_CONTENT")]
    public async Task Prompt_Blocked_IsBlocked(string reason)
    {
        var updates = await Canned.ReadAsync(Canned.Sse(
            $$$"""{"promptFeedback":{"blockReason":"{{{reason}}}","safetyRatings":[{"category":"c"}]},"usageMetadata":{"promptTokenCount":4}}"""));

        Assert.Equal([new ModelUpdate.Usage(4, 0), new ModelUpdate.Completed(FinishReason.Blocked, reason)], updates);
    }

    [Theory]
    [InlineData("""{"candidates":[],"usageMetadata":{"promptTokenCount":4}}""", "no candidates")]
    [InlineData("""{"candidates":null,"usageMetadata":{"promptTokenCount":4}}""", "no candidates")]
    [InlineData("""{"usageMetadata":{"promptTokenCount":4}}""", "no candidates")]
    [InlineData("""{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4}}""", "STOP")]
    [InlineData("""{"candidates":[{"content":{"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4}}""", "STOP")]
    [InlineData("""{"candidates":[{"content":{},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4}}""", "STOP")]
    [InlineData("""{"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4}}""", "STOP")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4}}""", "STOP")]
    public async Task Answer_WithoutContent_IsAnEmptyStop(string chunk, string detail)
    {
        var updates = await Canned.ReadAsync(Canned.Sse(chunk));

        Assert.Equal([new ModelUpdate.Usage(4, 0), new ModelUpdate.Completed(FinishReason.Stop, detail)], updates);
    }

    [Theory]
    [InlineData("data: {\"candidates\":[\n\n")]
    [InlineData("data: nonsense\n\n")]
    [InlineData("data: []\n\n")]
    [InlineData("data: {} {}\n\n")]
    [InlineData("data: {\"candidates\":{}}\n\n")]
    [InlineData("data: {\"candidates\":[1]}\n\n")]
    [InlineData("data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":1}]}}]}\n\n")]
    [InlineData("data: {\"candidates\":[{\"content\":{\"parts\":[7]}}]}\n\n")]
    [InlineData("data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"args\":{}}}]}}]}\n\n")]
    [InlineData("data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":\"f\"}]}}]}\n\n")]
    [InlineData("data: {\"usageMetadata\":{\"promptTokenCount\":\"x\"}}\n\n")]
    [InlineData("data: {\"usageMetadata\":{\"promptTokenCount\":1.5}}\n\n")]
    public async Task Chunk_ThatIsNotTheProtocol_IsAProtocolError(string body)
    {
        var error = await Canned.FailAsync(CannedHttpHandler.Streaming(body));

        Assert.Equal(ModelErrorKind.Protocol, error.Kind);
    }

    [Fact]
    public async Task Chunk_LargerThanTheBound_IsAProtocolErrorBeforeItEnds()
    {
        // Without the bound the reader would read on, and meet the break.
        var body = new PiecewiseStream().Text("data: {\"candidates\":\"" + new string('x', 1024 * 1024), pieceSize: 64 * 1024).Break();

        var error = await Canned.FailAsync(CannedHttpHandler.Streaming(body));

        Assert.Equal(ModelErrorKind.Protocol, error.Kind);
    }

    [Theory]
    [InlineData("""{"code":503,"message":"secret","status":"UNAVAILABLE"}""", ModelErrorKind.Overloaded)]
    [InlineData("""{"code":429,"status":"RESOURCE_EXHAUSTED"}""", ModelErrorKind.RateLimited)]
    [InlineData("""{"code":500,"status":"INTERNAL"}""", ModelErrorKind.ServerError)]
    [InlineData("""{"code":401}""", ModelErrorKind.Unauthorized)]
    [InlineData("""{"status":"UNAVAILABLE"}""", ModelErrorKind.Overloaded)]
    [InlineData("""{"code":14,"status":"UNAVAILABLE"}""", ModelErrorKind.Overloaded)]
    [InlineData("""{"status":"INVALID_ARGUMENT"}""", ModelErrorKind.InvalidRequest)]
    [InlineData("{}", ModelErrorKind.ServerError)]
    public async Task Error_InTheStream_IsItsKind(string error, ModelErrorKind expected)
    {
        var inEvent = await Canned.FailAsync(CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("a"), $$"""{"error":{{error}}}""")));
        var bare = await Canned.FailAsync(CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("a", "STOP")) + $"{{\n  \"error\": {error}\n}}\n"));
        var array = await Canned.FailAsync(CannedHttpHandler.Streaming($$"""[{"error":{{error}}}]"""));

        Assert.All([inEvent, bare, array], e => Assert.Equal(expected, e.Kind));
        Assert.All([inEvent, bare, array], e => Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, ModelErrorKind.InvalidRequest)]
    [InlineData(HttpStatusCode.Unauthorized, ModelErrorKind.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden, ModelErrorKind.Unauthorized)]
    [InlineData(HttpStatusCode.NotFound, ModelErrorKind.InvalidRequest)]
    [InlineData(HttpStatusCode.TooManyRequests, ModelErrorKind.RateLimited)]
    [InlineData(HttpStatusCode.InternalServerError, ModelErrorKind.ServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable, ModelErrorKind.Overloaded)]
    [InlineData(HttpStatusCode.GatewayTimeout, ModelErrorKind.ServerError)]
    [InlineData(HttpStatusCode.Redirect, ModelErrorKind.Protocol)]
    public async Task Status_OtherThanSuccess_IsItsKind(HttpStatusCode status, ModelErrorKind expected)
    {
        var withBody = await Canned.FailAsync(CannedHttpHandler.Failing((int)status, """{"error":{"code":1,"message":"secret","status":"S"}}"""));
        var withPage = await Canned.FailAsync(CannedHttpHandler.Failing((int)status, "<html>"));

        Assert.All([withBody, withPage], e => Assert.Equal(expected, e.Kind));
        Assert.Equal($"Gemini answered HTTP {(int)status} S.", withBody.Message);
        Assert.Equal($"Gemini answered HTTP {(int)status}.", withPage.Message);
    }

    [Fact]
    public async Task Status_WrongKey_IsUnauthorizedThoughGoogleSays400()
    {
        var error = await Canned.FailAsync(CannedHttpHandler.Failing(
            400,
            """[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}]"""));

        Assert.Equal(ModelErrorKind.Unauthorized, error.Kind);
        Assert.Equal("Gemini answered HTTP 400 INVALID_ARGUMENT (API_KEY_INVALID).", error.Message);
    }

    [Fact]
    public async Task Status_BadRequest_NamesTheFieldsButNotTheSentence()
    {
        var error = await Canned.FailAsync(CannedHttpHandler.Failing(
            400,
            """{"error":{"code":400,"message":"Bad value 'my words'","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"tools[0].x","description":"my words"}]}]}}"""));

        Assert.Equal("Gemini answered HTTP 400 INVALID_ARGUMENT: tools[0].x.", error.Message);
    }

    [Theory]
    [InlineData(null, "36s", 36.0)]
    [InlineData(null, "1.5s", 1.5)]
    [InlineData("2", "36s", 2.0)]
    [InlineData("Sun, 22 Nov 2026 10:00:30 GMT", null, 30.0)]
    [InlineData("Sun, 22 Nov 2026 09:00:00 GMT", null, 0.0)]
    [InlineData(null, "soon", null)]
    [InlineData(null, "99999999999999999999s", null)]
    [InlineData(null, null, null)]
    public async Task RetryAfter_FromHeaderOrBody_IsKept(string? header, string? delay, double? seconds)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
        var details = delay is null ? "[]" : $$"""[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{delay}}"}]""";
        var body = $$$"""{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":{{{details}}}}}""";

        var error = await Canned.FailAsync(CannedHttpHandler.Failing(429, body, header is null ? null : "Retry-After", header), time);

        Assert.Equal(seconds, error.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Status_EndlessErrorBody_IsReadToItsBoundOnly()
    {
        var body = new EndlessStream();
        var handler = new CannedHttpHandler(() => new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StreamContent(body) });

        var error = await Canned.FailAsync(handler);

        Assert.Equal(ModelErrorKind.ServerError, error.Kind);
        Assert.InRange(body.Given, 1, 64 * 1024);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html; charset=utf-8")]
    public async Task Answer_ThatIsNoEventStream_IsAProtocolError(string type)
    {
        var error = await Canned.FailAsync(
            new CannedHttpHandler(() => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}", MediaTypeHeaderValue.Parse(type)) }));

        Assert.Equal(ModelErrorKind.Protocol, error.Kind);
    }

    [Fact]
    public async Task Connection_ThatFails_IsUnreachable()
    {
        var refused = await Canned.FailAsync(CannedHttpHandler.Throwing(new HttpRequestException(HttpRequestError.ConnectionError)));
        var slow = await Canned.FailAsync(CannedHttpHandler.Throwing(new TaskCanceledException("connect", new TimeoutException())));

        Assert.Equal(ModelErrorKind.Unreachable, refused.Kind);
        Assert.Equal("Gemini could not be reached (ConnectionError).", refused.Message);
        Assert.Equal(ModelErrorKind.Unreachable, slow.Kind);
    }

    [Fact]
    public async Task Call_WithACancelledToken_IsCancelled()
    {
        var handler = CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("a", "STOP")));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Canned.Model(handler).StreamAsync(Canned.Request(), new CancellationToken(canceled: true)))
            {
            }
        });

        Assert.Empty(handler.Requests);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
