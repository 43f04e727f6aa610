using System.Text.RegularExpressions;

namespace Convonet.BrowserTests;

/// <summary>Who the page is for: the form on a server that others can reach, the account of a server that they cannot.</summary>
public sealed class SignInTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task Server_ThatOthersCanReach_AsksWhoOneIsBeforeAnythingElse()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, PageServer.Beyond);
        await using var visitor = await fixture.VisitAsync(server: server);
        visitor.ExpectedRefusals.Add(401);

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await Assertions.Expect(visitor.MessageBox).ToBeHiddenAsync();
        await Assertions.Expect(visitor.Page.Locator("#sign-in-form").GetByLabel("E-mail address")).ToBeFocusedAsync();
        await FillSignInAsync(visitor, "wrong password");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The e-mail address or the password is wrong");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Make an account" }).ClickAsync();
        var form = visitor.Page.Locator("#register-form");
        await form.GetByLabel("Name").FillAsync("Anna Muster");
        await form.GetByLabel("E-mail address").FillAsync(visitor.Email);
        await form.GetByLabel("Password").FillAsync(Visitor.Password);
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("#connection")).ToHaveAttributeAsync("data-state", "online");
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();

        await ChooseAsync(visitor, "Sign out");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await FillSignInAsync(visitor, Visitor.Password);
        await Assertions.Expect(visitor.MessageBox).ToBeVisibleAsync();
        Assert.Equal(0, await visitor.Answers.CountAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task SignOut_LeavesNothingOfTheUserInThePage()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, PageServer.Beyond);
        await using var visitor = await fixture.VisitAsync(name: "Anna Muster", server: server);
        visitor.ExpectedRefusals.Add(401);
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await Assertions.Expect(visitor.Page.Locator("#announcer")).Not.ToBeEmptyAsync();
        await visitor.MessageBox.FillAsync("buy milk again");

        await ChooseAsync(visitor, "Sign out");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();

        await Assertions.Expect(visitor.Page.Locator("#announcer")).ToBeEmptyAsync();
        await visitor.Page.WaitForFunctionAsync("() => document.querySelectorAll('#turns > *').length === 0");
        var left = await visitor.Page.EvaluateAsync<string>(
            "() => [...document.querySelectorAll('body > :not(#scroller)')].map(it => it.textContent).join(' ') + document.querySelector('#turns').textContent + document.querySelector('#message').value + Object.values(sessionStorage).join(' ')");
        Assert.DoesNotContain("milk", left, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Muster", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherTab_ThatShowsTheForm_NoticesThatOneTabSignedIn()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, PageServer.Beyond);
        await using var anna = await fixture.VisitAsync(name: "Anna", server: server);
        await anna.Context.APIRequest.PostAsync("api/account/logout");
        await Assertions.Expect(anna.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        var other = await anna.OpenAnotherTabAsync();
        await Assertions.Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();

        await FillSignInAsync(anna, Visitor.Password);

        await Assertions.Expect(other.GetByLabel("Message", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(other.Locator("#connection")).ToHaveAttributeAsync("data-state", "online");
    }

    [Fact]
    public async Task TimeZone_OfTheDeviceIsAnother_ThePageSaysSoAndUsesItOnRequest()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna", timeZone: "America/New_York");
        var line = visitor.Page.Locator("#zone-line");
        await Assertions.Expect(line).ToContainTextAsync("Your times are in Europe/Zurich; this device is in America/New_York.");

        await line.GetByRole(AriaRole.Button, new() { Name = "Close this hint" }).ClickAsync();
        await Assertions.Expect(line).ToBeHiddenAsync();
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.Page.Locator("#connection")).ToHaveAttributeAsync("data-state", "online");
        await Assertions.Expect(line).ToBeHiddenAsync();
        await visitor.Page.EvaluateAsync("() => localStorage.clear()");
        await visitor.Page.ReloadAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Use America/New_York" }).ClickAsync();

        await Assertions.Expect(line).ToBeHiddenAsync();
        await ChooseAsync(visitor, "Profile");
        await Assertions.Expect(visitor.Page.GetByLabel("Time zone")).ToHaveValueAsync("America/New_York");
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task LocalOwner_SettingAPassword_IsToldBeforeAndAfterWhatItEnds()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken);
        await using var visitor = await fixture.VisitAsync(server: server);
        await ChooseAsync(visitor, "Profile");
        var profile = visitor.Page.GetByRole(AriaRole.Dialog, new() { Name = "Profile" });
        await Assertions.Expect(profile.GetByText("nobody is signed in here by itself any more")).ToBeVisibleAsync();

        await profile.GetByLabel("E-mail address").FillAsync(visitor.Email);
        await profile.GetByLabel("Password, at least 10 characters").FillAsync(Visitor.Password);
        await profile.GetByLabel("Password, at least 10 characters").PressAsync("Enter");

        await Assertions.Expect(profile.GetByText("from now on everybody signs in with this address and password")).ToBeVisibleAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visitor.MessageBox).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.Locator("#connection")).ToHaveAttributeAsync("data-state", "online");
    }

    [Fact]
    public async Task SignIn_EndedInAnotherTab_LeadsToTheFormAndLosesNoWord()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, PageServer.Beyond);
        await using var visitor = await fixture.VisitAsync(name: "Anna", server: server);
        visitor.ExpectedRefusals.Add(401);
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.MessageBox.FillAsync(PageServer.SmallTalk);

        var response = await visitor.Context.APIRequest.PostAsync("api/account/logout");
        Assert.True(response.Ok);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await FillSignInAsync(visitor, Visitor.Password);
        await Assertions.Expect(visitor.MessageBox).ToBeVisibleAsync();
        await Assertions.Expect(visitor.MessageBox).ToHaveValueAsync(PageServer.SmallTalk);
        await visitor.MessageBox.PressAsync("Enter");
        await Assertions.Expect(visitor.Page.Locator(".answer[data-state=completed]")).ToHaveCountAsync(2);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task AnotherUser_SigningInInTheSameTab_SeesNothingOfTheOneBefore()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, PageServer.Beyond);
        await using var sam = await fixture.VisitAsync(name: "Sam", server: server);
        await using var visitor = await fixture.VisitAsync(name: "Anna", server: server);
        visitor.ExpectedRefusals.Add(401);
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();

        await visitor.Context.APIRequest.PostAsync("api/account/logout");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await FillSignInAsync(visitor, Visitor.Password, sam.Email);

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "What can I take off your mind?" })).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.GetByText("Nothing to do.")).ToBeVisibleAsync();
        Assert.Equal(0, await visitor.Page.GetByText("buy milk", new() { Exact = true }).CountAsync());
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task LocalOwner_NeedsNoForm_ButMayGoToItAndBack()
    {
        await using var visitor = await fixture.VisitAsync();
        visitor.ExpectedRefusals.Add(401);

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByText("This machine’s own account")).ToBeVisibleAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign in with another account" }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await FillSignInAsync(visitor, "wrong password");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The e-mail address or the password is wrong");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Back" }).ClickAsync();

        await Assertions.Expect(visitor.MessageBox).ToBeVisibleAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Profile_Changed_ShowsInThePageAtOnce()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await ChooseAsync(visitor, "Profile");
        var profile = visitor.Page.GetByRole(AriaRole.Dialog, new() { Name = "Profile" });

        await profile.GetByLabel("Name").FillAsync("Anna Muster");
        await profile.GetByLabel("Time zone").FillAsync("America/New_York");
        await profile.GetByLabel("Time zone").PressAsync("Enter");
        await Assertions.Expect(profile.GetByText("Saved.")).ToBeVisibleAsync();
        await profile.GetByLabel("PIN").FillAsync("204731");
        await profile.GetByRole(AriaRole.Button, new() { Name = "Set it" }).ClickAsync();
        await Assertions.Expect(profile.GetByText("The PIN is set.")).ToBeVisibleAsync();
        await profile.GetByRole(AriaRole.Button, new() { Name = "Remove the PIN" }).ClickAsync();
        await Assertions.Expect(profile.GetByText("There is no PIN any more.")).ToBeVisibleAsync();
        await profile.GetByRole(AriaRole.Button, new() { Name = "Make an address" }).ClickAsync();
        await Assertions.Expect(profile.GetByLabel("The calendar’s address")).ToHaveValueAsync(new Regex("/api/calendar\\.ics\\?key=.+"));
        await visitor.Page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(profile).ToBeHiddenAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Account of Anna Muster" })).ToBeVisibleAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    private static async Task FillSignInAsync(Visitor visitor, string password, string? email = null)
    {
        var form = visitor.Page.Locator("#sign-in-form");
        await form.GetByLabel("E-mail address").FillAsync(email ?? visitor.Email);
        await form.GetByLabel("Password").FillAsync(password);
        await form.GetByRole(AriaRole.Button).ClickAsync();
    }

    private static async Task ChooseAsync(Visitor visitor, string entry)
    {
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = entry }).ClickAsync();
    }
}
