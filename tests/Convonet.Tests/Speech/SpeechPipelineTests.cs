using Convonet.Speech;
using static Convonet.Tests.Speech.SpeechFixture;

namespace Convonet.Tests.Speech;

public sealed class SpeechPipelineTests
{
    private readonly SpeechFixture _speech = new();

    [Fact]
    public async Task ReadAsync_EnginesOfAnySpeed_GivesSentencesInOrderWithoutGaps()
    {
        var gate = new TaskCompletionSource();
        _speech.Primary.Answers["Alpha,"] = _speech.Primary.After(gate.Task);
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Alpha, beta. Gamma.");
        pipeline.Complete();
        var reading = ReadAllAsync(pipeline);
        Assert.Equivalent(new[] { "Alpha,", "beta." }, new[] { await _speech.Primary.CalledAsync(), await _speech.Primary.CalledAsync() }, strict: true);

        gate.SetResult();
        var frames = Frames(await reading).ToList();

        Assert.Equal(Tones("Alpha,", "beta.", "Gamma."), Pcm(await reading));
        Assert.Equal([0, 1, 2], frames.Select(frame => frame.Sentence).Distinct());
        Assert.All(frames, frame => Assert.Equal((7, Format), (frame.Turn, frame.Format)));
        Assert.All(frames, frame => Assert.InRange(frame.Pcm.Length, 2, Format.BytesPerSecond / 25));
        Assert.All(frames.Zip(frames.Skip(1)), pair => Assert.Equal(pair.First.Sample + (pair.First.Pcm.Length / 2), pair.Second.Sample));
        Assert.Equal(frames[^1].Sample + (frames[^1].Pcm.Length / 2), pipeline.Sent);
    }

    [Fact]
    public async Task ReadAsync_WhileASentencePlays_OnlyTheNextIsMade()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Alpha, beta. Gamma. Delta. Epsilon.");
        pipeline.Complete();

        await foreach (var update in pipeline.ReadAsync(TestContext.Current.CancellationToken))
        {
            // Waits for it: the next one is made without anything being read. Where one has ended, the one behind it counts as playing.
            var playing = update is SpeechUpdate.Frame frame ? frame.Audio.Sentence : Assert.IsType<SpeechUpdate.SentenceEnded>(update).Sentence + 1;
            while (_speech.Primary.Count < Math.Min(playing + 2, 5))
            {
                await _speech.Primary.CalledAsync();
            }

            Assert.InRange(_speech.Primary.Count, 1, playing + 2);
        }

        Assert.Equal(5, _speech.Primary.Count);
    }

    [Fact]
    public async Task Append_NobodyReads_ReturnsAtOnceAndWhatIsTooMuchIsReported()
    {
        _speech.Options.MaxWaiting = 2;
        var gate = new TaskCompletionSource();
        _speech.Primary.Answers["One,"] = _speech.Primary.After(gate.Task);
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("One, ");
        pipeline.Append("two. T");
        Assert.Equivalent(new[] { "One,", "two." }, new[] { await _speech.Primary.CalledAsync(), await _speech.Primary.CalledAsync() }, strict: true);

        for (var i = 0; i < 100; i++)
        {
            pipeline.Append("hree. T");
        }

        pipeline.Complete();
        gate.SetResult();
        var updates = await ReadAllAsync(pipeline);

        var failed = Assert.Single(updates.OfType<SpeechUpdate.SentenceFailed>());
        Assert.Equal(SpeechErrorKind.Behind, failed.Kind);
        Assert.InRange(Frames(updates).Select(frame => frame.Sentence).Distinct().Count(), 4, 5);
    }

    [Fact]
    public async Task ReadAsync_TextNotToBeRead_IsPassedOver()
    {
        var updates = await _speech.SpeakAsync("Look:\n```\nx = 1;\n```\n---\nDone.");

        Assert.Equal(Tones("Look:", "A code sample.", "Done."), Pcm(updates));
        Assert.Equal(3, _speech.Primary.Count);
    }

    [Fact]
    public async Task Flush_TextWithoutEnd_IsSpokenNow()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Let me look");
        pipeline.Flush();

        Assert.Equal("Let me look", await _speech.Primary.CalledAsync());
        pipeline.Interject("One moment.");
        Assert.Equal("One moment.", await _speech.Primary.CalledAsync());
        pipeline.Append(" here.");
        pipeline.Complete();
        var updates = await ReadAllAsync(pipeline);

        Assert.Equal(Tones("Let me look", "One moment.", "here."), Pcm(updates));
    }

    [Fact]
    public async Task ReadAsync_SpokenBefore_ComesFromTheCache()
    {
        var first = await _speech.SpeakAsync("Hello, world.");
        var second = await _speech.SpeakAsync("Hello, world.");

        Assert.Equal(Pcm(first), Pcm(second));
        Assert.Equal(2, _speech.Primary.Count);
    }

    [Fact]
    public async Task ReadAsync_NothingToSay_Ends()
    {
        Assert.Empty(await _speech.SpeakAsync(""));
        Assert.Empty(await _speech.SpeakAsync(" \n---\n"));
    }

    [Fact]
    public async Task Stop_InMidSentence_EndsReadingAndMakingAtOnce()
    {
        var cancelled = new TaskCompletionSource();
        _speech.Primary.Answers["Alpha,"] = (text, token) =>
        {
            token.Register(cancelled.SetResult);
            return FakeVoice.Parts(FakeVoice.Tone(Format, text), token, gate: new TaskCompletionSource().Task);
        };
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Alpha, beta. Gamma. ");
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await reader.MoveNextAsync());

        pipeline.Stop();

        Assert.False(await reader.MoveNextAsync());
        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        pipeline.Append("More. ");
        pipeline.Complete();
        await pipeline.DisposeAsync();
        pipeline.Stop();
        await _speech.Strays.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _speech.Time.LiveTimers);
    }

    [Fact]
    public async Task ReadAsync_ReaderCancels_Throws()
    {
        await using var pipeline = _speech.Pipeline();
        using var cancel = new CancellationTokenSource();
        await using var reader = pipeline.ReadAsync(cancel.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = reader.MoveNextAsync().AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }
}
