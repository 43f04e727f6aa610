using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.EndToEnd;

/// <summary>A server whose conversation goes on in another one.</summary>
public sealed class SupersededTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakenOver_WithAMessageInLine_AsksNothingMoreAndSendsTheClientOn()
    {
        await using var database = await TestDatabase.CreateAsync();
        var gate = new TaskCompletionSource();
        await using var first = await TestServer.StartAsync(database: database, script: model => model.Step().Wait(gate.Task).Text("Too late."));
        using var client = await VoiceClient.ConnectAsync(first);
        await client.AskAsync("One", "m1");
        await client.AskAsync("Two", "m2");
        await client.UntilAsync(one => one.Name == "accepted" && one.Turn == 2);

        await using var second = await TestServer.StartAsync(database: database, script: model => model.Says("1.").Says("2."));
        await second.WakeAsync();
        gate.SetResult();
        var (status, events) = await client.UntilClosedAsync();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, status);
        Assert.Equal("going_away", events[^1].Name);
        Assert.Single(first.Model.Requests);
        var there = await second.Services.GetRequiredService<LocalConversationDirectory>().FindAsync(client.Conversation, second.OwnerId.ToString(), Token);
        await there!.CaughtUp.WaitAsync(TestServer.Patience, Token);
        using var again = await VoiceClient.ConnectAsync(second);
        await again.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        var turns = (await again.UntilAsync("snapshot"))[^1].Data.GetProperty("turns");
        Assert.Equal(["1.", "2."], turns.EnumerateArray().Select(turn => turn.GetProperty("text").GetString()));
    }

    /// <summary>The owner before learns of it by the first text that is refused, not only at its next step: two of them must not answer the same message.</summary>
    [Fact]
    public async Task TakenOver_InMidSentence_ShowsNothingMoreAndSendsTheClientOn()
    {
        await using var database = await TestDatabase.CreateAsync();
        var gate = new TaskCompletionSource();
        await using var first = await TestServer.StartAsync(database: database, script: model => model.Step().Apart("One ").Wait(gate.Task).Text("two ").Hang());
        using var client = await VoiceClient.ConnectAsync(first);
        await client.AskAsync("Count", "m1");
        await client.UntilAsync("agent_stream_chunk");

        await using var second = await TestServer.StartAsync(database: database, script: model => model.Says("two three."));
        await second.WakeAsync();
        gate.SetResult();
        var (status, events) = await client.UntilClosedAsync();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, status);
        Assert.DoesNotContain(events, one => one.Name == "agent_response");

        // Without that it would have waited for the silent model, told so, and learnt of it at the end.
        Assert.DoesNotContain(events, one => one.Name == "status");
        Assert.Equal("going_away", events[^1].Name);
    }

    [Fact]
    public async Task Start_OnAPortThatIsTaken_LeavesTheTurnsOfTheOtherServerAlone()
    {
        await using var database = await TestDatabase.CreateAsync();
        var gate = new TaskCompletionSource();
        await using var first = await TestServer.StartAsync(database: database, script: model => model.Step().Text("Half").Wait(gate.Task).Text(" done."));
        using var client = await VoiceClient.ConnectAsync(first);
        await client.AskAsync("One", "m1");
        await client.UntilAsync("agent_stream_chunk");

        await Assert.ThrowsAsync<IOException>(() => TestServer.StartAsync(["--urls", $"http://127.0.0.1:{first.Address.Port}"], database: database));
        gate.SetResult();

        Assert.Equal("Half done.", (await client.UntilAsync("agent_response"))[^1]["text"]);
        Assert.Single(first.Model.Requests);
    }

    /// <summary>A page keeps conversation and epoch, not the numbers: each reload asks from the beginning.</summary>
    [Fact]
    public async Task Resume_FromTheBeginningAfterARestart_IsASnapshotEachTime()
    {
        await using var database = await TestDatabase.CreateAsync();
        string conversation;
        await using (var first = await TestServer.StartAsync(database: database, script: model => model.Says("1.")))
        {
            using var client = await VoiceClient.ConnectAsync(first);
            conversation = client.Conversation;
            await client.AskAsync("One", "m1");
            await client.UntilAsync("agent_response");
        }

        await using var second = await TestServer.StartAsync(database: database, script: model => model.Says("2."));
        using var again = await VoiceClient.ConnectAsync(second);
        await again.SendAsync("resume", new { conversation, after = 0, epoch = 1 });
        var snapshot = (await again.UntilAsync("snapshot"))[^1];
        await again.AskAsync("Two", "m2");
        await again.UntilAsync("agent_response");
        await again.SendAsync("resume", new { conversation, after = 0, epoch = snapshot.Data.GetProperty("epoch").GetInt32() });
        var reloaded = (await again.UntilAsync("snapshot"))[^1];
        await again.SendAsync("resume", new { conversation, after = snapshot.Data.GetProperty("seq").GetInt64(), epoch = snapshot.Data.GetProperty("epoch").GetInt32() });
        var missed = await again.UntilAsync("agent_response");

        Assert.Equal(["1.", "2."], reloaded.Data.GetProperty("turns").EnumerateArray().Select(turn => turn.GetProperty("text").GetString()));
        Assert.Equal("status", missed[0].Name);
        Assert.Equal("2.", missed[^1]["text"]);
    }

    [Fact]
    public async Task Message_AfterTheConversationWasTakenOver_IsTakenOnceTheClientIsBack()
    {
        await using var server = await TestServer.StartAsync(script: model => model.Says("1.").Says("2."));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("One", "m1");
        await client.UntilAsync("agent_response");
        await server.Services.GetRequiredService<ConversationServices>().Store.LoadAsync(client.Conversation, server.OwnerId.ToString(), Token);

        await client.AskAsync("Two", "m2");
        var (status, events) = await client.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, status);
        Assert.DoesNotContain(events, one => one.Name == "accepted");
        using var again = await VoiceClient.ConnectAsync(server);
        await again.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        await again.UntilAsync("snapshot");
        await again.AskAsync("Two", "m2");

        Assert.Equal("2.", (await again.UntilAsync("agent_response"))[^1]["text"]);
    }
}
