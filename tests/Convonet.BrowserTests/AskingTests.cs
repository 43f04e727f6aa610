using System.Globalization;
using System.Text.RegularExpressions;
using static Convonet.BrowserTests.ScriptedServer;

namespace Convonet.BrowserTests;

/// <summary>What asks for the user's attention: a tool that needs their yes, a reminder that is due.</summary>
public sealed class AskingTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Theory]
    [InlineData("Allow", "ok", 0)]
    [InlineData("Don’t", "cancelled", 1)]
    public async Task Tool_OnTheConfirmationList_RunsOnlyWithTheUsersYes(string button, string outcome, int left)
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, "--Convonet:Tools:Confirm", "delete_*");
        await using var visitor = await fixture.VisitAsync(name: "Anna", server: server);
        await visitor.AddTodoAsync("buy milk");

        await visitor.AskAsync("Delete buy milk from my list");
        var question = visitor.Page.GetByRole(AriaRole.Group, new() { Name = "Delete the todo “buy milk”?" });
        await question.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        await Assertions.Expect(question).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.Page.Locator($".tool-card[data-tool=delete_todo][data-state={outcome}]")).ToBeVisibleAsync();
        await Assertions.Expect(visitor.OpenTodos).ToHaveCountAsync(left);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Question_AfterAReload_AsksTheSameWithWhatIsLeftOfTheTime()
    {
        await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, "--Convonet:Tools:Confirm", "delete_*");
        await using var visitor = await fixture.VisitAsync(name: "Anna", server: server);
        await visitor.AddTodoAsync("buy milk");
        await visitor.AskAsync("Delete buy milk from my list");
        var question = visitor.Page.GetByRole(AriaRole.Group, new() { Name = "Delete the todo “buy milk”?" });
        await Assertions.Expect(question.GetByText(new Regex(@"^(1\d|2[0-7]) s left$"))).ToBeVisibleAsync();

        foreach (var bySnapshot in new[] { false, true })
        {
            if (bySnapshot)
            {
                await visitor.ForgetEpochAsync();
            }

            await visitor.Page.ReloadAsync();
            await Assertions.Expect(question).ToBeVisibleAsync();

            var left = int.Parse((await question.Locator(".question-time").TextContentAsync())!.Split(' ')[0], CultureInfo.InvariantCulture);
            Assert.InRange(left, 1, 27);
        }

        await question.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        await Assertions.Expect(visitor.OpenTodos).ToHaveCountAsync(0);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Reminder_ThatIsDue_StaysInSightUntilItIsPutAwayAndComesOnce()
    {
        ScriptedServer? connected = null;
        await using var visitor = await fixture.VisitAsync(prepare: page => StandInAsync(page, (_, _) => { }, server => connected = server));
        var card = visitor.Page.Locator(".due-card");
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();

        connected!.Say(Event("reminder_due", null));
        connected.Say(Event("reminder_due", null));
        await Assertions.Expect(card).ToHaveCountAsync(1);
        await Assertions.Expect(card).ToHaveAttributeAsync("role", "alert");
        await Assertions.Expect(card).ToContainTextAsync("call Anna");
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(card).ToContainTextAsync("call Anna");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Got it" }).ClickAsync();
        await Assertions.Expect(card).ToHaveCountAsync(0);
        connected!.Say(Event("reminder_due", null));
        connected.Say(Event("reminder_due", null, ("remind_at", "2026-11-25T18:00:00")));

        await Assertions.Expect(card).ToHaveCountAsync(1);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Notifications_AreAskedForByTheirButtonOnlyAndOnce()
    {
        const string Undecided = """
            window.asked = 0;
            Object.defineProperty(Notification, 'permission', { get: () => window.asked > 0 ? 'denied' : 'default' });
            Notification.requestPermission = async () => { window.asked += 1; return 'denied'; };
            """;
        await using var visitor = await fixture.VisitAsync(name: "Anna", prepare: page => page.AddInitScriptAsync(Undecided));
        await visitor.ChooseTabAsync("Reminders");
        var button = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Show them outside this page too" });
        await Assertions.Expect(button).ToBeVisibleAsync();
        var before = await visitor.Page.EvaluateAsync<int>("() => window.asked");

        await button.ClickAsync();
        await Assertions.Expect(button).ToBeHiddenAsync();

        Assert.Equal((0, 1), (before, await visitor.Page.EvaluateAsync<int>("() => window.asked")));
    }
}
