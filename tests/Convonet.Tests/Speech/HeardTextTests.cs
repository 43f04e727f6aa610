using Convonet.Speech;
using static Convonet.Tests.Speech.SpeechFixture;

namespace Convonet.Tests.Speech;

public sealed class HeardTextTests
{
    private readonly SpeechFixture _speech = new();

    /// <summary>A character lasts 50 ms, 800 samples; "Hello," 4,800 of them.</summary>
    [Theory]
    [InlineData(-1, "")]
    [InlineData(0, "")]
    [InlineData(1, "Hello,")]
    [InlineData(4_800, "Hello, ")]
    [InlineData(4_801, "Hello, my")]
    [InlineData(6_400, "Hello, my")]
    [InlineData(7_201, "Hello, my **dear**")]
    [InlineData(10_500, "Hello, my **dear** ")]
    [InlineData(11_201, "Hello, my **dear** friend.")]
    [InlineData(15_999, "Hello, my **dear** friend.")]
    [InlineData(1_000_000, "Hello, my **dear** friend. ```\ncode\n```\n")]
    public async Task Played_Samples_IsTheTextUpToTheWord(long sample, string heard)
    {
        const string Shown = "Hello, my **dear** friend. ```\ncode\n```\n";
        await using var pipeline = _speech.Pipeline();
        pipeline.Append(Shown);
        pipeline.Complete();
        await ReadAllAsync(pipeline);

        Assert.Equal(heard, Shown[..pipeline.Played(sample)]);
    }

    [Fact]
    public async Task Played_MoreThanWasSent_CountsOnlyThat()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Hello, my friend. ");
        await using var reader = pipeline.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await reader.MoveNextAsync());

        Assert.Equal("Hello,".Length, pipeline.Played(1_000_000));
    }

    [Fact]
    public async Task Played_OlderNumber_ChangesNothing()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Hello, my friend.");
        pipeline.Complete();
        await ReadAllAsync(pipeline);
        pipeline.Played(4_801);

        Assert.Equal("Hello, my".Length, pipeline.Played(1));
    }

    /// <summary>The engine has made a part: how long the whole will be is guessed, and it is never all heard.</summary>
    [Fact]
    public void Played_SentenceStillBeingMade_IsInProportionToAGuess()
    {
        const string Shown = "one two three four five six seven eight";
        var audio = new SentenceAudio(new SpokenText().Next(new TextPiece(0, Shown)), 0, Format, SpeechPipeline.FrameLength);
        var heard = new HeardText(Format);
        audio.Append(audio.Begin(), new byte[Format.BytesPerSecond]);
        heard.Advance(audio, Format.SampleRate);

        Assert.Equal("one two three four", Shown[..heard.Played(Format.SampleRate)]);
    }

    [Fact]
    public async Task Played_WordsThatAreNotShown_CountForNothing()
    {
        await using var pipeline = _speech.Pipeline();
        pipeline.Append("Let me see.");
        pipeline.Interject("One moment.");
        pipeline.Append(" Found it.");
        pipeline.Complete();
        await ReadAllAsync(pipeline);

        Assert.Equal("Let me see.".Length, pipeline.Played(800 * 11));
        Assert.Equal("Let me see.".Length, pipeline.Played(800 * 16));
        Assert.Equal("Let me see.".Length, pipeline.Played(800 * 22));
        Assert.Equal("Let me see. Found".Length, pipeline.Played((800 * 22) + 1));
        Assert.Equal("Let me see. Found it.".Length, pipeline.Played(800 * 32));
    }
}
