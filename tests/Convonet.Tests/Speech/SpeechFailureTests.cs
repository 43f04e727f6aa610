using Convonet.Audio;
using Convonet.Speech;
using static Convonet.Tests.Speech.SpeechFixture;

namespace Convonet.Tests.Speech;

public sealed class SpeechFailureTests
{
    private static readonly SpeechException Broken = new(SpeechErrorKind.Unavailable, "Test.");

    private readonly SpeechFixture _speech = new();

    [Fact]
    public async Task ReadAsync_EngineFails_TheFallbackSpeaksAtTheSameRate()
    {
        _speech.Fallback = new FakeVoice("two", PcmFormat.Speech);
        _speech.Primary.Answers["beta."] = FakeVoice.Failing(Broken);

        var updates = await _speech.SpeakAsync("Alpha, beta. Gamma.");

        Assert.Equal(3, _speech.Primary.Count);
        Assert.Equal("beta.", await _speech.Fallback.CalledAsync());
        Assert.Empty(updates.OfType<SpeechUpdate.SentenceFailed>());
        Assert.All(Frames(updates), frame => Assert.Equal(Format, frame.Format));
        Assert.Equal(Tones("Alpha,", "beta.", "Gamma.").Length, Pcm(updates).Length);
    }

    [Fact]
    public async Task ReadAsync_BothFail_ReportsTheSentenceAndGoesOn()
    {
        _speech.Primary.Answers["beta."] = FakeVoice.Failing(Broken);
        _speech.Fallback!.Answers["beta."] = FakeVoice.Failing(new SpeechException(SpeechErrorKind.Refused, "Test."));

        var updates = await _speech.SpeakAsync("Alpha, beta. Gamma.");

        Assert.Equal(new SpeechUpdate.SentenceFailed(1, 7, 13, SpeechErrorKind.Refused), Assert.Single(updates.OfType<SpeechUpdate.SentenceFailed>()));
        Assert.Equal(Tones("Alpha,", "Gamma."), Pcm(updates));
        Assert.Equal([0, 2], Frames(updates).Select(frame => frame.Sentence).Distinct());
    }

    [Fact]
    public async Task ReadAsync_NoFallback_TriesTheEngineOnceMore()
    {
        _speech.Fallback = null;
        _speech.Primary.Answers["Alpha"] = FakeVoice.Failing(Broken);

        var updates = await _speech.SpeakAsync("Alpha");

        Assert.Equal(2, _speech.Primary.Count);
        Assert.Single(updates.OfType<SpeechUpdate.SentenceFailed>());
    }

    [Fact]
    public async Task ReadAsync_EngineThatKeepsFailing_IsNotAskedAgainInTheTurn()
    {
        string[] texts = ["Alpha,", "beta.", "Gamma.", "Delta.", "Epsilon."];
        foreach (var text in texts)
        {
            _speech.Primary.Answers[text] = FakeVoice.Failing(Broken);
        }

        var updates = await _speech.SpeakAsync(string.Join(' ', texts));

        // Twice, and once more when the third was begun before the second had failed.
        Assert.InRange(_speech.Primary.Count, 2, 3);
        Assert.Equal(Tones(texts), Pcm(updates));
    }

    [Fact]
    public async Task ReadAsync_EngineBreaksOffAfterAPartWasSent_IsCutAndNotSaidTwice()
    {
        var read = new TaskCompletionSource();
        _speech.Primary.Answers["Alpha,"] = (text, token) => FakeVoice.Parts(FakeVoice.Tone(Format, text), token, gate: read.Task, failure: Broken);
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Alpha, beta.");
        pipeline.Complete();
        var updates = new List<SpeechUpdate>();

        await foreach (var update in pipeline.ReadAsync(TestContext.Current.CancellationToken))
        {
            updates.Add(update);
            read.TrySetResult();
        }

        Assert.Equal(SpeechErrorKind.Unavailable, Assert.Single(updates.OfType<SpeechUpdate.SentenceFailed>()).Kind);
        Assert.Equal(Tones("Alpha,", "beta."), Pcm(updates));
        Assert.Equal(0, _speech.Fallback!.Count);
    }

