using System.Diagnostics;

namespace Convonet.BrowserTests;

/// <summary>A spoken conversation with nothing scripted and no network: spoken words go into the page's microphone, the answer comes out of its loudspeaker.</summary>
[Collection(SpokenPage.Name)]
public sealed class VoiceLoopTests(PageFixture fixture)
{
    private const float Patience = 40_000;

    [Fact]
    public async Task Talk_ThreeTurnsInThreeVoices_ToolsRunTheReplyIsHeardAndAnInterruptionCutsIt()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flite"), "flite is not installed (apt-get install flite).");
        Assert.SkipUnless(Directory.Exists("/usr/share/pocketsphinx/model/en-us/en-us"), "pocketsphinx is not installed (apt-get install pocketsphinx pocketsphinx-en-us).");
        await using var visitor = await fixture.VisitAsync(
            name: "Anna", prepare: page => page.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "sound.js")));
        var line = visitor.Page.Locator("#voice-line");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Talk" }).ClickAsync();
        await Assertions.Expect(line).ToContainTextAsync("Listening", new() { Timeout = Patience });

        // :: a tool runs, and the reply is heard to its end
        await SayAsync(visitor, "awb", "what is on my agenda this week");
        await Assertions.Expect(visitor.Page.Locator(".tool-card[data-tool=get_agenda][data-state=ok]")).ToHaveCountAsync(1, new() { Timeout = Patience });
        await visitor.Page.WaitForFunctionAsync("() => window.sound.loudSince(0) > 1", null, new() { Timeout = Patience });
        await Assertions.Expect(line).ToContainTextAsync("Listening", new() { Timeout = Patience });

        // :: the next one is talked over
        var begun = await visitor.Page.EvaluateAsync<double>("() => window.sound.player.currentTime");
        await SayAsync(visitor, "rms", "what is on my agenda this week");
        await visitor.Page.WaitForFunctionAsync("at => window.sound.loudSince(at) > 0.3", begun, new() { Timeout = Patience });

        // What was loud may have been a filler; of the answer some must be heard before it is talked over.
        await visitor.Page.WaitForFunctionAsync(
            "() => [...(CSS.highlights.get('spoken') ?? [])].some(it => document.querySelectorAll('.turn')[1]?.contains(it.startContainer) && it.toString().trim().length > 3)",
            null,
            new() { Timeout = Patience });
        await visitor.Page.EvaluateAsync(
            """
            () => {
              const at = window.sound.at = {};
              new MutationObserver(() => {
                const turns = document.querySelectorAll('.turn');
                if (turns[1].textContent.includes('You interrupted here')) at.cut ??= window.sound.player.currentTime;
                if (turns[2]?.querySelector('.answer')) at.taken ??= window.sound.player.currentTime;
              }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
            }
            """);
        await SayAsync(visitor, "slt", "add buy milk to my to do list");
        await Assertions.Expect(visitor.OpenTodos).ToContainTextAsync("buy milk", new() { Timeout = Patience });
        await Assertions.Expect(visitor.Page.Locator(".turn").Nth(1)).ToContainTextAsync("You interrupted here", new() { Timeout = Patience });

        // Silent from the cut (and what the ear still hears of the moment before) to the next turn: nothing of the rest, and nothing of the next.
        Assert.Empty(await visitor.Page.EvaluateAsync<double[]>(
            "() => window.sound.heard.filter(it => it.at > window.sound.at.cut + 0.3 && it.at < window.sound.at.taken && it.level > 0.01).map(it => it.at - window.sound.at.cut)"));

        // :: what was heard is what is kept
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.Page.Locator(".turn").Nth(1)).ToContainTextAsync("You interrupted here", new() { Timeout = Patience });
        var (heard, length) = await HeardAsync(visitor, turn: 2);
        Assert.InRange(heard, 1, length - 1);
        await visitor.AssertNothingWentWrongAsync();
    }

    /// <summary>A browser may keep a page's loudspeaker still: then all was sent, and nothing of it was heard.</summary>
    [Fact]
    public async Task Talk_TheLoudspeakerStandsStill_NothingOfTheAnswerCountsAsHeard()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flite"), "flite is not installed (apt-get install flite).");
        Assert.SkipUnless(Directory.Exists("/usr/share/pocketsphinx/model/en-us/en-us"), "pocketsphinx is not installed (apt-get install pocketsphinx pocketsphinx-en-us).");
        await using var visitor = await fixture.VisitAsync(
            name: "Anna", prepare: page => page.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "sound.js")));
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Talk" }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("#voice-line")).ToContainTextAsync("Listening", new() { Timeout = Patience });
        await visitor.Page.EvaluateAsync("() => { window.sound.player.resume = () => Promise.resolve(); return window.sound.player.suspend(); }");

        await SayAsync(visitor, "awb", "what is on my agenda this week");
        await Assertions.Expect(visitor.NewestAnswer("completed")).ToBeVisibleAsync(new() { Timeout = Patience });
        await visitor.MessageBox.FillAsync(PageServer.SmallTalk);
        await visitor.MessageBox.PressAsync("Enter");
        await Assertions.Expect(visitor.Page.Locator(".answer[data-state=completed]")).ToHaveCountAsync(2, new() { Timeout = Patience });

        Assert.Equal(0, (await HeardAsync(visitor, turn: 1)).Heard);
        await visitor.AssertNothingWentWrongAsync();
    }

    /// <summary>How much of a turn's answer was heard, and how long it is, as the server has kept it.</summary>
    private static async Task<(int Heard, int Length)> HeardAsync(Visitor visitor, int turn)
    {
        var numbers = await visitor.Page.EvaluateAsync<int[]>(
            """
            async turn => {
              const [conversation] = await (await fetch('/api/conversations')).json();
              const { turns } = await (await fetch(`/api/conversations/${conversation.id}/export`)).json();
              const { heard, answer } = turns[turn - 1];
              return [heard ?? -1, answer.length];
            }
            """,
            turn);
        return (numbers[0], numbers[1]);
    }

    /// <summary>Says words into the page's microphone, with a moment of silence on each side.</summary>
    private static async Task SayAsync(Visitor visitor, string voice, string words)
    {
        var folder = Directory.CreateTempSubdirectory("convonet-voice-loop-");
        try
        {
            var file = Path.Combine(folder.FullName, "spoken.wav");
            using var flite = Process.Start("flite", ["-voice", voice, "-t", words, "-o", file]);
            await flite.WaitForExitAsync(TestContext.Current.CancellationToken);
            await visitor.Page.EvaluateAsync("wav => window.sound.say(wav)", Convert.ToBase64String(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
