using System.Diagnostics;

namespace Convonet.BrowserTests;

/// <summary>A spoken conversation with nothing scripted and no network: spoken words go into the page's microphone, the answer comes out of its loudspeaker.</summary>
[Collection(SharedPage.Name)]
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
        await SayAsync(visitor, "slt", "add buy milk to my to do list");
        await Assertions.Expect(visitor.OpenTodos).ToContainTextAsync("buy milk", new() { Timeout = Patience });
        await Assertions.Expect(visitor.Page.Locator(".turn").Nth(1)).ToContainTextAsync("You interrupted here", new() { Timeout = Patience });

        // :: what was heard is what is kept
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.Page.Locator(".turn").Nth(1)).ToContainTextAsync("You interrupted here", new() { Timeout = Patience });
        await visitor.AssertNothingWentWrongAsync();
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
