using System.Net;
using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Server.Cluster;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Cluster;

/// <summary>Two nodes with Redis and PostgreSQL, and clients at both.</summary>
public sealed class ClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_AtAnotherNode_SeesTheRunningAnswerByteForByte()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var gate = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("Half").Wait(gate.Task).Text(" done."));
        var second = await cluster.StartNodeAsync();
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        var events = await here.UntilAsync("agent_stream_chunk");

        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation = here.Conversation, after = 0, epoch = 1 });
        await there.UntilAsync("status");
        var seen = await there.UntilAsync("agent_stream_chunk");
        gate.SetResult();
        events.AddRange(await here.UntilAsync("agent_response"));
        seen.AddRange(await there.UntilAsync("agent_response"));

        Assert.Equal(events.Where(one => one.Seq is not null).Select(one => one.Raw), seen.Select(one => one.Raw));
        Assert.Empty(second.Model.Requests);
    }

    [Fact]
    public async Task Commands_FromAnotherNode_ReachTheTurn()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Says("One.").Step().Text("Never").Wait(never.Task).Text("."));
        var second = await cluster.StartNodeAsync();
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        await here.UntilAsync("agent_response");
        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation = here.Conversation, after = 0, epoch = 1 });
        await there.UntilAsync("agent_response");

        await there.AskAsync("Two", "m2");
        await there.AskAsync("Two", "m2");
        await there.UntilAsync("agent_stream_chunk");
        await there.SendAsync("cancel");

        Assert.Equal("cancelled", (await there.UntilAsync("agent_response"))[^1]["outcome"]);
        var atHome = await here.UntilAsync("agent_response");
        Assert.Equal([2], atHome.Where(one => one.Name == "accepted").Select(one => one.Turn));
    }

    /// <summary>The cluster may move it once more while it finds itself anew: whatever epoch it ends in, what was shown stays.</summary>
    [Fact]
    public async Task Owner_ThatStops_HandsItsTurnOverAndTheOtherNodesClientsStayConnected()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("Half").Wait(never.Task).Text(" gone."));
        var gate = new TaskCompletionSource();
        var second = await cluster.StartNodeAsync(model => model.Otherwise = _ => new ScriptedStep().Wait(gate.Task).Text(" and whole."));
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        await here.UntilAsync("agent_stream_chunk");
        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation = here.Conversation, after = 0, epoch = 1 });
        await there.UntilAsync("agent_stream_chunk");

        var leaving = here.UntilClosedAsync();
        await first.StopAsync();
        var events = await there.UntilAsync(one => one.Name == "superseded");
        var superseded = events[^1];
        var snapshot = (await there.UntilAsync("snapshot"))[^1];
        gate.SetResult();
        events = await there.UntilAsync("agent_response");

        Assert.Equal((1, "4"), (superseded.Turn, superseded["keep"]));
        Assert.Equal(4, snapshot.Data.GetProperty("turns")[0].GetProperty("superseded").GetInt32());
        Assert.Equal("Half and whole.", events[^1]["text"]);
        Assert.True(events[^1].Epoch > 1);
        var (status, last) = await leaving;
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "going_away"), (status, last[^1].Name));
    }

    /// <summary>An owner that keeps its last answer back until there is news would keep the conversation from being found for so long.</summary>
    [Fact]
    public async Task Owner_ThatStops_LetsGoAtOnceOfWhatDoesNotRun_AndHearsTheRestToItsEnd()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var gate = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(
            model => model.Says("One.").Step().Text("Half").Wait(gate.Task).Text(" done."), null, null, null, "--Convonet:Transport:DrainTime", "00:00:15");
        var second = await cluster.StartNodeAsync(model => model.Says("Two."));
        using var talks = await VoiceClient.ConnectAsync(first);
        string quiet;
        using (var left = await VoiceClient.ConnectAsync(first))
        {
            quiet = left.Conversation;
            await left.AskAsync("One", "m1");
            await left.UntilAsync("agent_response");
        }

        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation = quiet, after = 0, epoch = 1 });
        await there.UntilAsync("agent_response");
        await talks.AskAsync("Go on", "m2");
        await talks.UntilAsync("agent_stream_chunk");

        var stopping = first.StopAsync();
        var moved = (await there.UntilAsync("snapshot"))[^1];
        await there.AskAsync("Two", "m3");
        var answer = (await there.UntilAsync("agent_response"))[^1];
        var isUnderWay = !stopping.IsCompleted;
        gate.SetResult();
        var heard = (await talks.UntilAsync("agent_response"))[^1];
        await stopping;

        Assert.True(isUnderWay);
        Assert.True(moved.Data.GetProperty("epoch").GetInt32() > 1);
        Assert.Equal(("Two.", "Half done."), (answer["text"], heard["text"]));
        Assert.Single(second.Model.Requests);
    }

    /// <summary>Nobody comes back to it: the nodes themselves see that its owner does not live.</summary>
    [Fact]
    public async Task Turn_OfANodeThatIsGone_GoesOnWithoutAnyClient()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("Half").Wait(never.Task).Text(" gone."));
        string conversation;
        using (var here = await VoiceClient.ConnectAsync(first))
        {
            conversation = here.Conversation;
            await here.AskAsync("One", "m1");
            await here.UntilAsync("agent_stream_chunk");
        }

        var asked = new TaskCompletionSource();
        var second = await cluster.StartNodeAsync(model => model.Otherwise = _ =>
        {
            asked.SetResult();
            return new ScriptedStep().Text("Whole.");
        });
        await first.StopAsync();
        await asked.Task.WaitAsync(TestServer.Patience, Token);

        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation, after = 0, epoch = 1 });
        var snapshot = (await there.UntilAsync("snapshot"))[^1];
        if (!snapshot.Data.GetProperty("turns")[0].TryGetProperty("outcome", out _))
        {
            await there.UntilAsync("agent_response");
        }

        Assert.Single(second.Model.Requests);
    }

    /// <summary>The cluster may end an activation on a node that is well; nobody follows the turn then, and it is no other node's either.</summary>
    [Fact]
    public async Task Turn_ThatItsOwnNodeLetGoOf_GoesOnThere()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var node = await cluster.StartNodeAsync(model => model.Step().Text("Half").Wait(never.Task).Text(" gone."));
        var asked = new TaskCompletionSource();
        node.Model.Otherwise = _ =>
        {
            asked.TrySetResult();
            return new ScriptedStep().Text(" and whole.");
        };
        string conversation;
        using (var client = await VoiceClient.ConnectAsync(node))
        {
            conversation = client.Conversation;
            await client.AskAsync("One", "m1");
            await client.UntilAsync("agent_stream_chunk");
            await client.CloseAsync();
        }

        await node.Services.GetRequiredService<LocalConversationDirectory>().ReleaseAsync(conversation);

        await asked.Task.WaitAsync(TestServer.Patience, Token);
    }

    /// <summary>A node that lives keeps its turns, whoever else starts.</summary>
    [Fact]
    public async Task Turn_OfANodeThatLives_IsLeftToIt()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var gate = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("Half").Wait(gate.Task).Text(" done."));
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        await here.UntilAsync("agent_stream_chunk");

        var second = await cluster.StartNodeAsync();
        var left = await second.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<TakeOver>().Single().LeftAsync(ofOthersToo: false, behind: null, Token);
        gate.SetResult();

        Assert.Empty(left.Conversations);
        Assert.Equal("Half done.", (await here.UntilAsync("agent_response"))[^1]["text"]);
    }

    [Fact]
    public async Task Change_AtOneNode_IsToldAtTheOther()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var first = await cluster.StartNodeAsync();
        var second = await cluster.StartNodeAsync();
        using var there = await VoiceClient.ConnectAsync(second);
        using var http = new HttpClient { BaseAddress = first.Address };

        using var made = await http.PostAsync("/api/todos", new StringContent("""{"title":"milk"}""", System.Text.Encoding.UTF8, "application/json"), Token);

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var told = (await there.UntilAsync("data_changed"))[^1];
        Assert.Equal("todo", told.Data.GetProperty("kinds")[0].GetString());
    }

    [Fact]
    public async Task Delete_AtAnotherNode_EndsTheConversationAtItsOwner()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var first = await cluster.StartNodeAsync(model => model.Says("One."));
        var second = await cluster.StartNodeAsync();
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        await here.UntilAsync("agent_response");
        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation = here.Conversation, after = 0, epoch = 1 });
        await there.UntilAsync("agent_response");
        using var http = new HttpClient { BaseAddress = second.Address };

        using var deleted = await http.DeleteAsync($"/api/conversations/{here.Conversation}", Token);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        foreach (var client in new[] { here, there })
        {
            var last = (await client.UntilClosedAsync()).Events[^1];
            Assert.Equal(("going_away", "This conversation was deleted."), (last.Name, last["message"]));
        }

        Assert.Equal(0, first.Services.GetRequiredService<LocalConversationDirectory>().Count);
    }

    [Fact]
    public async Task Conversation_OfSomebodyElse_IsNoneAtAnyNode()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var first = await cluster.StartNodeAsync(model => model.Says("One."));
        var second = await cluster.StartNodeAsync();
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        await here.UntilAsync("agent_response");

        var directory = second.Services.GetRequiredService<IConversationDirectory>();
        var theirs = await directory.FindAsync(here.Conversation, Guid.NewGuid().ToString(), Token);
        var mine = await directory.FindAsync(here.Conversation, first.OwnerId.ToString(), Token);

        Assert.Null(theirs);
        Assert.IsType<RemoteConversation>(mine);
    }
}
