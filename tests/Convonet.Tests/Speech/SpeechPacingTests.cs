using Convonet.Speech;
using static Convonet.Tests.Speech.SpeechFixture;

namespace Convonet.Tests.Speech;

public sealed class SpeechPacingTests
{
    private static readonly TimeSpan Frame = SpeechPipeline.FrameLength;

    /// <summary>Three seconds: frames of full length all through the test.</summary>
    private static readonly string LongSentence = new('a', 60);

    private readonly SpeechFixture _speech = new();

    public SpeechPacingTests()
    {
        // Time passes here whether or not the engine has done its part, so that its own limits are out of the way.
        (_speech.Options.MaxAhead, _speech.Options.SilenceLimit, _speech.Options.PieceLimit) = (TimeSpan.FromMilliseconds(400), TimeSpan.FromHours(1), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task ReadAsync_LongSentence_IsAtMost400MillisecondsAhead()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Interject(LongSentence);
        pipeline.Complete();
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        await AssertReadyAsync(reader, 10);

        for (var i = 0; i < 20; i++)
        {
            await AssertNextFrameTakesItsTimeAsync(reader);
        }

        Assert.Equal(Format.SamplesIn(30 * Frame), pipeline.Sent);
    }

    [Fact]
    public async Task ReadAsync_AfterAPauseOfTheEngine_IsNotFurtherAhead()
    {
        var gate = new TaskCompletionSource();
        _speech.Primary.Answers[LongSentence] = _speech.Primary.After(gate.Task);
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Well, ");
        pipeline.Interject(LongSentence);
        pipeline.Complete();
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await AssertReadyAsync(reader, 8);

        // "Well," lasts 250 ms, which are seven frames and an end; ten seconds later nothing of it is left to play.
        var next = reader.MoveNextAsync().AsTask();
        _speech.Time.Advance(TimeSpan.FromSeconds(10));
        gate.SetResult();
        Assert.True(await next);
        await AssertReadyAsync(reader, 9);

        await AssertNextFrameTakesItsTimeAsync(reader);
    }

    [Fact]
    public async Task Pause_InMidSentence_GivesNothingUntilResumeAndIsNotFurtherAhead()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Interject(LongSentence);
        pipeline.Complete();
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await AssertReadyAsync(reader, 10);

        // Half of the 400 ms are played when the pause begins, and half are left when it ends.
        _speech.Time.Advance(5 * Frame);
        pipeline.Pause();
        var next = reader.MoveNextAsync().AsTask();
        _speech.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(next.IsCompleted);
        pipeline.Resume();
        Assert.True(await next);
        await AssertReadyAsync(reader, 4);

        await AssertNextFrameTakesItsTimeAsync(reader);
    }

    [Fact]
    public async Task Stop_WhilePaused_EndsAtOnce()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Interject(LongSentence);
        pipeline.Pause();
        pipeline.Pause();
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = reader.MoveNextAsync().AsTask();

        pipeline.Stop();

        Assert.False(await next);
        pipeline.Resume();
        Assert.Equal(0, pipeline.Sent);
    }

    [Fact]
    public async Task Stop_WhileHeldBack_EndsAtOnce()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Interject(LongSentence);
        pipeline.Complete();
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await AssertReadyAsync(reader, 10);

        var next = reader.MoveNextAsync().AsTask();
        pipeline.Stop();

        Assert.False(await next);
        Assert.Equal(Format.SamplesIn(10 * Frame), pipeline.Sent);
    }

    /// <summary>So many frames come without any time.</summary>
    private static async Task AssertReadyAsync(IAsyncEnumerator<SpeechUpdate> reader, int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            Assert.True(await reader.MoveNextAsync());
        }
    }

    /// <summary>The next frame comes when one has been played, and not a millisecond before.</summary>
    private async Task AssertNextFrameTakesItsTimeAsync(IAsyncEnumerator<SpeechUpdate> reader)
    {
        var next = reader.MoveNextAsync().AsTask();
        _speech.Time.Advance(Frame - TimeSpan.FromMilliseconds(1));
        Assert.False(next.IsCompleted);
        _speech.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await next);
    }
}
