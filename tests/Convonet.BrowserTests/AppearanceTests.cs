namespace Convonet.BrowserTests;

/// <summary>Whether everything can be read and hit.</summary>
public sealed class AppearanceTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    /// <summary>Every visible piece of text whose contrast with what lies behind it is below 4.5 : 1 (AA). Disabled controls are exempt.</summary>
    private const string LowContrast = """
        () => {
          const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          const parse = color => (color.match(/[\d.]+/g) ?? []).map(Number);
          const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
          const behind = element => {
            for (let it = element; it; it = it.parentElement) {
              const color = parse(getComputedStyle(it).backgroundColor);
              if (color.length === 3 || color[3] === 1) return color;
            }
            return [255, 255, 255];
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (!node.data.trim() || !element.checkVisibility() || element.closest(':disabled, svg')) continue;
            const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.className}: ${node.data.trim().slice(0, 40)}`);
          }
          return found;
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Colours_OfEveryText_HaveEnoughContrast(ColorScheme colors)
    {
        await using var visitor = await fixture.VisitAsync(colors: colors);
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();

        var empty = await visitor.Page.EvaluateAsync<string[]>(LowContrast);
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.RunningCards.First.WaitForAsync();
        var running = await visitor.Page.EvaluateAsync<string[]>(LowContrast);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.Page.Locator(".tool-card summary").First.ClickAsync();
        await visitor.Provider.ClickAsync();
        var done = await visitor.Page.EvaluateAsync<string[]>(LowContrast);

        Assert.Empty(empty.Concat(running).Concat(done));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Colours_OfTheVoice_HaveEnoughContrast(ColorScheme colors)
    {
        await using var script = await VoiceScript.VisitAsync(fixture, colors: colors);
        await script.Page.EvaluateAsync("() => { window.sound.deny = 'NotAllowedError'; }");
        await script.Mic.ClickAsync();
        await Assertions.Expect(script.Line).ToContainTextAsync("blocked");
        var refused = await script.Page.EvaluateAsync<string[]>(LowContrast);
        await script.Page.EvaluateAsync("() => { window.sound.deny = null; }");
        await script.StartAsync();
        script.Write();
        script.Say("turn_timing", """{"turn":1,"transcript":320,"first_audio":490}""");
        script.Interrupt(heard: 8);
        script.Say("recording", """{"state":"hearing"}""");
        script.Say("transcription", """{"success":true,"text":"what is","final":false,"utterance":1}""");
        await Assertions.Expect(script.Page.Locator("#ghost .bubble")).ToBeVisibleAsync();
        await Assertions.Expect(script.Page.Locator(".unheard")).ToBeVisibleAsync();

        var talking = await script.Page.EvaluateAsync<string[]>(LowContrast);

        Assert.Empty(refused.Concat(talking));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Colours_OfTheConversations_HaveEnoughContrast(ColorScheme colors)
    {
        await using var visitor = await fixture.VisitAsync(colors: colors, name: "Anna");
        var texts = new List<string>();
        await visitor.Page.Locator(".library-status").WaitForAsync();
        texts.AddRange(await visitor.Page.EvaluateAsync<string[]>(LowContrast));
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(20);
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.MessageBox.FillAsync("More");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).WaitForAsync();
        await visitor.Page.Locator(".library-more").ClickAsync();
        texts.AddRange(await visitor.Page.EvaluateAsync<string[]>(LowContrast));
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).ClickAsync();
        texts.AddRange(await visitor.Page.EvaluateAsync<string[]>(LowContrast));

        Assert.Empty(texts);
    }

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task Controls_OfThePanelAndTheProfile_HaveNamesAndAreLargeEnough(int width, int height)
    {
        const string Unfit = """
            () => [...document.querySelectorAll('button, input, select, summary, [role=tab]')].filter(it => it.checkVisibility() && !it.closest('[inert]')).flatMap(it => {
              const { width, height } = (it.closest('label') ?? it).getBoundingClientRect();
              const named = it.ariaLabel || it.getAttribute('aria-labelledby') || it.labels?.length || it.textContent.trim();
              return width >= 24 && height >= 24 && named ? [] : [`${it.tagName} ${it.id} ${it.name ?? ''} ${width} x ${height} ${named}`];
            })
            """;
        await using var visitor = await fixture.VisitAsync(width, height, name: "Anna");
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        var unfit = new List<string>();
        if (width < 1024)
        {
            await visitor.PanelButton.ClickAsync();
        }

        await visitor.OpenTodos.GetByRole(AriaRole.Button).ClickAsync();
        foreach (var tab in await visitor.Page.GetByRole(AriaRole.Tab).AllAsync())
        {
            await tab.ClickAsync();
            unfit.AddRange(await visitor.Page.EvaluateAsync<string[]>(Unfit));
        }

        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Profile" }).ClickAsync();
        unfit.AddRange(await visitor.Page.EvaluateAsync<string[]>(Unfit));

        Assert.Empty(unfit);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Colours_Switched_StaySoAfterAReload()
    {
        await using var visitor = await fixture.VisitAsync(colors: ColorScheme.Light);
        var before = await visitor.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Switch to dark colours" }).ClickAsync();
        await visitor.Page.ReloadAsync();

        Assert.NotEqual(before, await visitor.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor"));
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Switch to light colours" }).WaitForAsync();
    }
}
