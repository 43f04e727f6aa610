using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.EndToEnd;

/// <summary>A server that stops in the middle of a turn, and the next one on the same database.</summary>
public abstract partial class RestartTests(string kind) : IAsyncLifetime
{
    private readonly List<string> _ran = [];
    private TestDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(kind);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Restart_InMidStep_CommittedCallIsNotRunAndItsStepNotAskedAgain()
    {
        var conversation = await NoteAndStopAsync();
        var gate = new TaskCompletionSource();
        await using var second = await StartAsync(model => model.Step().Wait(gate.Task).Text("Done."));
        using var again = await VoiceClient.ConnectAsync(second);
        var snapshot = await ResumeAsync(again, conversation);
        gate.SetResult();
        var end = (await again.UntilAsync("agent_response"))[^1];

        Assert.Equal("I note it. ", snapshot.Data.GetProperty("turns")[0].GetProperty("text").GetString());
        Assert.Equal(("completed", "I note it. \n\nDone."), (end["outcome"], end["text"]));
        var asked = Assert.Single(second.Model.Requests);
        Assert.Equal("call_1_1", asked.StepId);
        Assert.Equal(["milk"], await TitlesAsync(second));
        Assert.True(end.Epoch > 1);
    }

    [Fact]
    public async Task Restart_InMidSentence_TheAnswerGoesOnBehindWhatWasShown()
    {
        string conversation;
        await using (var first = await StartAsync())
        {
            first.Model.Step().Apart("It is ").Text("twelve").Hang();
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("How late is it?", "m1");
            var events = await client.UntilAsync(one => one["text"] == "twelve");
            conversation = events[0]["conversation"]!;
            await first.StopAsync();
        }

        var gate = new TaskCompletionSource();
        await using var second = await StartAsync(model => model.Step().Wait(gate.Task).Text(" o'clock."));
        using var again = await VoiceClient.ConnectAsync(second);
        await again.SendAsync("resume", new { conversation, after = 3, epoch = 1 });
        var superseded = (await again.UntilAsync("superseded"))[^1];
        var snapshot = (await again.UntilAsync("snapshot"))[^1];
        gate.SetResult();
        var end = (await again.UntilAsync("agent_response"))[^1];

        Assert.Equal((1, "12"), (superseded.Turn, superseded["keep"]));
        Assert.Equal("It is twelve", snapshot.Data.GetProperty("turns")[0].GetProperty("text").GetString());
        Assert.Equal(("completed", "It is twelve o'clock."), (end["outcome"], end["text"]));
    }

    /// <summary>A step with a call is not asked again; what was said behind the call is its end.</summary>
    [Fact]
    public async Task Restart_BehindACall_WhatWasSaidThereStays()
    {
        string conversation;
        await using (var first = await StartAsync())
        {
            first.Model.Step().Text("I note it. ").Call("note", """{"title":"milk"}""").Text("One moment.").Hang();
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("Milk", "m1");
            var events = await client.UntilAsync("agent_tool_result");
            conversation = events[0]["conversation"]!;
            if (!events.Exists(one => one["text"] == "One moment."))
            {
                await client.UntilAsync(one => one["text"] == "One moment.");
            }

            await first.StopAsync();
        }

        await using var second = await StartAsync(model => model.Says("Done."));
        using var again = await VoiceClient.ConnectAsync(second);
        var turn = (await ResumeAsync(again, conversation)).Data.GetProperty("turns")[0];
        if (!turn.TryGetProperty("outcome", out _))
        {
            await again.UntilAsync("agent_response");
            turn = (await ResumeAsync(again, conversation)).Data.GetProperty("turns")[0];
        }

        Assert.Equal("I note it. One moment.\n\nDone.", turn.GetProperty("text").GetString());
        var said = Assert.IsType<HistoryItem.AssistantMessage>(Assert.Single(second.Model.Requests).History[1]);
        Assert.Equal(["I note it. ", "One moment."], said.Parts.OfType<AssistantPart.Text>().Select(part => part.Value));
    }

    [Fact]
    public async Task Restart_TurnThatHadEnded_ItsCallsStandWhereTheyStoodAndItSaysWhoAnswered()
    {
        string conversation;
        await using (var first = await StartAsync())
        {
            first.Model.Step().Text("I note it. ").Call("note", """{"title":"milk"}""").Text("And more. ").Call("note", """{"title":"tea"}""").Text("Wait.");
            first.Model.Step().Text("Again. ").Call("note", """{"title":"jam"}""");
            first.Model.Says("Done.");
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("Milk", "m1");
            conversation = (await client.UntilAsync("agent_response"))[0]["conversation"]!;
        }

        await using var second = await StartAsync();
        using var again = await VoiceClient.ConnectAsync(second);
        var turn = (await ResumeAsync(again, conversation)).Data.GetProperty("turns")[0];

        Assert.Equal("I note it. And more. Wait.\n\nAgain. \n\nDone.", turn.GetProperty("text").GetString());
        var tools = turn.GetProperty("tools").EnumerateArray().ToList();
        Assert.Equal([11, 21, 35], tools.Select(tool => tool.GetProperty("at").GetInt32()));
        Assert.All(tools, tool => Assert.InRange(tool.GetProperty("at_ms").GetInt64(), 0, turn.GetProperty("timing").GetProperty("total_ms").GetInt64()));
        Assert.Equal("first", turn.GetProperty("provider").GetString());
        Assert.False(turn.TryGetProperty("model", out _));
    }

