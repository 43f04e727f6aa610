using System.Text.Json.Nodes;
using static Convonet.BrowserTests.ScriptedServer;

namespace Convonet.BrowserTests;

/// <summary>Messages that have to wait, and those that do not want to.</summary>
public sealed class SendingTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Theory]
    [InlineData("button")]
    [InlineData("Control+Enter")]
    [InlineData("Meta+Enter")]
    public async Task StopAndSend_WhileAnAnswerRuns_EndsItAndIsAnswered(string how)
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        var stopAndSend = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Stop and send" });
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(20);
        await Assertions.Expect(stopAndSend).ToBeHiddenAsync();

        await visitor.MessageBox.FillAsync(PageServer.SmallTalk);
        await Assertions.Expect(stopAndSend).ToBeVisibleAsync();
        await (how == "button" ? stopAndSend.ClickAsync() : visitor.MessageBox.PressAsync(how));
        await visitor.NewestAnswer("completed").WaitForAsync();

        await Assertions.Expect(visitor.Page.Locator(".bubble")).ToHaveTextAsync([PageServer.LongAnswer, PageServer.SmallTalk]);
        Assert.Equal("cancelled", await visitor.Answers.First.GetAttributeAsync("data-state"));
        await Assertions.Expect(stopAndSend).ToBeHiddenAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Enter_WhileAnAnswerRuns_WaitsAndCanBeWithdrawnAlsoAfterAReload()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.AskAsync(PageServer.LongAnswer);
        await visitor.AnswerGrowsToAsync(20);
        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("waiting").WaitForAsync();

        await visitor.Page.ReloadAsync();
        await visitor.NewestAnswer("waiting").WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await visitor.NewestAnswer("cancelled").WaitForAsync();
        await Assertions.Expect(visitor.Answers.First).ToHaveAttributeAsync("data-state", "completed");

        await Assertions.Expect(visitor.Answers.Last).ToContainTextAsync("Stopped before there was an answer.");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" })).ToBeHiddenAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Message_RefusedForNow_WaitsIsKeptOverAReloadAndIsSentAgainByItself()
    {
        var ids = new List<string>();
        await using var visitor = await fixture.VisitAsync(prepare: page => StandInAsync(page, (server, question) =>
        {
            ids.Add((string)question["client_msg_id"]!);
            if (ids.Count == 1)
            {
                server.Say(Overloaded(question, retryAfterMs: 60_000));
            }
            else if (ids.Count == 2)
            {
                server.Say(Overloaded(question, retryAfterMs: 200));
            }
            else
            {
                server.Play(Accepted(question, 1), Event("agent_response", 1, ("text", "At last.")));
            }
        }));

        await visitor.AskAsync("Patience");
        await visitor.Page.GetByText("The server is at its limit.").WaitForAsync();
        Assert.Single(ids);
        await visitor.Page.ReloadAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(3, ids.Count);
        Assert.Single(ids.Distinct());
        await Assertions.Expect(visitor.Page.Locator(".pending")).ToHaveCountAsync(0);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Message_RefusedForNow_CanBeTakenBackIntoTheBox()
    {
        var asked = 0;
        await using var visitor = await fixture.VisitAsync(prepare: page => StandInAsync(page, (server, question) =>
        {
            asked++;
            server.Say(Overloaded(question, retryAfterMs: 500));
        }));
        await visitor.AskAsync("Never mind");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Not now" }).ClickAsync();

        await Assertions.Expect(visitor.Page.Locator(".pending")).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.MessageBox).ToHaveValueAsync("Never mind");
        await Assertions.Expect(visitor.MessageBox).ToBeFocusedAsync();
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync();
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task NewConversation_WithAMessageThatWaits_GivesItsWordsBack()
    {
        await using var visitor = await fixture.VisitAsync(prepare: page => StandInAsync(page, (server, question) => server.Say(Overloaded(question, retryAfterMs: 60_000))));
        await visitor.AskAsync("Not lost");
        await visitor.Page.GetByText("The server is at its limit.").WaitForAsync();

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();

        await Assertions.Expect(visitor.MessageBox).ToHaveValueAsync("Not lost");
        await Assertions.Expect(visitor.Page.Locator(".pending")).ToHaveCountAsync(0);
    }

    private static JsonNode Overloaded(JsonNode question, int retryAfterMs)
    {
        var refused = Event("error", null, ("code", "overloaded"), ("message", "The server is at its limit, so this was not taken."), ("client_msg_id", (string)question["client_msg_id"]!));
        refused["data"]!["retry_after_ms"] = retryAfterMs;
        return refused;
    }
}
