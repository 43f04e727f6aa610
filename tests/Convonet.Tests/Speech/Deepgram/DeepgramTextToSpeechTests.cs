using System.Text.Json;
using Convonet.Emulator;
using Convonet.Speech;
using Convonet.Speech.Deepgram;
using Convonet.Tests.EndToEnd;

namespace Convonet.Tests.Speech.Deepgram;

/// <summary>Against the emulator, which speaks 60 ms for each character.</summary>
public sealed class DeepgramTextToSpeechTests
{
    private const string Long = "There was an old man who lived with his dog in a small house by the sea, and he told stories.";

    private readonly ObservedTime _time = new();

    [Theory]
    [InlineData(24_000)]
    [InlineData(16_000)]
    public async Task SpeakAsync_Text_IsItsAudioAtTheRateAskedFor(int rate)
    {
        await using var emulator = await StartAsync();
        using var engine = Engine(emulator, options => options.SampleRate = rate);

        var pcm = await engine.SpeakAllAsync("Ten chars.");

        Assert.Equal(0.6, engine.Format.Seconds(pcm), 0.001);
        Assert.InRange(SpeechCalls.Loudness(pcm), 5_000, 6_000);
        Assert.Equal("""{"type":"Speak","text":"Ten chars."}""", await emulator.SpeakMessageAsync(TestContext.Current.CancellationToken));
        Assert.Equal("""{"type":"Flush"}""", await emulator.SpeakMessageAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SpeakAsync_TextsOneAfterTheOther_ShareAConnectionUpToTheLimitOfFlushes()
    {
        await using var emulator = await StartAsync();
        using var engine = Engine(emulator);

        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(0.12, engine.Format.Seconds(await engine.SpeakAllAsync("ab")), 0.001);
        }

        // 18 flushes each, of the 20 that Deepgram takes in a minute.
        Assert.Equal(3, emulator.SpeakConnections);
    }

    [Fact]
    public async Task SpeakAsync_SeveralAtOnce_AllSpeak()
    {
        await using var emulator = await StartAsync();
        using var engine = Engine(emulator);

        var all = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => engine.SpeakAllAsync(new string('a', i))));

