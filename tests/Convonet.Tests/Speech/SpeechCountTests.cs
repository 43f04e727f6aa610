using Convonet.Speech;

namespace Convonet.Tests.Speech;

/// <summary>What engines are asked to speak is counted; what is there already is not.</summary>
public sealed class SpeechCountTests
{
    private readonly SpeechFixture _speech = new();
    private readonly List<(string Engine, int Characters)> _spoke = [];

    [Fact]
    public async Task Speak_TheSameSentenceTwice_IsCountedOnce()
    {
        await SpeakAsync("Alpha is here.");
        await SpeakAsync("Alpha is here.");

        Assert.Equal([("one", "Alpha is here.".Length)], _spoke);
    }

    [Fact]
    public async Task Speak_AfterTheFirstEngineFailed_CountsBoth()
    {
        _speech.Primary.Answers["Alpha is here."] = static (_, _) => throw new SpeechException(SpeechErrorKind.Unavailable, "Away.");

        await SpeakAsync("Alpha is here.");

        Assert.Equal(["one", "two"], _spoke.Select(one => one.Engine));
    }

    private async Task SpeakAsync(string text)
    {
        await using var pipeline = new SpeechPipeline(1, _speech.Engines with { Spoke = (engine, characters) => _spoke.Add((engine, characters)) });
        pipeline.Append(text);
        pipeline.Complete();
        await SpeechFixture.ReadAllAsync(pipeline);
    }
}
