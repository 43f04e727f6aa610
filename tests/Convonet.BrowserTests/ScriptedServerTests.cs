using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Convonet.BrowserTests.ScriptedServer;

namespace Convonet.BrowserTests;

/// <summary>What the page does with events that are hard to get from a healthy server: they are played to it from here, in the words of the golden samples.</summary>
public sealed class ScriptedServerTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task FailedTurn_TryAgain_AsksTheSameAgain()
    {
        var asked = new List<string>();
        await using var visitor = await VisitAsync((server, question) =>
        {
            asked.Add((string)question["text"]!);
            server.Play(Accepted(question, asked.Count), Event("agent_response.failed", asked.Count));
        });

        await visitor.AskAsync("What now?");
        await Assertions.Expect(visitor.Answers.Locator(".outcome.failed")).ToContainTextAsync("The assistant is overloaded right now.");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(visitor.Answers).ToHaveCountAsync(2);

        Assert.Equal(["What now?", "What now?"], asked);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Markup_OfAHostileAnswer_StaysText()
    {
        const string Hostile = "<img src=x onerror=\"alert(1)\"> <script>alert(2)</script> [x](javascript:alert(3)) **<b>bold</b>**";
        var pieces = Hostile.Chunk(3).Select(piece => Event("agent_stream_chunk.text", 1, ("text", new string(piece))));
        await using var visitor = await VisitAsync((server, question) =>
            server.Play([Accepted(question, 1), .. pieces, Event("agent_response", 1, ("text", Hostile))]));

        await visitor.AskAsync("Be evil");
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(0, await visitor.Answers.Locator("img, script, b, a").CountAsync());
        Assert.Equal("<b>bold</b>", await visitor.Answers.Locator("strong").TextContentAsync());
        Assert.Contains("<img src=x onerror=\"alert(1)\">", await visitor.Answers.InnerTextAsync(), StringComparison.Ordinal);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Status_WhileNothingComes_IsAQuietLineUntilContentArrives()
    {
        ScriptedServer? waiting = null;
        await using var visitor = await VisitAsync((server, question) =>
        {
            waiting = server;
            server.Play(Accepted(question, 1), Event("agent_stream_chunk.tool", 1), Event("status", 1));
        });
        await visitor.AskAsync("What is on?");
        var line = visitor.Page.Locator(".quiet-line");

        await Assertions.Expect(line).ToHaveTextAsync("Still waiting for get_calendar_events…");
        waiting!.Play(Event("agent_stream_chunk.text", 1));

        await Assertions.Expect(line).ToBeHiddenAsync();
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task ScreenReader_DuringATurn_HearsQuietLinesAndToolsThatFailed()
    {
        ScriptedServer? waiting = null;
        await using var visitor = await VisitAsync((server, question) =>
        {
            waiting = server;
            server.Play(Accepted(question, 1), Event("agent_stream_chunk.tool", 1));
        });
        await visitor.AskAsync("What is on?");
        await visitor.RunningCards.WaitForAsync();

        waiting!.Play(Event("status", 1));
        await visitor.Page.WaitForFunctionAsync("() => window.observed.announced.length === 1");
        waiting.Play(Event("status", 1));
        waiting.Play(Event("agent_tool_result.timeout", 1));
        await visitor.Page.WaitForFunctionAsync("() => window.observed.announced.length === 2");
        waiting.Play(Event("agent_stream_chunk.text", 1), Event("agent_response", 1, ("text", "Nothing.")));
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(["Still waiting for get_calendar_events…", "Get calendar events timed out.", "Nothing."], await visitor.ObservedAsync<string[]>("announced"));
    }

    [Fact]
    public async Task ToolThatTimedOut_Opened_SaysItsLimit()
    {
        await using var visitor = await VisitAsync((server, question) =>
            server.Play(Accepted(question, 1), Event("agent_stream_chunk.tool", 1), Event("agent_tool_result.timeout", 1)));
        await visitor.AskAsync("What is on?");
        var card = visitor.Page.Locator(".tool-card[data-state=timeout]");

        await card.Locator("summary").ClickAsync();

        Assert.Contains("timed out", await card.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Stopped at its limit of 6.0 s", await card.InnerTextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Allow", true)]
    [InlineData("Don’t", false)]
    public async Task Question_BeforeATool_IsAnsweredByItsButtonsAndGoesWithTheResult(string button, bool yes)
    {
        JsonNode? answer = null;
        await using var visitor = await VisitAsync((server, question) =>
        {
            server.OnConfirm = confirm =>
            {
                answer = confirm;
                server.Play(Event("agent_tool_result", 1), Event("agent_response", 1, ("text", "Very well.")));
            };
            server.Play(Accepted(question, 1), DeleteStarted(), Event("tool_confirmation", 1));
        });
        await visitor.AskAsync("Delete it");
        var asked = visitor.Page.GetByRole(AriaRole.Group, new() { Name = "Delete this todo?" });
        await Assertions.Expect(asked.GetByText("s left")).ToBeVisibleAsync();
        await Assertions.Expect(visitor.MessageBox).ToBeFocusedAsync();

        await asked.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await visitor.NewestAnswer("completed").WaitForAsync();

        Assert.Equal(("call_3_0_0", yes), ((string?)answer!["id"], (bool)answer["yes"]!));
        await Assertions.Expect(asked).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.MessageBox).ToBeFocusedAsync();
        Assert.Contains("Delete todo needs your yes. Answer in the conversation.", await visitor.ObservedAsync<string[]>("announced"));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Question_WhoseTimeIsUp_CannotBeAnsweredAnyMore()
    {
        await using var visitor = await VisitAsync((server, question) =>
        {
            var soon = Event("tool_confirmation", 1);
            soon["data"]!["expires_ms"] = 300;
            server.Play(Accepted(question, 1), DeleteStarted(), soon);
        });

        await visitor.AskAsync("Delete it");

        await visitor.Page.GetByText("No answer in time").WaitForAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Allow" })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task Message_Refused_KeepsItsWordsAndSaysWhy()
    {
        await using var visitor = await VisitAsync((server, question) => server.Say(
            Event("error", null, ("client_msg_id", (string)question["client_msg_id"]!), ("message", "There are too many messages in line."))));

        await visitor.AskAsync("One more");

        await visitor.Page.GetByText("There are too many messages in line.").WaitForAsync();
        Assert.Equal(["One more"], await visitor.Page.Locator(".bubble").AllTextContentsAsync());
    }

    [Fact]
    public async Task Snapshot_OnReload_RebuildsTheTranscript()
    {
        await using var visitor = await VisitAsync((_, _) => { });
        await Assertions.Expect(visitor.Provider).ToBeEnabledAsync(); // from then on the page itself keeps nothing else
        await visitor.Page.EvaluateAsync(
            "() => sessionStorage.setItem('convonet.conversation', JSON.stringify({ conversation: 'c_old', epoch: 1, outbox: [] }))");

        await visitor.Page.ReloadAsync();
        await visitor.NewestAnswer("running").WaitForAsync();

        Assert.Equal(["Add buy milk to my list", "Delete it again"], await visitor.Page.Locator(".bubble").AllTextContentsAsync());
        Assert.Equal(["Create todo", "Delete todo"], await visitor.Page.Locator(".tool-title").AllTextContentsAsync());
        await Assertions.Expect(visitor.Page.Locator(".colophon")).ToContainTextAsync("first words 0.62 s · 1 tool · done in 1.8 s");
        await Assertions.Expect(visitor.Page.Locator(".question-time")).ToHaveTextAsync(new Regex("^1[78] s left$"));
        await visitor.AssertNothingWentWrongAsync();
    }

    private Task<Visitor> VisitAsync(Action<ScriptedServer, JsonNode> onQuestion) => fixture.VisitAsync(prepare: page => StandInAsync(page, onQuestion));

    private static JsonNode DeleteStarted()
    {
        var started = Event("agent_stream_chunk.tool", 1);
        started["data"]!["tool_call"]!["name"] = "delete_todo";
        return started;
    }
}
