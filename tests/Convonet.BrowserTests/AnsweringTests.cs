namespace Convonet.BrowserTests;

public sealed class AnsweringTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task Page_Loaded_IsUnderAPolicyThatRefusesMarkup()
    {
        await using var visitor = await fixture.VisitAsync();

        var response = await visitor.Page.ReloadAsync();
        var refused = await Assert.ThrowsAsync<PlaywrightException>(() => visitor.Page.EvaluateAsync("() => { document.body.innerHTML = '<b>x</b>'; }"));

        var policy = (await response!.HeaderValueAsync("content-security-policy"))!;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("data:", policy, StringComparison.Ordinal);
        Assert.Contains("TrustedHTML", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Loaded_LetsNoScriptMakeAPolicyOfItsOwnAndShowsItsIcon()
    {
        await using var visitor = await fixture.VisitAsync();
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();
        await visitor.AssertNothingWentWrongAsync();

        var refused = await Assert.ThrowsAsync<PlaywrightException>(() => visitor.Page.EvaluateAsync("() => trustedTypes.createPolicy('mine', {}).name"));

        Assert.Contains("createPolicy", refused.Message, StringComparison.Ordinal);
        Assert.True(await visitor.Page.Locator(".brand img").EvaluateAsync<bool>("image => image.complete && image.naturalWidth > 0"));
    }

    [Fact]
    public async Task Answer_WhileItStreams_GrowsBeforeItEnds()
    {
        await using var visitor = await fixture.VisitAsync();

        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(40);
        await visitor.NewestAnswer("completed").WaitForAsync();

        var lengths = await visitor.ObservedAsync<int[]>("lengths");
        Assert.True(lengths.Length >= 3, $"Seen while it was running: {string.Join(", ", lengths)}.");
        Assert.Equal(lengths.Order(), lengths);
        Assert.Equal(visitor.SentLetters(1), await visitor.ShownLettersAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task ExampleSentence_Pressed_ShowsTwoToolsRunningSideBySide()
    {
        await using var visitor = await fixture.VisitAsync();

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = PageServer.TwoTools }).ClickAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(2, await visitor.ObservedAsync<int>("mostRunning"));
        Assert.True(await visitor.ObservedAsync<bool>("sideBySide"));
        Assert.Equal(["Create todo", "Get calendar events"], (await visitor.Page.Locator(".tool-card .tool-title").AllTextContentsAsync()).Order());
        Assert.Equal(2, await visitor.Page.Locator(".tool-card[data-state=ok]").CountAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task ToolCard_Opened_ShowsArgumentsAndResult()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        var card = visitor.Page.Locator(".tool-card[data-tool=create_todo]");

        await card.Locator("summary").ClickAsync();

        var shown = await card.Locator("pre").AllInnerTextsAsync();
        Assert.Equal(2, shown.Count);
        Assert.All(shown, text => Assert.Contains("buy milk", text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Timeline_OfAFinishedTurn_SaysWhatItShows()
    {
        await using var visitor = await fixture.VisitAsync();

        await visitor.AskAsync(PageServer.TwoTools);
        var timeline = visitor.Page.Locator("svg.timeline");
        await timeline.WaitForAsync();

        Assert.Matches(@"First words after .+ s\..*Create todo done, from .+ for .+\..*Ended after .+ s\.", await timeline.GetAttributeAsync("aria-label"));
        Assert.Equal(2, await timeline.Locator("rect.ok").CountAsync());
    }

    [Theory]
    [InlineData("button")]
    [InlineData("Escape")]
    public async Task Stop_InMidAnswer_EndsItAtOnce(string how)
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(20);

        if (how == "button")
        {
            await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Stop this answer" }).ClickAsync();
        }
        else
        {
            await visitor.Page.Keyboard.PressAsync(how);
        }

        await visitor.NewestAnswer("cancelled").WaitForAsync();
        Assert.Contains("You stopped this answer.", await visitor.Answers.Last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(visitor.SentLetters(1), await visitor.ShownLettersAsync());
        Assert.True(await visitor.MessageBox.EvaluateAsync<bool>("box => box === document.activeElement"));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Provider_Switched_AnswersTheNextTurn()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();
        var before = await visitor.Answers.Last.Locator(".colophon").InnerTextAsync();

        await visitor.Provider.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Claude" }).ClickAsync();
        await Assertions.Expect(visitor.Provider).ToContainTextAsync("Claude");
        await visitor.AskAsync(PageServer.SmallTalk);
        await Assertions.Expect(visitor.Answers).ToHaveCountAsync(2);
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Contains("Gemini", before, StringComparison.Ordinal);
        Assert.Contains("Claude", await visitor.Answers.Last.Locator(".colophon").InnerTextAsync(), StringComparison.Ordinal);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task NewConversation_Pressed_BeginsWithAnEmptyPage()
    {
        await using var visitor = await fixture.VisitAsync();
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "What can I take off your mind?" }).WaitForAsync();
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(1, await visitor.Answers.CountAsync());
        await visitor.AssertNothingWentWrongAsync();
    }
}
