namespace Convonet.BrowserTests;

public sealed class RecoveryTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task Connection_CutTwiceInMidAnswer_LosesAndDoublesNothing()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.LongAnswer);

        await visitor.AnswerGrowsToAsync(20);
        await visitor.CloseSocketAsync();
        await visitor.AnswerGrowsToAsync(200);
        await visitor.CloseSocketAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(3, await visitor.ObservedAsync<int>("sockets.length"));
        Assert.Equal(1, await visitor.Answers.CountAsync());
        Assert.Equal(visitor.SentLetters(1), await visitor.ShownLettersAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Turn_OutOfASnapshot_LooksAsItDidLive()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        var live = await visitor.Answers.InnerTextAsync();
        var order = await PartsAsync(visitor);

        await visitor.ForgetEpochAsync();
        await visitor.Page.ReloadAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();
        await Assertions.Expect(visitor.Page.Locator("#connection")).ToHaveAttributeAsync("data-state", "online");

        Assert.Matches(@"first words .* · 2 tools · done in", live);
        Assert.Equal(live, await visitor.Answers.InnerTextAsync());
        Assert.Equal(order, await PartsAsync(visitor));
        Assert.Equal(["Gemini"], await visitor.Page.Locator(".answer > h2").AllTextContentsAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task ProviderMenu_OpenWhenTheConnectionReturns_KeepsItsFocusAndItsEscape()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(20);
        await visitor.Provider.ClickAsync();
        await visitor.Page.Keyboard.PressAsync("ArrowDown");
        await visitor.Page.EvaluateAsync("() => { document.activeElement.dataset.before = ''; }");

        await visitor.CloseSocketAsync();
        await visitor.Page.WaitForFunctionAsync("() => !document.querySelector('[data-before]')");
        var focused = await visitor.Page.EvaluateAsync<string?>("() => document.activeElement.dataset.key");
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Menu)).ToBeHiddenAsync();

        Assert.Equal("claude", focused);
        await visitor.AnswerGrowsToAsync(await visitor.ObservedAsync<int>("lengths.at(-1)") + 40);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Answer_StoppedWhileOffline_SaysThatItStopsLaterAndDoes()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, "--Convonet:Tools:Confirm", "create_*");
        await using var visitor = await fixture.VisitAsync(name: "Anna", server: server);
        await visitor.AskAsync("Add buy milk to my list");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).WaitForAsync();
        await visitor.Context.SetOfflineAsync(true);
        await visitor.CloseSocketAsync();
        await visitor.Page.GetByText("Connection lost").WaitForAsync();

        await visitor.MessageBox.PressAsync("Escape");
        await visitor.NewestAnswer("running").GetByText("Stops as soon as the connection is back.").WaitForAsync();
        await visitor.Context.SetOfflineAsync(false);

        await visitor.NewestAnswer("cancelled").WaitForAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Message_TypedWhileOffline_IsKeptAndAnsweredOnce()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.Context.SetOfflineAsync(true);
        await visitor.CloseSocketAsync();
        await visitor.Page.GetByText("Connection lost").WaitForAsync();

        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.Page.GetByText("Kept here until the connection is back").WaitForAsync();
        await visitor.Context.SetOfflineAsync(false);
        await Assertions.Expect(visitor.Page.Locator(".answer[data-state=completed]")).ToHaveCountAsync(2);

        Assert.Equal(2, await visitor.Page.Locator(".bubble").CountAsync());
        Assert.Equal("online", await visitor.Page.Locator("#connection").GetAttributeAsync("data-state"));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Reload_InMidAnswer_KeepsTheAnswerAndLetsItGoOn()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(100);

        await visitor.Page.ReloadAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal([PageServer.LongAnswer], await visitor.Page.Locator(".bubble").AllTextContentsAsync());
        Assert.Equal(visitor.SentLetters(1), await visitor.ShownLettersAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Reload_AfterAProviderSwitchAndTwoTurns_ShowsTheSamePage()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.Provider.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Claude" }).ClickAsync();
        await Assertions.Expect(visitor.Provider).ToContainTextAsync("Claude");
        var before = await visitor.Page.Locator("#turns").InnerTextAsync();

        await visitor.Page.ReloadAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(before, await visitor.Page.Locator("#turns").InnerTextAsync());
        await Assertions.Expect(visitor.Provider).ToContainTextAsync("Claude");
        await visitor.AssertNothingWentWrongAsync();
    }

    private static Task<string[]> PartsAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.answer-parts > *')].map(part => part.className)");
}
