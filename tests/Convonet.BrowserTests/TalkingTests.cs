namespace Convonet.BrowserTests;

/// <summary>The way in: the microphone button and what it sends.</summary>
[Collection(SpokenPage.Name)]
public sealed class TalkingTests(PageFixture fixture)
{
    private const string CannotHear = """{"input":null,"output":null,"message":"Install flite and pocketsphinx."}""";

    [Fact]
    public async Task Microphone_Clicked_SendsWhatIsSaidInFramesOf640Bytes()
    {
        await using var script = await VoiceScript.VisitAsync(fixture);

        await script.Mic.ClickAsync();
        Assert.Equal("hands_free", (string?)(await script.ToldAsync("start_recording"))["mode"]);
        await script.SayAsync(Wave.Tone(440, 1));
        var frames = await script.FramesAsync(50);
        await script.Mic.ClickAsync();
        await script.ToldAsync("stop_recording");

        Assert.All(frames, frame => Assert.Equal(640, frame.Length));
        var samples = frames.SelectMany(frame => Enumerable.Range(0, 320).Select(k => BitConverter.ToInt16(frame, 2 * k))).ToArray();
        Assert.InRange(Wave.Pitch(samples), 430, 450);
        Assert.InRange(samples.Count(it => Math.Abs((int)it) > 3_000) / (double)Wave.Rate, 0.5, 1);
        Assert.True(await script.Page.EvaluateAsync<bool>("() => window.sound.constraints.audio.echoCancellation"));
        await Assertions.Expect(script.Mic).ToHaveAttributeAsync("aria-pressed", "false");
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Theory]
    [InlineData("mouse")]
    [InlineData("Space")]
    public async Task Microphone_Held_TalksUntilItIsLetGo(string how)
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.Mic.FocusAsync();
        await script.Mic.HoverAsync();

        await (how == "mouse" ? script.Page.Mouse.DownAsync() : script.Page.Keyboard.DownAsync(how));
        var begun = await script.ToldAsync("start_recording");
        await script.FramesAsync(5);
        await Assertions.Expect(script.Mic).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.DoesNotContain("stop_recording", script.Untaken());
        await (how == "mouse" ? script.Page.Mouse.UpAsync() : script.Page.Keyboard.UpAsync(how));

        await script.ToldAsync("stop_recording");
        Assert.Equal("push_to_talk", (string?)begun["mode"]);
        await Assertions.Expect(script.Mic).ToHaveAttributeAsync("aria-pressed", "false");
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Theory]
    [InlineData("Enter")]
    [InlineData("Space")]
    public async Task Microphone_PressedByKey_GoesOnAndOff(string key)
    {
        await using var script = await VoiceScript.VisitAsync(fixture);

        await script.Mic.PressAsync(key);
        Assert.Equal("hands_free", (string?)(await script.ToldAsync("start_recording"))["mode"]);
        await Assertions.Expect(script.Mic).ToHaveAttributeAsync("aria-pressed", "true");
        await script.Mic.PressAsync(key);
        await script.ToldAsync("stop_recording");
        await Assertions.Expect(script.Mic).ToHaveAttributeAsync("aria-pressed", "false");

        Assert.Equal(["Microphone on.", "Microphone off."], await script.Visitor.ObservedAsync<string[]>("announced"));
    }

    [Theory]
    [InlineData("NotAllowedError", "The microphone is blocked.")]
    [InlineData("NotFoundError", "No microphone found.")]
    [InlineData("NotReadableError", "The microphone could not be opened.")]
    public async Task Microphone_Refused_SaysWhatToDoAndAsksAgainAtTheNextPress(string error, string words)
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.Page.EvaluateAsync("error => { window.sound.deny = error; }", error);

        await script.Mic.ClickAsync();
        await Assertions.Expect(script.Line).ToContainTextAsync(words);
        await Assertions.Expect(script.Line).ToContainTextAsync("press the microphone again");
        Assert.DoesNotContain("start_recording", script.Untaken());
        await script.Page.EvaluateAsync("() => { window.sound.deny = null; }");
        await script.Mic.ClickAsync();

        await script.ToldAsync("start_recording");
        Assert.StartsWith(words, (await script.Visitor.ObservedAsync<string[]>("announced"))[0], StringComparison.Ordinal);
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Microphone_OfAServerThatCannotHear_SaysWhatToInstallAndOffersTheBrowsersOwn()
    {
        await using var script = await VoiceScript.VisitAsync(fixture, CannotHear);

        await script.Page.EvaluateAsync("() => { window.SpeechRecognition = class { start() {} stop() { this.onend(); } }; }"); // Chromium's own needs a network

        await script.Mic.ClickAsync();
        await Assertions.Expect(script.Line).ToContainTextAsync("Install flite and pocketsphinx.");
        await script.Page.GetByRole(AriaRole.Button, new() { Name = "Use browser speech" }).ClickAsync();
        await Assertions.Expect(script.Line).ToContainTextAsync("Listening");
        await Assertions.Expect(script.Line.GetByText("browser speech", new() { Exact = true })).ToBeVisibleAsync();
        await script.Mic.ClickAsync();
        await Assertions.Expect(script.Line).ToBeHiddenAsync();

        Assert.Equal(0, await script.Page.EvaluateAsync<int>("() => window.sound.asked"));
        Assert.DoesNotContain("start_recording", script.Untaken());
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Words_WhileTheyAreSpoken_StandWhereTheMessageWill()
    {
        await using var script = await VoiceScript.VisitAsync(fixture);
        await script.StartAsync();
        var ghost = script.Page.Locator("#ghost .bubble");

        script.Say("recording", """{"state":"hearing","mode":"hands_free"}""");
        script.Say("transcription", """{"success":true,"text":"what is","final":false,"utterance":1}""");
        await Assertions.Expect(ghost).ToHaveTextAsync("what is …");
        await Assertions.Expect(script.Line).ToContainTextAsync("Hearing you");
        script.Say("transcription", """{"success":true,"text":"what is on my list","final":true,"utterance":1}""");
        await Assertions.Expect(ghost).ToHaveTextAsync("what is on my list");
        script.Write();

        await Assertions.Expect(ghost).ToHaveCountAsync(0);
        Assert.Equal(["what is on my list"], await script.Page.Locator(".bubble").AllTextContentsAsync());
        script.Say("transcription", """{"success":false,"text":"","final":true,"utterance":2}""");
        script.Say("recording", """{"state":"on","mode":"hands_free"}""");
        await Assertions.Expect(script.Line).ToContainTextAsync("I did not catch that.");
        await script.Visitor.AssertNothingWentWrongAsync();
    }

    [Theory]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    public async Task VoiceLine_OnAPhone_FitsAndCanBeHit(int width, ColorScheme colors)
    {
        await using var script = await VoiceScript.VisitAsync(fixture, CannotHear, width, colors);

        await script.Mic.ClickAsync();
        await Assertions.Expect(script.Line).ToBeVisibleAsync();

        Assert.Equal(width, await script.Page.EvaluateAsync<int>("() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"));
        foreach (var button in await script.Page.Locator("#composer button:visible").AllAsync())
        {
            var box = (await button.BoundingBoxAsync())!;
            Assert.True(box.Width >= 24 && box.Height >= 24 && box.X >= 0 && box.X + box.Width <= width, await button.TextContentAsync());
        }

        await script.Page.GetByRole(AriaRole.Button, new() { Name = "Close this hint" }).ClickAsync();
        await Assertions.Expect(script.Line).ToBeHiddenAsync();
    }
}