    [Fact]
    public async Task Restart_ToolsAtWork_EachKindGoesOnAsItMay()
    {
        var started = new CountdownEvent(2);
        var never = new TaskCompletionSource();
        string conversation;
        await using (var first = await StartAsync(AtWork("look", ToolEffect.None, started, never.Task), AtWork("mail", ToolEffect.Outside, started, never.Task)))
        {
            first.Model.Step().Call("look").Call("mail").Call("note", """{"title":"milk"}""");
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("Go", "m1");
            conversation = (await client.UntilAsync("agent_tool_result"))[0]["conversation"]!;
            Assert.True(started.Wait(TestServer.Patience, Token));
        }

        never.SetResult();
        var gate = new TaskCompletionSource();
        await using var second = await StartAsync(
            model => model.Step().Wait(gate.Task).Text("Done."), AtWork("look", ToolEffect.None, null, never.Task), AtWork("mail", ToolEffect.Outside, null, never.Task));
        using var again = await VoiceClient.ConnectAsync(second);
        await ResumeAsync(again, conversation);
        gate.SetResult();
        await again.UntilAsync("agent_response");

        var results = ((HistoryItem.ToolResults)second.Model.Requests[0].History[^1]).Results;
        Assert.Equal([ToolOutcome.Ok, ToolOutcome.Unknown, ToolOutcome.Ok], results.Select(result => result.Outcome));
        Assert.Equal(["look", "look", "mail", "note"], _ran.Order());
        Assert.Equal(["milk"], await TitlesAsync(second));
    }

    [Fact]
    public async Task Restart_MessagesAcceptedAndNotBegun_AreAnsweredInOrderWithoutAnybodyThere()
    {
        string conversation;
        await using (var first = await StartAsync())
        {
            first.Model.Step().Hang();
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("One?", "m1");
            conversation = (await client.UntilAsync("accepted"))[0]["conversation"]!;
            await client.AskAsync("Two?", "m2");
            await client.UntilAsync("accepted");
        }

        var told = new TaskCompletionSource();
        await using var second = await StartAsync(model => model.Says("One.").Step().Text("Two.").Signal(told));
        await told.Task.WaitAsync(TestServer.Patience, Token);

        using var again = await VoiceClient.ConnectAsync(second);
        await ResumeAsync(again, conversation);
        await again.AskAsync("Two?", "m2");
        var repeated = (await again.UntilAsync(one => one.Name == "accepted" && one["client_msg_id"] == "m2"))[^1];
        Assert.Equal(2, repeated.Turn);
        Assert.Equal(2, second.Model.Requests.Count);
    }

    [Fact]
    public async Task Restart_AfterCompleteTurns_HistoryComesBackToModelAndPage()
    {
        string conversation;
        await using (var first = await StartAsync())
        {
            first.Model.Step().Text("Noted. ").Call("note", """{"title":"milk"}""");
            first.Model.Says("Anything else?");
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("Milk", "m1");
            conversation = (await client.UntilAsync("agent_response"))[0]["conversation"]!;
        }

        await using var second = await StartAsync();
        second.Model.Says("You said milk.");
        using var again = await VoiceClient.ConnectAsync(second);
        var snapshot = await ResumeAsync(again, conversation);
        await again.AskAsync("What did I say?", "m2");
        await again.UntilAsync("agent_response");

        var turn = snapshot.Data.GetProperty("turns")[0];
        Assert.Equal(("completed", "note", "ok"), (turn.GetProperty("outcome").GetString(), turn.GetProperty("tools")[0].GetProperty("name").GetString(), turn.GetProperty("tools")[0].GetProperty("outcome").GetString()));
        Assert.Equal(5, second.Model.Requests[0].History.Count); // message, call, result, answer, message
    }

    [Fact]
    public async Task Restart_TurnThatTheUserStopped_IsNotTakenUp()
    {
        await using (var first = await StartAsync())
        {
            first.Model.Step().Text("I ").Hang();
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("Go", "m1");
            await client.UntilAsync("agent_stream_chunk");
            await client.SendAsync("cancel");
            await client.UntilAsync("agent_response");
        }

        await using var second = await StartAsync();

        Assert.Equal(0, await second.WakeAsync());
        Assert.Empty(second.Model.Requests);
    }

    [Fact]
    public async Task Restart_TurnThatNeverGetsThrough_EndsAsInterrupted()
    {
        var conversation = "";
        for (var owner = 1; owner <= 4; owner++)
        {
            ScriptedStep step = null!;
            await using var server = await StartAsync(model => step = model.Step().Hang());
            if (owner == 1)
            {
                using var client = await VoiceClient.ConnectAsync(server);
                await client.AskAsync("Go", "m1");
                conversation = (await client.UntilAsync("accepted"))[0]["conversation"]!;
            }

            await step.Begun.WaitAsync(TestServer.Patience, Token);
        }

        await using var last = await StartAsync();
        using var again = await VoiceClient.ConnectAsync(last);
        var snapshot = await ResumeAsync(again, conversation);
        var end = snapshot.Data.GetProperty("turns")[0];
        if (!end.TryGetProperty("outcome", out _))
        {
            end = (await again.UntilAsync("agent_response"))[^1].Data;
        }

        Assert.Equal(("failed", "interrupted"), (end.GetProperty("outcome").GetString(), end.GetProperty("error").GetProperty("code").GetString()));
        Assert.Empty(last.Model.Requests);
    }
}

/// <summary>On SQLite.</summary>
public sealed class SqliteRestartTests() : RestartTests(TestDatabase.Sqlite);

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresRestartTests() : RestartTests(TestDatabase.Postgres);
