using System.Text.Json;
using System.Text.RegularExpressions;

namespace Convonet.BrowserTests;

/// <summary>The list of a user's conversations. Each test is somebody of their own, so that nobody finds another's.</summary>
public sealed class ConversationListTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    private const string Other = "Tell me a joke";

    [Fact]
    public async Task List_OfSomebodyNew_SaysWhatWillBeThere()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");

        await Assertions.Expect(List(visitor.Page)).ToContainTextAsync("What you talk about is kept, and listed here.");
        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(0);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task List_WhenAConversationBegins_ShowsItMarkedAndAtOnceInAnotherTabToo()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        var tab = await visitor.OpenAnotherTabAsync();
        await Assertions.Expect(List(tab)).ToContainTextAsync("listed here");

        await visitor.AskAsync(PageServer.SmallTalk);

        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex($"^{PageServer.SmallTalk}Today")]);
        await Assertions.Expect(Current(visitor.Page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(tab)).ToHaveTextAsync([new Regex($"^{PageServer.SmallTalk}Today")]);
        await Assertions.Expect(Current(tab)).ToHaveCountAsync(0);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Open_AnotherConversation_ShowsItInPlaceAndAReloadComesBackToIt()
    {
        await using var visitor = await WithTwoAsync();
        await visitor.Page.EvaluateAsync("() => { window.observed.samePage = true; }");

        await Rows(visitor.Page).Filter(new() { HasText = PageServer.SmallTalk }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveTextAsync([PageServer.SmallTalk]);
        var samePage = await visitor.ObservedAsync<bool>("samePage");
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(Current(visitor.Page)).ToContainTextAsync(PageServer.SmallTalk);
        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveTextAsync([PageServer.SmallTalk]);
        await visitor.AskAsync("And more");
        await Assertions.Expect(visitor.Page.Locator(".answer[data-state=completed]")).ToHaveCountAsync(2);

        Assert.True(samePage);
        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex(PageServer.SmallTalk), new Regex(Other)]);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Open_WhileAnAnswerRuns_LetsItGoOnAndShowsTheRestOnReturn()
    {
        await using var visitor = await WithTwoAsync();
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(20);

        await Rows(visitor.Page).Filter(new() { HasText = PageServer.SmallTalk }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveTextAsync([PageServer.SmallTalk]);
        await Rows(visitor.Page).Filter(new() { HasText = Other }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveTextAsync([Other, PageServer.LongAnswer]);
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(visitor.SentLetters(2), await visitor.ShownLettersAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Rename_WithTheKeyboard_IsShownInEveryTabAndKeepsTheFocus()
    {
        await using var visitor = await WithTwoAsync();
        var tab = await visitor.OpenAnotherTabAsync();
        var keyboard = visitor.Page.Keyboard;

        await More(visitor.Page, PageServer.SmallTalk).FocusAsync();
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        Assert.Equal(PageServer.SmallTalk, await visitor.Page.GetByLabel("New title").InputValueAsync());
        await keyboard.TypeAsync("Plans");
        await keyboard.PressAsync("Enter");

        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex(Other), new Regex("^PlansToday")]);
        await Assertions.Expect(Rows(tab)).ToHaveTextAsync([new Regex(Other), new Regex("^PlansToday")]);
        await Assertions.Expect(More(visitor.Page, "Plans")).ToBeFocusedAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Escape_InARow_GoesBackStepByStepAndStopsNoAnswer()
    {
        await using var visitor = await WithTwoAsync();
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(20);
        await More(visitor.Page, Other).ClickAsync();
        await Button(visitor.Page, "Delete…").ClickAsync();

        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Button(visitor.Page, "Delete…")).ToBeFocusedAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(More(visitor.Page, Other)).ToBeFocusedAsync();

        await visitor.NewestAnswer("completed").WaitForAsync();
        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Delete_OfTheOpenOne_AsksFirstAndANewOneBegins()
    {
        await using var visitor = await WithTwoAsync();

        await More(visitor.Page, Other).ClickAsync();
        await Button(visitor.Page, "Delete…").ClickAsync();
        await Assertions.Expect(Button(visitor.Page, "Keep")).ToBeFocusedAsync();
        await Assertions.Expect(List(visitor.Page)).ToContainTextAsync("It is the one you are in: a new one begins.");
        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(2);
        await Button(visitor.Page, "Delete").ClickAsync();

        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex(PageServer.SmallTalk)]);
        await Assertions.Expect(visitor.Page.Locator("#notice")).ToHaveTextAsync($"“{Other}” was deleted. A new conversation begins here.");
        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveCountAsync(0);
        await visitor.AskAsync("Something new");
        await visitor.NewestAnswer("completed").WaitForAsync();
        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex("Something new"), new Regex(PageServer.SmallTalk)]);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Delete_InAnotherTab_TakesItOffThePageAndSaysThatANewOneBegins()
    {
        await using var visitor = await WithTwoAsync();
        var tab = await visitor.OpenAnotherTabAsync();

        await More(tab, Other).ClickAsync();
        await Button(tab, "Delete…").ClickAsync();
        await Button(tab, "Delete").ClickAsync();

        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex(PageServer.SmallTalk)]);
        await Assertions.Expect(visitor.Page.Locator("#notice")).ToContainTextAsync("A new one begins here.");
        await Assertions.Expect(visitor.Page.Locator(".turn")).ToHaveCountAsync(0);
        await visitor.AskAsync("Something new");
        await visitor.NewestAnswer("completed").WaitForAsync();
        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex("Something new"), new Regex(PageServer.SmallTalk)]);
    }

    [Fact]
    public async Task Search_WhateverTheCase_FindsInTitlesAndAnswersAndSaysWhenThereIsNothing()
    {
        await using var visitor = await WithTwoAsync();
        var search = visitor.Page.GetByLabel("Search conversations");

        await search.FillAsync("ME A JO");
        await Assertions.Expect(Rows(visitor.Page)).ToHaveTextAsync([new Regex(Other)]);
        await search.FillAsync("zebra");
        await Assertions.Expect(List(visitor.Page)).ToContainTextAsync("Nothing found for “zebra”.");
        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(0);
        await search.PressAsync("Escape");

        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(2);
        Assert.Equal("", await search.InputValueAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task List_LongerThanAPage_GoesOnAtItsEndAndSaysWhenTheServerIsGone()
    {
        var gone = false;
        await using var visitor = await fixture.VisitAsync(name: "Anna", prepare: page => page.RouteAsync("**/api/conversations?*", route =>
        {
            var before = new Regex("before=[^&]*?(\\d\\d)Z").Match(route.Request.Url) is { Success: true } match ? 59 - int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) + 1 : 0;
            var items = Enumerable.Range(before, Math.Min(40, 55 - before)).Select(index => new { id = $"c_{index}", title = $"Talk {index}", created_at = "2026-11-20T08:00:00Z", used_at = $"2026-11-25T00:00:{59 - index:00}Z", turns = 1 });
            return gone ? route.AbortAsync() : route.FulfillAsync(new() { ContentType = "application/json", Body = JsonSerializer.Serialize(items) });
        }));
        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(40);

        await visitor.Page.Locator(".library-scroller").HoverAsync();
        await visitor.Page.Mouse.WheelAsync(0, 5000);
        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(55);
        gone = true;
        await visitor.Page.GetByLabel("Search conversations").FillAsync("x");
        await Assertions.Expect(visitor.Page.Locator(".library-status")).ToContainTextAsync("The server cannot be reached right now.");
        gone = false;
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await Assertions.Expect(visitor.Page.Locator(".library-status")).ToHaveTextAsync("40 or more found");
    }

    [Fact]
    public async Task List_OnAPhone_IsASheetThatKeepsTheFocusAndGivesItBack()
    {
        await using var visitor = await fixture.VisitAsync(390, 844, name: "Anna");
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();
        var open = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Conversations", Exact = true });
        await Assertions.Expect(List(visitor.Page)).ToBeHiddenAsync();

        await open.ClickAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Dialog, new() { Name = "Conversations" })).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.GetByLabel("Search conversations")).ToBeFocusedAsync();
        Assert.True(await visitor.Page.EvaluateAsync<bool>("() => ['skip', 'top', 'scroller', 'bottom', 'panel'].every(id => document.getElementById(id).inert)"));
        Assert.Equal(390, await visitor.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(open).ToBeFocusedAsync();
        await open.ClickAsync();
        await Button(visitor.Page, "New conversation").ClickAsync();

        await Assertions.Expect(List(visitor.Page)).ToBeHiddenAsync();
        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveCountAsync(0);
        await open.ClickAsync();
        await Rows(visitor.Page).First.ClickAsync();
        await Assertions.Expect(List(visitor.Page)).ToBeHiddenAsync();
        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveTextAsync([PageServer.SmallTalk]);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Column_Closed_StaysSoAfterAReload()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        var button = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Conversations", Exact = true });

        await button.ClickAsync();
        await Assertions.Expect(List(visitor.Page)).ToBeHiddenAsync();
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-expanded", "false");

        await Assertions.Expect(List(visitor.Page)).ToBeHiddenAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Export_OfAConversation_IsAFile()
    {
        await using var visitor = await WithTwoAsync();
        await More(visitor.Page, PageServer.SmallTalk).ClickAsync();

        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Export as Markdown" }).ClickAsync());

        Assert.Equal("conversation.md", download.SuggestedFilename);
        Assert.StartsWith($"# {PageServer.SmallTalk}\n", await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Export as JSON" })).ToBeVisibleAsync();
    }

    private static ILocator List(IPage page) => page.Locator("#library");

    private static ILocator Rows(IPage page) => page.Locator("#library .library-open");

    private static ILocator Current(IPage page) => page.Locator("#library .library-open[aria-current=true]");

    private static ILocator More(IPage page, string title) => page.GetByRole(AriaRole.Button, new() { Name = $"More about “{title}”" });

    private static ILocator Button(IPage page, string name) => List(page).GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Somebody with two conversations, in the newer one.</summary>
    private async Task<Visitor> WithTwoAsync()
    {
        var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();
        await visitor.AskAsync(Other);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await Assertions.Expect(Rows(visitor.Page)).ToHaveCountAsync(2);
        return visitor;
    }
}
