using Convonet.Agents;
using Convonet.Models;
using Convonet.Tests.Speech;
using Convonet.Voice;

namespace Convonet.Tests.Voice;

/// <summary>What is always the same is spoken once.</summary>
public sealed class FixedPhrasesTests
{
    [Fact]
    public async Task Make_ThenSpoken_AsksNoEngineAnyMore()
    {
        var speech = new SpeechFixture();
        speech.Options.Greeting = "Hello there!";
        await FixedPhrases.MakeAsync(speech.Engines, TestContext.Current.CancellationToken);
        var made = speech.Primary.Count;

        foreach (var phrase in new[] { FixedPhrases.Filler, FixedPhrases.Confirm, "Hello there!", TurnError.Stalled.Message, TurnError.Of(ModelErrorKind.Unauthorized).Message })
        {
            await using var pipeline = speech.Pipeline();
            pipeline.Interject(phrase);
            pipeline.Complete();
            Assert.Equal(SpeechFixture.Tones(phrase), SpeechFixture.Pcm(await SpeechFixture.ReadAllAsync(pipeline)));
        }

        Assert.True(made >= 5);
        Assert.Equal(made, speech.Primary.Count);
    }
}
