using System.Text.Json.Nodes;

namespace Convonet.BrowserTests;

/// <summary>The way out: what is heard of an answer, what of it the page shows, and what it tells the server.</summary>
[Collection(SpokenPage.Name)]
public sealed class ListeningTests(PageFixture fixture)
{
    private const string SpokenText = "() => [...(CSS.highlights.get('spoken') ?? [])].map(it => it.startContainer.data.slice(it.startOffset, it.endOffset)).join('')";

    [Fact]
    public async Task Speech_Sent_IsHeardMarkedAndToldBackToTheLastSample()
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.StartAsync();

        script.Write();
        script.Speak();
        await script.HeardAsync(1);
        await Assertions.Expect(script.Line).ToContainTextAsync("Speaking");
        var first = await script.ToldAsync("played", Sample(it => it > 16_000));
        await script.Page.WaitForFunctionAsync($"() => ({SpokenText})().length >= 10");
        var marked = await script.Page.EvaluateAsync<string>(SpokenText);
        var last = await script.ToldAsync("played", data => (bool)data["done"]!);

        Assert.False((bool)first["done"]!);
        Assert.Equal((1, 2 * VoiceScript.SentenceSamples), ((int)last["turn"]!, (int)last["sample"]!));
        Assert.StartsWith(marked, VoiceScript.Answer, StringComparison.Ordinal);
        Assert.InRange(await script.Page.EvaluateAsync<double>("() => window.sound.loudSince(0)"), 3.5, 4.2);
        await script.Page.WaitForFunctionAsync($"() => ({SpokenText})() === ''");
        await Assertions.Expect(script.Line).ToContainTextAsync("Listening");
        Assert.Equal(["Microphone on."], await script.Visitor.ObservedAsync<string[]>("announced")); // not what is spoken anyway
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Speech_WhenTheUserTalksOverIt_IsHeldAndGoesOnWhereItWas()
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.StartAsync();
        script.Write();
        script.Speak();
        await script.HeardAsync(0.5);

        script.Say("audio_pause", """{"turn":1}""");
        var held = await script.ToldAsync("played", Sample(it => it > 4_000));
        await Assertions.Expect(script.Line).ToContainTextAsync("Paused");
        var since = await script.NowAsync();
        await script.QuietAsync(0.5, since);
        script.Untaken(); // of the time before it was held
        await script.QuietAsync(0.5, await script.NowAsync());
        var whileHeld = script.Untaken();
        script.Say("audio_resume", """{"turn":1}""");
        await script.ToldAsync("played", data => (bool)data["done"]!);

        Assert.False((bool)held["done"]!);
        Assert.DoesNotContain("played", whileHeld);

        // Begun anew it would be at least half a second more; each edge of a hold counts as loud for as long as the ear's window.
        Assert.InRange(await script.Page.EvaluateAsync<double>("() => window.sound.loudSince(0)"), 3.5, 4.4);
    }

    [Fact]
    public async Task Speech_Interrupted_FallsSilentAndGreysWhatWasNotHeard()
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.StartAsync();
        script.Write();
        script.Speak();
        await script.HeardAsync(0.5);

        script.Interrupt(heard: 8);
        var end = await script.ToldAsync("played", data => (bool)data["done"]!);
        await script.QuietAsync(0.5, await script.NowAsync());

        Assert.InRange((int)end["sample"]!, 4_000, 2 * VoiceScript.SentenceSamples - 1);
        var unheard = script.Page.Locator(".answer .unheard");
        Assert.Equal(VoiceScript.Answer[8..], await unheard.TextContentAsync());
        Assert.Contains("did not hear", await unheard.GetAttributeAsync("title"), StringComparison.Ordinal);
        Assert.Equal(VoiceScript.Answer, await script.Page.Locator(".answer .rich-text").TextContentAsync());
        await Assertions.Expect(script.Visitor.Answers).ToContainTextAsync("You interrupted here");
        await Assertions.Expect(script.Line).ToContainTextAsync("Listening");
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Speech_WhileTheAudioContextStandsStill_IsNotToldAsHeard()
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.StartAsync();
        script.Write();
        script.Speak();
        await script.ToldAsync("played", Sample(it => it > 4_000));

        await script.Page.EvaluateAsync("() => window.sound.player.suspend()");
        script.Untaken();
        script.Say("audio_pause", """{"turn":1}"""); // which is answered at once, where there is sound
        script.Say("audio_resume", """{"turn":1}""");
        await script.FramesAsync(50); // a second of the microphone, whose clock goes on
        var meanwhile = script.Untaken();
        await script.Page.EvaluateAsync("() => window.sound.player.resume()");
        await script.ToldAsync("played", data => (bool)data["done"]!);

        Assert.Empty(meanwhile);
    }

    [Theory]
    [InlineData("Escape")]
    [InlineData("button")]
    [InlineData("message")]
    public async Task Speech_StoppedByHand_FallsSilentAtOnceAndTellsTheServer(string how)
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.StartAsync();
        script.Write();
        script.Speak();
        await script.HeardAsync(0.3);

        await (how switch
        {
            "Escape" => script.Page.Keyboard.PressAsync("Escape"),
            "button" => script.Page.GetByRole(AriaRole.Button, new() { Name = "Stop this answer" }).ClickAsync(),
            _ => script.Visitor.AskAsync("Something else"),
        });
        var cancelled = await script.ToldAsync("cancel");
        foreach (var late in Wave.Frames(1, 1, 64_000, Wave.Tone(440, 0.5)))
        {
            script.Server.Sound(late); // was on its way
        }

        await script.QuietAsync(0.6, await script.NowAsync());
        Assert.Equal(1, (int)cancelled["turn"]!);
        await Assertions.Expect(script.Line).Not.ToContainTextAsync("Speaking");
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Timing_OfASpokenTurn_IsShownInItsStages()
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.StartAsync();
        script.Write();
        script.Say("turn_timing", """{"turn":1,"transcript":320,"first_token":410,"first_clause":455,"first_audio":490}""");
        var stages = script.Page.Locator(".voice-stages");
        await Assertions.Expect(stages).ToContainTextAsync("you spoke · transcript 0.32 s · first word 0.41 s · first clause 0.46 s · first sound 0.49 s");

        script.Speak();

        await Assertions.Expect(stages).ToContainTextAsync("heard 0.");
        Assert.Matches(@"^After you had spoken: transcript 0\.32 s, .*heard 0\.\d\d s\.$", await stages.Locator("svg").GetAttributeAsync("aria-label"));
        Assert.Equal(5, await stages.Locator("rect").CountAsync());
        await Assertions.Expect(script.Page.Locator(".colophon")).Not.ToContainTextAsync("first words");
    }

    private static Func<JsonNode, bool> Sample(Func<int, bool> fits) => data => fits((int)data["sample"]!);
}
