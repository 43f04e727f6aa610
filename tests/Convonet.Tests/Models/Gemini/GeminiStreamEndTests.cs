using Convonet.Models;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Models.Gemini;

/// <summary>What the end of a stream means, clean or broken, before and after Gemini's finish reason.</summary>
public sealed class GeminiStreamEndTests
{
    [Theory]
    [InlineData("")]
    [InlineData(": ping\n\n: ping\n\n")]
    public async Task Stream_WithoutAnyChunk_IsUnfinished(string body)
    {
        var error = await Canned.FailAsync(CannedHttpHandler.Streaming(body));

        Assert.Equal(ModelErrorKind.Unfinished, error.Kind);
    }

    [Fact]
    public async Task Stream_ClosedCleanlyWithoutAFinishReason_IsUnfinishedAfterWhatWasSaid()
    {
        var said = new List<ModelUpdate>();

        var error = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in Canned.Model(CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("half"))))
                .StreamAsync(Canned.Request(), TestContext.Current.CancellationToken))
            {
                said.Add(update);
            }
        });

        Assert.Equal(ModelErrorKind.Unfinished, error.Kind);
        Assert.Equal([new ModelUpdate.TextDelta("half")], said);
    }

    [Fact]
    public async Task Stream_LastEventCutBeforeItsEmptyLine_IsUnfinished()
    {
        var error = await Canned.FailAsync(CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("a")) + "data: " + Canned.Text("b", "STOP")[..40]));

        Assert.Equal(ModelErrorKind.Unfinished, error.Kind);
    }

    [Fact]
    public async Task Stream_BrokenAfterTheFinishReason_IsComplete()
    {
        var body = new PiecewiseStream().Text(Canned.Sse(Canned.Text("a"), Canned.Text("b", "STOP"), "{\"usageMetadata\":{\"promptTokenCount\":4}}")).Break();

        var updates = await Canned.ReadAsync(Canned.Model(CannedHttpHandler.Streaming(body)));

        Assert.Equal(
            [new ModelUpdate.TextDelta("a"), new ModelUpdate.TextDelta("b"), new ModelUpdate.Usage(4, 0), new ModelUpdate.Completed(FinishReason.Stop, "STOP")],
            updates);
    }

    [Fact]
    public async Task Stream_BrokenAfterABlockedPrompt_IsBlocked()
    {
        var body = new PiecewiseStream().Text(Canned.Sse("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}")).Break();

        var updates = await Canned.ReadAsync(Canned.Model(CannedHttpHandler.Streaming(body)));

        Assert.Equal([new ModelUpdate.Completed(FinishReason.Blocked, "SAFETY")], updates);
    }

    [Fact]
    public async Task Stream_TextAfterAFinishReason_IsReadToTheEnd()
    {
        var updates = await Canned.ReadAsync(Canned.Sse(Canned.Text("a", "STOP"), Canned.Text("b"), Canned.Text("c", "MAX_TOKENS")));

        Assert.Equal(
            [new ModelUpdate.TextDelta("a"), new ModelUpdate.TextDelta("b"), new ModelUpdate.TextDelta("c"), new ModelUpdate.Completed(FinishReason.MaxTokens, "MAX_TOKENS")],
            updates);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("STOP")]
    public async Task Stream_BrokenInMidAnswer_IsUnfinished(string? before)
    {
        var body = new PiecewiseStream().Text(Canned.Sse(Canned.Text("a", before), Canned.Text("b"))).Break();

        var error = await Canned.FailAsync(CannedHttpHandler.Streaming(body));

        Assert.Equal(ModelErrorKind.Unfinished, error.Kind);
    }

    [Fact]
    public async Task Stream_BareErrorThenBroken_IsTheError()
    {
        var body = new PiecewiseStream().Text(Canned.Sse(Canned.Text("a", "STOP")) + "{\"error\":{\"code\":503}}\n").Break();

        var error = await Canned.FailAsync(CannedHttpHandler.Streaming(body));

        Assert.Equal(ModelErrorKind.Overloaded, error.Kind);
    }
}
