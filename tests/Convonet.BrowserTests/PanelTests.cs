using System.Text.RegularExpressions;

namespace Convonet.BrowserTests;

/// <summary>The user's things beside the conversation. Each test is somebody of their own, so that nobody finds another's todos.</summary>
public sealed class PanelTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    private const string Milk = "buy milk";

    [Fact]
    public async Task Panel_WhenTheAssistantAddsATodo_ShowsItAtOnceAsNew()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await Assertions.Expect(visitor.Page.GetByText("Nothing to do.")).ToBeVisibleAsync();

        await visitor.AskAsync(PageServer.TwoTools);
        await Assertions.Expect(visitor.OpenTodos).ToHaveTextAsync(new Regex(Milk));
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Contains(Milk, await visitor.ObservedAsync<string[]>("fresh"));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Panel_TurnedToAnotherTab_TurnsToWhatTheAssistantChanged()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.ChooseTabAsync("Teams");
        await visitor.MessageBox.HoverAsync();

        await visitor.AskAsync(PageServer.TwoTools);

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Tab, new() { Name = "Todos" })).ToHaveAttributeAsync("aria-selected", "true");
        await Assertions.Expect(visitor.OpenTodos).ToHaveTextAsync(new Regex(Milk));
    }

    [Fact]
    public async Task Undo_InThePanel_TakesBackWhatTheAssistantDid()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();

        await visitor.Panel.GetByRole(AriaRole.Button, new() { Name = "Undo: " }).ClickAsync();

        await Assertions.Expect(visitor.Panel.Locator(".undo-line")).ToContainTextAsync("Taken back: ");
        await Assertions.Expect(visitor.OpenTodos).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.Page.Locator(".tool-card[data-tool=create_todo]")).ToContainTextAsync("Taken back");
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Undo_InTheToolCardAfterAReload_IsStillOfferedInThePanel()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await Assertions.Expect(visitor.Page.Locator(".tool-card[data-tool=create_todo]").GetByRole(AriaRole.Button, new() { Name = "Undo" })).ToBeVisibleAsync();

        await visitor.Page.ReloadAsync();
        await visitor.Panel.GetByRole(AriaRole.Button, new() { Name = "Undo: " }).ClickAsync();

        await Assertions.Expect(visitor.OpenTodos).ToHaveCountAsync(0);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Undo_InATabThatDidNotSeeTheCall_IsOfferedOnItsCard()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        var tab = await visitor.OpenAnotherTabAsync();
        await tab.Locator("#library .library-open").ClickAsync();
        var card = tab.Locator(".tool-card[data-tool=create_todo]");

        await card.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Assertions.Expect(card).ToContainTextAsync("Taken back");
        await Assertions.Expect(tab.Locator(".tool-card[data-tool=get_calendar_events] .tool-foot")).ToBeEmptyAsync();
        await Assertions.Expect(visitor.OpenTodos).ToHaveCountAsync(0);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Undo_OfWhatChangedSince_SaysWhyNot()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        visitor.ExpectedRefusals.Add(409);
        await visitor.AskAsync(PageServer.TwoTools);
        await visitor.NewestAnswer("completed").WaitForAsync();
        var offer = visitor.Page.Locator(".tool-card[data-tool=create_todo]").GetByRole(AriaRole.Button, new() { Name = "Undo" });
        await visitor.OpenTodos.GetByRole(AriaRole.Checkbox).ClickAsync(); // It leaves the list: nobody can see there that it is ticked.
        await Assertions.Expect(visitor.Page.GetByText("Done (1)")).ToBeVisibleAsync();

        await offer.ClickAsync();

        await Assertions.Expect(visitor.Page.Locator(".tool-card[data-tool=create_todo]")).ToContainTextAsync("changed since");
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task AnotherTab_WhenATodoIsAddedAndTicked_ShowsItWithoutBeingTouched()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        var other = await visitor.OpenAnotherTabAsync();
        await Assertions.Expect(other.Locator("#connection")).ToHaveAttributeAsync("data-state", "online");

        await visitor.AddTodoAsync("water the ferns");
        await Assertions.Expect(other.GetByText("water the ferns")).ToBeVisibleAsync();
        await visitor.Page.GetByRole(AriaRole.Checkbox, new() { Name = "water the ferns" }).CheckAsync();

        await Assertions.Expect(other.GetByText("Done (1)")).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.GetByText("Done (1)")).ToBeVisibleAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Todo_Edited_IsDueAndStandsInTheAgenda()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AddTodoAsync("renew the passport");

        await visitor.OpenTodos.GetByRole(AriaRole.Button).ClickAsync();
        await visitor.Page.GetByLabel("Todo", new() { Exact = true }).FillAsync("renew both passports");
        await visitor.Page.GetByLabel("Due").FillAsync("2020-02-01");
        await visitor.Page.GetByLabel("Priority").SelectOptionAsync("urgent");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(visitor.OpenTodos).ToHaveTextAsync(new Regex("renew both passports.*Urgent.*Overdue: "));
        await visitor.ChooseTabAsync("Agenda");
        await Assertions.Expect(visitor.Page.Locator(".day").First).ToHaveTextAsync(new Regex("Today.*renew both passports.*Overdue"));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Todo_DeletedByHand_CanBeTakenBack()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AddTodoAsync("keep me");
        await Assertions.Expect(visitor.Panel.Locator(".undo-line")).ToHaveCountAsync(0);

        await visitor.OpenTodos.GetByRole(AriaRole.Button).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(visitor.OpenTodos).ToHaveCountAsync(0);
        await visitor.Panel.GetByRole(AriaRole.Button, new() { Name = "Undo: " }).ClickAsync();

        await Assertions.Expect(visitor.OpenTodos).ToHaveTextAsync(new Regex("keep me"));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Reminder_AddedByHand_StandsInItsTabAndInTheAgenda()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        var tomorrow = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await visitor.ChooseTabAsync("Reminders");

        await visitor.Page.GetByLabel("New reminder").FillAsync("call Anna");
        await visitor.Page.GetByLabel("On", new() { Exact = true }).FillAsync(tomorrow);
        await visitor.Page.GetByLabel("At", new() { Exact = true }).FillAsync("17:00");
        await visitor.Page.GetByLabel("At", new() { Exact = true }).PressAsync("Enter");

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.List, new() { Name = "Reminders to come" })).ToContainTextAsync("call Anna");
        await visitor.ChooseTabAsync("Agenda");
        await Assertions.Expect(visitor.Page.Locator(".days")).ToContainTextAsync("call Anna");
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Team_MadeByHand_TakesPeopleInAndHasTodosOfItsOwn()
    {
        await using var sam = await fixture.VisitAsync(name: "Sam Gardener");
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        visitor.ExpectedRefusals.Add(409);
        await visitor.ChooseTabAsync("Teams");
        var team = $"Garden {Guid.NewGuid():N}";

        await visitor.Page.GetByLabel("Name of a new team").FillAsync(team);
        await visitor.Page.GetByLabel("Name of a new team").PressAsync("Enter");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = team }).ClickAsync();
        await visitor.Page.GetByLabel("E-mail address of a new member").FillAsync(sam.Email);
        await visitor.Page.GetByLabel("E-mail address of a new member").PressAsync("Enter");
        await visitor.Page.GetByLabel("Role of Sam Gardener").SelectOptionAsync("admin");
        await sam.ChooseTabAsync("Teams");
        await Assertions.Expect(sam.Page.GetByRole(AriaRole.Button, new() { Name = team })).ToContainTextAsync("Admin · 2 members");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        await Assertions.Expect(visitor.Panel.GetByRole(AriaRole.Alert)).ToContainTextAsync("owner");

        await visitor.ChooseTabAsync("Todos");
        await visitor.Page.GetByLabel("For whom").SelectOptionAsync(team);
        await visitor.AddTodoAsync("order soil");
        await sam.ChooseTabAsync("Todos");
        await Assertions.Expect(sam.OpenTodos).ToHaveTextAsync(new Regex($"order soil.*{team}"));
        await visitor.AssertNothingWentWrongAsync();
        await sam.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Panel_Collapsed_StaysSoAfterAReload()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await Assertions.Expect(visitor.Panel).ToBeVisibleAsync();

        await visitor.PanelButton.ClickAsync();
        await Assertions.Expect(visitor.Panel).ToBeHiddenAsync();
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.PanelButton).ToHaveAttributeAsync("aria-expanded", "false");

        await Assertions.Expect(visitor.Panel).ToBeHiddenAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Panel_OnAPhone_IsASheetThatKeepsTheFocusAndGivesItBack()
    {
        await using var visitor = await fixture.VisitAsync(width: 390, height: 844, name: "Anna");
        await Assertions.Expect(visitor.PanelButton).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Panel).ToBeHiddenAsync();

        await visitor.PanelButton.ClickAsync();
        var sheet = visitor.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your things" });
        await Assertions.Expect(sheet).ToBeVisibleAsync();
        for (var stop = 0; stop < 12; stop++)
        {
            Assert.True(await visitor.Page.EvaluateAsync<bool>("() => document.activeElement === document.body || document.querySelector('#panel').contains(document.activeElement)"));
            await visitor.Page.Keyboard.PressAsync("Tab");
        }

        await visitor.Page.Locator("#tab-todos").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visitor.Panel).ToBeHiddenAsync();
        await Assertions.Expect(visitor.PanelButton).ToBeFocusedAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Panel_OnATablet_LeavesTheConversationInSightAndGoesWithAClickBesideIt()
    {
        await using var visitor = await fixture.VisitAsync(width: 820, height: 800, name: "Anna");
        await visitor.PanelButton.ClickAsync();
        await Assertions.Expect(visitor.Panel).ToBeVisibleAsync();
        await visitor.Page.WaitForFunctionAsync("() => ['top', 'scroller', 'bottom'].every(id => document.getElementById(id).inert) && !document.getElementById('panel').inert");
        var left = (await visitor.Panel.BoundingBoxAsync())!.X;

        await visitor.Page.Mouse.ClickAsync(left - 100, 400);

        Assert.InRange(left, 400, 500);
        await Assertions.Expect(visitor.Panel).ToBeHiddenAsync();
        await visitor.Page.WaitForFunctionAsync("() => ['top', 'scroller', 'bottom'].every(id => !document.getElementById(id).inert)");
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Tabs_WithTheArrowKeys_AreTurned()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await Assertions.Expect(visitor.Page.Locator("#tab-todos")).ToBeVisibleAsync(); // what is hidden takes no focus
        await visitor.Page.Locator("#tab-todos").FocusAsync();

        await visitor.Page.Keyboard.PressAsync("ArrowRight");
        await visitor.Page.Keyboard.PressAsync("ArrowRight");

        await Assertions.Expect(visitor.Page.Locator("#tab-reminders")).ToBeFocusedAsync();
        await Assertions.Expect(visitor.Page.Locator("#view-reminders")).ToBeVisibleAsync();
        await visitor.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(visitor.Page.Locator("#view-teams")).ToBeVisibleAsync();
    }
}
