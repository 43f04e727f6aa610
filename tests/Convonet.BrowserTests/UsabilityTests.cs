namespace Convonet.BrowserTests;

public sealed class UsabilityTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task Page_OnAPhoneOf360Pixels_NeverScrollsSideways()
    {
        await using var visitor = await fixture.VisitAsync(width: 360, height: 740);
        var widths = new List<int> { await WidthAsync(visitor) };

        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.RunningCards.First.WaitForAsync();
        widths.Add(await WidthAsync(visitor));
        await visitor.NewestAnswer("completed").WaitForAsync();
        foreach (var card in await visitor.Page.Locator(".tool-card summary").AllAsync())
        {
            await card.ClickAsync();
        }

        await visitor.Provider.ClickAsync();
        widths.Add(await WidthAsync(visitor));
        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.PanelButton.ClickAsync();
        foreach (var tab in await visitor.Page.GetByRole(AriaRole.Tab).AllAsync())
        {
            await tab.ClickAsync();
            widths.Add(await WidthAsync(visitor));
        }

        Assert.All(widths, width => Assert.Equal(360, width));
        Assert.False(await visitor.ObservedAsync<bool>("sideBySide"));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Page_UsedWithTheKeyboardOnly_DoesEverything()
    {
        await using var visitor = await fixture.VisitAsync();
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();
        var keyboard = visitor.Page.Keyboard;

        await visitor.FocusStartAsync();
        await keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the message box", await FocusedAsync(visitor));
        await keyboard.PressAsync("Enter");
        await keyboard.TypeAsync("One");
        await keyboard.PressAsync("Shift+Enter");
        await keyboard.TypeAsync("two");
        Assert.Equal("One\ntwo", await visitor.MessageBox.InputValueAsync());
        await visitor.MessageBox.FillAsync(PageServer.LongAnswer);
        await keyboard.PressAsync("Enter");
        await visitor.AnswerGrowsToAsync(20);

        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("ArrowDown");
        Assert.StartsWith("Claude", await FocusedAsync(visitor), StringComparison.Ordinal);
        await keyboard.PressAsync("Shift+Tab");
        Assert.True(await visitor.Page.GetByRole(AriaRole.Menu).IsVisibleAsync());
        await keyboard.PressAsync("Escape");
        Assert.Equal("provider", await visitor.Page.EvaluateAsync<string>("() => document.activeElement.id"));
        Assert.Equal(1, await visitor.NewestAnswer("running").CountAsync());
        await keyboard.PressAsync("Escape");
        await visitor.NewestAnswer("cancelled").WaitForAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Enter_WhileAnInputMethodComposes_DoesNotSend()
    {
        await using var visitor = await fixture.VisitAsync();
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();
        await visitor.MessageBox.FillAsync("にほん");

        var prevented = await visitor.MessageBox.EvaluateAsync<bool>(
            "box => !box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))");

        Assert.False(prevented);
        Assert.Equal("にほん", await visitor.MessageBox.InputValueAsync());
        Assert.Equal(0, await visitor.Page.Locator(".bubble").CountAsync());
    }

    [Fact]
    public async Task Counter_NearAndOverTheLimit_SaysHowMuchIsLeft()
    {
        await using var visitor = await fixture.VisitAsync();
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();
        var counter = visitor.Page.Locator(".counter");
        var send = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true });

        await visitor.MessageBox.FillAsync(new string('x', 7_000));
        await Assertions.Expect(counter).ToBeHiddenAsync();
        await visitor.MessageBox.FillAsync(new string('x', 7_999));
        await Assertions.Expect(counter).ToHaveTextAsync("1 character left");
        await Assertions.Expect(send).ToBeEnabledAsync();
        await visitor.MessageBox.FillAsync(new string('x', 8_002));
        await Assertions.Expect(counter).ToHaveTextAsync("2 characters too long");
        await Assertions.Expect(send).ToBeDisabledAsync();
        await visitor.MessageBox.FillAsync(new string('x', 8_003));
        await Assertions.Expect(counter).ToHaveTextAsync("3 characters too long");
        Assert.Equal(["1 character left", "2 characters too long"], await visitor.ObservedAsync<string[]>("announced"));
    }

    [Fact]
    public async Task Focus_OnEveryControl_IsVisible()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.FocusStartAsync();
        var seen = new List<string>();

        for (var stop = 0; stop < 12; stop++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            seen.Add(await visitor.Page.EvaluateAsync<string>("""
                () => {
                  const it = document.activeElement;
                  const marked = getComputedStyle(it).outlineStyle !== 'none' || (it.closest('.composer') && getComputedStyle(it.closest('.composer')).boxShadow !== 'none');
                  return `${it.tagName} ${it.id || it.textContent.trim().slice(0, 20)} ${marked ? 'marked' : 'UNMARKED'}`;
                }
                """));
        }

        Assert.All(seen, it => Assert.EndsWith(" marked", it, StringComparison.Ordinal));
        Assert.Contains(seen, it => it.StartsWith("INPUT", StringComparison.Ordinal)); // the search in the list
        Assert.Contains(seen, it => it.StartsWith("SUMMARY", StringComparison.Ordinal));
        Assert.Contains("MAIN scroller marked", seen);
    }

    [Fact]
    public async Task ScreenReader_DuringAnAnswer_HearsItOnceWhenItHasEnded()
    {
        await using var visitor = await fixture.VisitAsync();
        var announcer = visitor.Page.Locator("#announcer");

        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(100);
        var during = await announcer.TextContentAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal("", during);
        Assert.Equal(visitor.SentLetters(1), string.Concat((await announcer.TextContentAsync())!.Where(char.IsLetterOrDigit)));
        Assert.Equal(0, await visitor.Page.Locator("#turns [aria-live], #turns [role=log], #turns [role=status]").CountAsync());
    }

    [Fact]
    public async Task Scrolling_UpInMidAnswer_StaysThereUntilOneJumpsToTheLatest()
    {
        await using var visitor = await fixture.VisitAsync(width: 360, height: 400);
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(350);

        await visitor.Page.Locator("#scroller").HoverAsync();
        await visitor.Page.Mouse.WheelAsync(0, -150);
        var jump = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Jump to latest" });
        await jump.WaitForAsync();
        var top = await visitor.Page.EvaluateAsync<int>("() => document.querySelector('#scroller').scrollTop");
        await visitor.NewestAnswer("completed").WaitForAsync();
        var topAtEnd = await visitor.Page.EvaluateAsync<int>("() => document.querySelector('#scroller').scrollTop");
        await jump.ClickAsync();
        await Assertions.Expect(jump).ToBeHiddenAsync();

        Assert.Equal(top, topAtEnd);
        await visitor.Page.WaitForFunctionAsync("() => { const it = document.querySelector('#scroller'); return it.scrollHeight - it.clientHeight - it.scrollTop < 2; }");
    }

    /// <summary>A dot alone does not say that nothing is sent.</summary>
    [Fact]
    public async Task Header_OnAPhoneWithoutAConnection_SaysSoInWords()
    {
        await using var visitor = await fixture.VisitAsync(width: 390, height: 844, prepare: static page => page.RouteWebSocketAsync("**/voice", static _ => { }));
        var words = visitor.Page.Locator(".connection-words");

        await Assertions.Expect(words).ToHaveTextAsync("Connecting…");

        await Assertions.Expect(words).ToHaveCSSAsync("position", "static");
        Assert.True(await visitor.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
    }

    [Fact]
    public async Task ProviderMenu_OpenWhileOneReadsAbove_IsNotCoveredByTheJump()
    {
        await using var visitor = await fixture.VisitAsync(width: 390, height: 844);
        for (var turn = 1; turn <= 2; turn++)
        {
            await visitor.AskAsync(PageServer.LongAnswer);
            await Assertions.Expect(visitor.Page.Locator(".answer[data-state=completed]")).ToHaveCountAsync(turn);
        }

        await visitor.Page.EvaluateAsync("() => { document.querySelector('#scroller').scrollTop = 0; }");
        var jump = visitor.Page.Locator("#jump");
        await Assertions.Expect(jump).ToBeVisibleAsync();

        await visitor.Provider.ClickAsync();
        await Assertions.Expect(jump).ToBeHiddenAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(jump).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Scrolling_WithTheKeyboard_MovesTheTranscript()
    {
        await using var visitor = await fixture.VisitAsync(width: 360, height: 400);
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.FocusStartAsync();

        for (var stop = 0; stop < 7; stop++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Equal("Conversation", await visitor.Page.EvaluateAsync<string>("() => document.activeElement.ariaLabel"));
        await visitor.Page.Keyboard.PressAsync("Home");
        await visitor.Page.WaitForFunctionAsync("() => document.querySelector('#scroller').scrollTop === 0");
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task ScreenReader_WhenTheSameHappensTwice_HearsItTwice()
    {
        await using var visitor = await fixture.VisitAsync();

        for (var turn = 1; turn <= 2; turn++)
        {
            await visitor.AskAsync(PageServer.LongAnswer);
            await Assertions.Expect(visitor.Answers).ToHaveCountAsync(turn);
            await visitor.AnswerGrowsToAsync(20);
            await visitor.Page.Keyboard.PressAsync("Escape");
            await visitor.NewestAnswer("cancelled").WaitForAsync();
        }

        Assert.Equal(["Answer stopped.", "Answer stopped."], await visitor.ObservedAsync<string[]>("announced"));
        await visitor.AssertNothingWentWrongAsync();
    }

    private static Task<int> WidthAsync(Visitor visitor) => visitor.Page.EvaluateAsync<int>(
        "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth, document.querySelector('#scroller').scrollWidth)");

    private static Task<string> FocusedAsync(Visitor visitor) => visitor.Page.EvaluateAsync<string>("() => document.activeElement.textContent.trim()");
}