        Assert.All(all.Index(), one => Assert.Equal(0.06 * (one.Index + 1), engine.Format.Seconds(one.Item), 0.001));
    }

    [Theory]
    [InlineData("status;code=401", SpeechErrorKind.Unauthorized)]
    [InlineData("status;code=429", SpeechErrorKind.RateLimited)]
    [InlineData("status;code=503", SpeechErrorKind.Unavailable)]
    [InlineData("status;code=400", SpeechErrorKind.Refused)]
    [InlineData("cut;after=0", SpeechErrorKind.Unfinished)]
    [InlineData("cut;after=2", SpeechErrorKind.Unfinished)]
    [InlineData("cut;after=2;kind=close", SpeechErrorKind.Unfinished)]
    [InlineData("inband;after=0", SpeechErrorKind.RateLimited)]
    [InlineData("rate;hz=48000;header", SpeechErrorKind.WrongRate)]
    public async Task SpeakAsync_Fault_IsItsKindAndTheNextTextIsSpoken(string fault, SpeechErrorKind expected)
    {
        await using var emulator = await StartAsync($"{fault};times=1");
        using var engine = Engine(emulator);

        var failure = await engine.FailAsync("A longer text.");

        Assert.Equal(expected, failure.Kind);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("longer", failure.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(await engine.SpeakAllAsync("And again."));
    }

    [Fact]
    public async Task SpeakAsync_KeptConnectionThatWasClosed_IsReplacedUnseen()
    {
        await using var emulator = await StartAsync("cut;after=0;times=1");
        using var engine = Engine(emulator);
        await engine.WarmAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(await engine.SpeakAllAsync("Hello."));
        Assert.Equal(2, emulator.SpeakConnections);
    }

    [Fact]
    public async Task SpeakAsync_KeptForLong_IsReplaced()
    {
        await using var emulator = await StartAsync();
        using var engine = Engine(emulator);
        await engine.SpeakAllAsync("Hello.");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.NotEmpty(await engine.SpeakAllAsync("Hello."));
        Assert.Equal(2, emulator.SpeakConnections);
    }

    [Fact]
    public async Task SpeakAsync_NoAudio_EndsWithout()
    {
        await using var emulator = await StartAsync("empty;times=1");
        using var engine = Engine(emulator);

        Assert.Empty(await engine.SpeakAllAsync("Nothing."));
        Assert.NotEmpty(await engine.SpeakAllAsync("Something."));
    }

    [Fact]
    public async Task SpeakAsync_HeaderWithTheRightRate_IsSkipped()
    {
        await using var emulator = await StartAsync("rate;hz=24000;header");
        using var engine = Engine(emulator);

        Assert.Equal(0.6, engine.Format.Seconds(await engine.SpeakAllAsync("Ten chars.")), 0.001);
    }

    [Fact]
    public async Task SpeakAsync_CancelledInAStall_ClearsAndSpeaksAgainOnTheSameConnection()
    {
        await using var emulator = await StartAsync("stall;after=1;times=1");
        using var engine = Engine(emulator);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using (var parts = engine.SpeakAsync("It stalls.", stop.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            Assert.True(await parts.MoveNextAsync());
            var next = parts.MoveNextAsync().AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        }

        Assert.Equal(0.6, engine.Format.Seconds(await engine.SpeakAllAsync("Ten chars.")), 0.001);
        var types = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            using var message = JsonDocument.Parse(await emulator.SpeakMessageAsync(TestContext.Current.CancellationToken));
            types.Add(message.RootElement.GetProperty("type").GetString());
        }

        Assert.Equal(["Speak", "Flush", "Clear", "Speak", "Flush"], types);
        Assert.Equal(1, emulator.SpeakConnections);
    }

    /// <summary>Deepgram does not answer to being told: nobody waits for long, and the connection is not kept.</summary>
    [Fact]
    public async Task SpeakAsync_CancelledAndNoAnswerToClear_EndsAfterASecond()
    {
        await using var emulator = await StartAsync("delay;ms=3600000;times=1");
        using var engine = Engine(emulator);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var speaking = engine.SpeakAllAsync("Hello.", stop.Token);
        await emulator.SpeakMessageAsync(TestContext.Current.CancellationToken);
        await emulator.SpeakMessageAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        await _time.ArmedAsync(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => speaking);
        Assert.NotEmpty(await engine.SpeakAllAsync("Hello."));
        Assert.Equal(2, emulator.SpeakConnections);
    }

    [Fact]
    public async Task SpeakAsync_LeftInMidText_SpeaksTheNextOneWhole()
    {
        await using var emulator = await StartAsync();
        using var engine = Engine(emulator);
        await foreach (var _ in engine.SpeakAsync(new string('a', 100), TestContext.Current.CancellationToken))
        {
            break;
        }

        Assert.Equal(0.6, engine.Format.Seconds(await engine.SpeakAllAsync("Ten chars.")), 0.001);
    }

    [Fact]
    public async Task SpeakAsync_NobodyThere_IsUnavailable()
    {
        var emulator = await StartAsync();
        using var engine = Engine(emulator);
        await emulator.DisposeAsync();

        Assert.Equal(SpeechErrorKind.Unavailable, (await engine.FailAsync("Hello")).Kind);
        await engine.WarmAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Without a header the length tells, in either direction; the connection that did it is not kept.</summary>
    [Theory]
    [InlineData("rate;hz=48000")]
    [InlineData("rate;hz=12000")]
    [InlineData("rate;hz=8000")]
    public async Task SpeakAsync_AnotherRateWithoutHeader_IsNoticedAndTheNextTextIsSpoken(string fault)
    {
        await using var emulator = await StartAsync($"{fault};times=1");
        using var engine = Engine(emulator);

        Assert.Equal(SpeechErrorKind.WrongRate, (await engine.FailAsync(Long)).Kind);
        Assert.Equal(0.06 * Long.Length, engine.Format.Seconds(await engine.SpeakAllAsync(Long)), 0.001);
        Assert.Equal(2, emulator.SpeakConnections);
    }

    private static Task<RunningEmulator> StartAsync(string? faults = null) =>
        EmulatorHost.StartAsync(new EmulatorOptions { FirstDelay = TimeSpan.Zero, Gap = TimeSpan.Zero, Faults = faults }, TestContext.Current.CancellationToken);

    private DeepgramTextToSpeech Engine(RunningEmulator emulator, Action<DeepgramSpeakOptions>? configure = null)
    {
        var options = new DeepgramSpeakOptions { ApiKey = "secret\n", BaseAddress = emulator.DeepgramAddress };
        configure?.Invoke(options);
        return new DeepgramTextToSpeech(options, _time);
    }
}