    [Fact]
    public async Task ReadAsync_EngineSilentAndDeaf_IsLeftAfter3Seconds()
    {
        var hangs = new TaskCompletionSource();
        _speech.Primary.Answers["Alpha"] = (_, _) => DeafAsync(hangs.Task, []);
        var speaking = _speech.SpeakAsync("Alpha");
        await _speech.Primary.CalledAsync();

        _speech.Time.Advance(TimeSpan.FromSeconds(2.999));
        Assert.Equal(0, _speech.Fallback!.Count);
        _speech.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(Tones("Alpha"), Pcm(await speaking));
        Assert.Equal(1, _speech.Strays.Count);
        hangs.SetResult();
        await _speech.Strays.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _speech.Time.LiveTimers);
    }

    [Fact]
    public async Task ReadAsync_EngineStallsInMidSentence_IsCutAfter3Seconds()
    {
        var stalled = new TaskCompletionSource();
        var hangs = new TaskCompletionSource();
        _speech.Primary.Answers["Alpha"] = (text, _) => DeafAsync(hangs.Task, FakeVoice.Tone(Format, text), stalled);
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Alpha");
        pipeline.Complete();
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await stalled.Task;
        Assert.True(await reader.MoveNextAsync());

        _speech.Time.Advance(TimeSpan.FromSeconds(3.1));

        while (reader.Current is SpeechUpdate.Frame)
        {
            Assert.True(await reader.MoveNextAsync());
        }

        Assert.Equal(SpeechErrorKind.TimedOut, Assert.IsType<SpeechUpdate.SentenceFailed>(reader.Current).Kind);
        Assert.False(await reader.MoveNextAsync());
        hangs.SetResult();
        await _speech.Strays.DrainAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ReadAsync_EngineThatNeverEnds_IsCutAtTheLimitOfAPiece()
    {
        _speech.Options.SilenceLimit = TimeSpan.FromHours(1);
        _speech.Primary.Answers["Alpha"] = _speech.Primary.After(new TaskCompletionSource().Task);
        var speaking = _speech.SpeakAsync("Alpha");
        await _speech.Primary.CalledAsync();

        _speech.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, _speech.Fallback!.Count);
        _speech.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Tones("Alpha"), Pcm(await speaking));
    }

    [Fact]
    public async Task ReadAsync_EngineSpeaksFarTooLong_IsCut()
    {
        _speech.Fallback = null;
        _speech.Primary.Answers["Alpha"] = (_, token) => FakeVoice.Parts(new byte[Format.BytesPerSecond * 600], token, length: 100_000);

        var updates = await _speech.SpeakAsync("Alpha");

        Assert.Equal(SpeechErrorKind.Protocol, Assert.Single(updates.OfType<SpeechUpdate.SentenceFailed>()).Kind);
        Assert.InRange(Pcm(updates).Length, 0, Format.BytesPerSecond * 8);
    }

    [Fact]
    public async Task ReadAsync_EngineWithoutAudioOrWithABug_CostsOneSentence()
    {
        _speech.Fallback = null;
        _speech.Primary.Answers["Alpha,"] = (_, token) => FakeVoice.Parts([], token);
        _speech.Primary.Answers["beta."] = (_, _) => throw new InvalidOperationException("Test.");

        var updates = await _speech.SpeakAsync("Alpha, beta. Gamma.");

        Assert.Equal([SpeechErrorKind.Protocol, SpeechErrorKind.Unavailable], updates.OfType<SpeechUpdate.SentenceFailed>().Select(failed => failed.Kind));
        Assert.Equal(Tones("Gamma."), Pcm(updates));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task ReadAsync_PartsOfAnyLength_AreTheSameSound(int length)
    {
        _speech.Primary.Answers["Alpha"] = (text, token) => FakeVoice.Parts(FakeVoice.Tone(Format, text), token, length);

        Assert.Equal(Tones("Alpha"), Pcm(await _speech.SpeakAsync("Alpha")));
    }

    [Fact]
    public async Task ReadAsync_HalfASampleAtTheEnd_IsDropped()
    {
        _speech.Primary.Answers["Alpha"] = (text, token) => FakeVoice.Parts([.. FakeVoice.Tone(Format, text), 9], token);

        Assert.Equal(Tones("Alpha"), Pcm(await _speech.SpeakAsync("Alpha")));
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> DeafAsync(Task gate, byte[] pcm, TaskCompletionSource? stalled = null)
    {
        if (pcm.Length > 0)
        {
            yield return pcm;
        }

        stalled?.SetResult();
        await gate;
    }
}
