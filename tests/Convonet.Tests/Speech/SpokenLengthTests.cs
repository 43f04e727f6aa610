using Convonet.Audio;
using Convonet.Speech;
using Convonet.Speech.Espeak;
using Convonet.Speech.Flite;
using Convonet.Streams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Speech;

/// <summary>Real voices, at their rate and at others: what is right is never refused.</summary>
public sealed class SpokenLengthTests
{
    private const string Story = "It is a story about a small house by the sea where an old man lived with his dog for many years, and told stories to whoever came by in the long evenings.";

    public static TheoryData<string> Texts { get; } =
    [
        "Yes.", "OK", "42", "1,234,567.89", "It is 7:45 a.m. on 23 November 2026.", "The BBC, the FBI and NATO, e.g.", "No, no, no, I do not know, you know.",
        "Well, yes, and so on, but then, of course, again, he went, slowly, home.", "Which switch switched which witch's wristwatch, she wished.",
        "An area of a million ideas, a piano, a radio, an opera, an oasis in Ohio.", Story,
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Add_RealVoices_AreRight(string text)
    {
        var strays = new StrayTasks(NullLogger<StrayTasks>.Instance);
        foreach (var voice in new[] { "rms", "slt", "awb", "kal16" })
        {
            await CheckAsync(new FliteTextToSpeech(new FliteOptions { Voice = voice }, strays), text, 1);
        }

        await CheckAsync(new EspeakTextToSpeech(new EspeakOptions()), text, 1);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(3.0)]
    [InlineData(0.5)]
    [InlineData(0.333)]
    public async Task Add_RealVoicesAtAnotherRate_AreNoticed(double factor)
    {
        var strays = new StrayTasks(NullLogger<StrayTasks>.Instance);
        foreach (var voice in new[] { "rms", "slt", "awb", "kal16" })
        {
            var failure = await Assert.ThrowsAsync<SpeechException>(() => CheckAsync(new FliteTextToSpeech(new FliteOptions { Voice = voice }, strays), Story, factor));
            Assert.Equal(SpeechErrorKind.WrongRate, failure.Kind);
        }
    }

    [Fact]
    public void End_WithoutSound_IsForOthersToSay() => new SpokenLength(Story, PcmFormat.Speech, "Test").End();

    private static async Task CheckAsync(ITextToSpeech engine, string text, double factor)
    {
        Assert.SkipUnless(engine is FliteTextToSpeech flite ? flite.IsInstalled() : ((EspeakTextToSpeech)engine).IsInstalled(), "Needs flite and espeak-ng: apt-get install flite espeak-ng");
        var pcm = await engine.SpeakAllAsync(text);
        var length = new SpokenLength(text, engine.Format, engine.Name);
        length.Add((int)(pcm.Length * factor));
        length.End();
    }
}
