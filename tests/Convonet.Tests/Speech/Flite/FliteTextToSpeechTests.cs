using Convonet.Speech;
using Convonet.Speech.Flite;
using Convonet.Streams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Speech.Flite;

public sealed class FliteTextToSpeechTests
{
    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);

    [Theory]
    [InlineData("rms", 16_000)]
    [InlineData("slt", 16_000)]
    [InlineData("awb", 16_000)]
    [InlineData("kal16", 16_000)]
    [InlineData("kal", 8_000)]
    public async Task SpeakAsync_Sentence_IsSpeechOfItsLength(string voice, int rate)
    {
        var engine = Engine(voice);

        var pcm = await engine.SpeakAllAsync("I have put the milk on your list.");

        Assert.Equal(rate, engine.Format.SampleRate);
        Assert.InRange(engine.Format.Seconds(pcm), 1.2, 3.5);
        Assert.InRange(SpeechCalls.Loudness(pcm), 300, 20_000);
    }

    [Fact]
    public async Task SpeakAsync_ManyAtOnce_AllSpeak()
    {
        var engine = Engine();

        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => engine.SpeakAllAsync($"This is number {i} of many.")));

        Assert.All(all, pcm => Assert.InRange(engine.Format.Seconds(pcm), 0.8, 3));
    }

    [Theory]
    [InlineData("Café, “naïve” — 20 °C…")]
    [InlineData("One\0two \ud83d\ude00 \ud83d three")]
    [InlineData("a")]
    [InlineData("%s %n %d <speak> && | ; $(x) \\ \" '")]
    public async Task SpeakAsync_OddText_Speaks(string text) => Assert.NotEmpty(await Engine().SpeakAllAsync(text));

    [Fact]
    public async Task SpeakAsync_LongText_Speaks()
    {
        var engine = Engine("kal16");

        Assert.InRange(engine.Format.Seconds(await engine.SpeakAllAsync(string.Concat(Enumerable.Repeat("many words ", 180)))), 60, 200);
    }

    [Fact]
    public async Task SpeakAsync_AnotherLanguage_IsRefused() => Assert.Equal(SpeechErrorKind.Refused, (await Engine().FailAsync("你好")).Kind);

    [Fact]
    public async Task SpeakAsync_Cancelled_EndsAndTheWorkHasAnOwner()
    {
        var engine = Engine("kal16");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var speaking = engine.SpeakAllAsync(string.Concat(Enumerable.Repeat("many words ", 180)), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => speaking);
        await _strays.DrainAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(await engine.SpeakAllAsync("Still here."));
    }

    /// <summary>The real thing, on the real clock: sound in order, and nothing failed.</summary>
    [Fact]
    public async Task Pipeline_WithFlite_SpeaksAnAnswer()
    {
        var engines = new SpeechEngines(Engine(), null, new AudioCache(), new SpeechOptions { MaxAhead = TimeSpan.FromHours(1) }, TimeProvider.System, _strays, NullLogger<SpeechEngines>.Instance);
        await using var pipeline = new SpeechPipeline(1, engines);
        foreach (var token in "Sure, I have put **milk** on your list. It costs $3.50. Anything else?".Chunk(3))
        {
            pipeline.Append(token);
        }

        pipeline.Complete();
        var updates = await SpeechFixture.ReadAllAsync(pipeline);

        Assert.Empty(updates.OfType<SpeechUpdate.SentenceFailed>());
        Assert.Equal([0, 1, 2, 3], SpeechFixture.Frames(updates).Select(frame => frame.Sentence).Distinct());
        Assert.InRange(pipeline.Format.Seconds(SpeechFixture.Pcm(updates)), 3, 9);
        Assert.InRange(SpeechCalls.Loudness(SpeechFixture.Pcm(updates)), 300, 20_000);
    }

    [Fact]
    public async Task SpeakAsync_NoSuchVoice_SaysWhatToInstall()
    {
        var engine = new FliteTextToSpeech(new FliteOptions { Voice = "nobody" }, _strays);

        Assert.False(engine.IsInstalled());
        var failure = await engine.FailAsync("Hello");
        Assert.Equal(SpeechErrorKind.NotInstalled, failure.Kind);
        Assert.Contains("apt-get install flite", failure.Message, StringComparison.Ordinal);
    }

    private FliteTextToSpeech Engine(string voice = "kal16")
    {
        var engine = new FliteTextToSpeech(new FliteOptions { Voice = voice }, _strays);
        Assert.SkipUnless(engine.IsInstalled(), "Needs flite: apt-get install flite");
        return engine;
    }
}
