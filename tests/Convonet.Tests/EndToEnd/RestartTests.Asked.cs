using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.EndToEnd;

/// <summary>Calls that the user has to allow.</summary>
public abstract partial class RestartTests
{
    /// <summary>Until the user has said yes nothing was started: it is no call of which nobody knows what came of it.</summary>
    [Fact]
    public async Task Restart_WhileTheUserIsAsked_AsksAgainAndRunsItOnce()
    {
        var send = AtWork("send", ToolEffect.Outside, null, Task.CompletedTask);
        var conversation = await AskAndStopAsync(send);

        await using var second = await StartAskingAsync(model => model.Says("Sent."), send);
        using var again = await VoiceClient.ConnectAsync(second);
        await again.SendAsync("resume", new { conversation, after = 0, epoch = 1 });
        var snapshot = (await again.UntilAsync("snapshot"))[^1];
        if (!snapshot.Data.GetRawText().Contains("\"awaits_confirmation\":true", StringComparison.Ordinal))
        {
            // It is asked a moment later: a yes before the question would be none.
            await again.UntilAsync("tool_confirmation");
        }

        await again.SendAsync("confirm", new { id = "call_1_0_0", yes = true });
        var end = (await again.UntilAsync("agent_response"))[^1];

        Assert.Equal(("completed", "Sent."), (end["outcome"], end["text"]));
        Assert.Equal(["send"], _ran);
    }

    /// <summary>Once it was allowed it may have been run.</summary>
    [Fact]
    public async Task Restart_AfterTheUserAllowedIt_IsNotRunAgain()
    {
        using var started = new CountdownEvent(1);
        var send = AtWork("send", ToolEffect.Outside, started, Task.Delay(Timeout.Infinite, Token));
        var conversation = await AskAndStopAsync(send, allowed: started);

        await using var second = await StartAskingAsync(model => model.Says("I do not know."), send);
        await AssertSentOnceAndNotKnownAsync(second, conversation);
    }

    /// <summary>A yes that nobody has to give any more is written down all the same: the call may have been run then.</summary>
    [Fact]
    public async Task Restart_WithoutTheQuestion_RunsItOnceAndKnowsIt()
    {
        using var started = new CountdownEvent(1);
        var send = AtWork("send", ToolEffect.Outside, started, Task.Delay(Timeout.Infinite, Token));
        var conversation = await AskAndStopAsync(send);

        await using (var second = await StartAsync(send))
        {
            await second.WakeAsync();
            Assert.True(started.Wait(TestServer.Patience, Token));
            await second.StopAsync();
        }

        await using var third = await StartAsync(model => model.Says("I do not know."), send);
        await AssertSentOnceAndNotKnownAsync(third, conversation);
    }

    /// <summary>The first server, which stops once it has asked, or once the call that was allowed runs.</summary>
    /// <returns>The conversation.</returns>
    private async Task<string> AskAndStopAsync(AIFunction send, CountdownEvent? allowed = null)
    {
        await using var first = await StartAskingAsync(model => model.Step().Call("send", "{}"), send);
        using var client = await VoiceClient.ConnectAsync(first);
        await client.AskAsync("Send it", "m1");
        var conversation = (await client.UntilAsync("tool_confirmation"))[0]["conversation"]!;
        if (allowed is not null)
        {
            await client.SendAsync("confirm", new { id = "call_1_0_0", yes = true });
            Assert.True(allowed.Wait(TestServer.Patience, Token));
        }

        await first.StopAsync();
        return conversation;
    }

    /// <summary>Nobody knows what came of the call: the model is told so, and it is not run again.</summary>
    private async Task AssertSentOnceAndNotKnownAsync(TestServer server, string conversation)
    {
        using var client = await VoiceClient.ConnectAsync(server);
        var turn = (await ResumeAsync(client, conversation)).Data.GetProperty("turns")[0];
        if (!turn.TryGetProperty("outcome", out _))
        {
            await client.UntilAsync("agent_response");
        }

        Assert.Equal(["send"], _ran);
        Assert.Equal(ToolOutcome.Unknown, ((HistoryItem.ToolResults)server.Model.Requests[^1].History[^1]).Results[0].Outcome);
    }

    /// <summary>A server that asks before it sends.</summary>
    private Task<TestServer> StartAskingAsync(Action<ScriptedModel> script, AIFunction send) =>
        TestServer.StartAsync(["--Convonet:Tools:Confirm", "send"], database: _database, tools: [send], script: script);
}
