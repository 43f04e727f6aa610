using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

/// <summary>Clients that come back.</summary>
public sealed class VoiceResumeTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resume_CutAfterAnyEvent_ContinuesWithoutGapOrDouble()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Step().Apart("a").Apart("b").Apart("c").Text("d");
        using var whole = await VoiceClient.ConnectAsync(server);
        await whole.AskAsync("Spell");
        var all = (await whole.UntilAsync("agent_response")).Select(one => one.Raw).ToList();

        for (var after = 0; after <= all.Count; after++)
        {
            using var client = await VoiceClient.ConnectAsync(server);
            await client.SendAsync("resume", new { conversation = whole.Conversation, after, epoch = 1 });
            var answer = await client.NextAsync();
            var missed = after == all.Count ? [] : (await client.UntilAsync("agent_response")).Select(one => one.Raw).ToList();

            Assert.Equal("resumed", answer["code"]);
            Assert.Equal(all[after..], missed);
        }
    }

    [Fact]
    public async Task Resume_InMidTurn_GetsTheRestAndEachEventOnce()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Step().Apart("a").Text("b").Wait(_gate.Task).Apart("c").Text("d");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Spell");
        var events = await client.UntilAsync(one => one["text"] == "a");
        client.Cut();

        using var back = await VoiceClient.ConnectAsync(server);
        await back.SendAsync("resume", new { conversation = client.Conversation, after = events[^1].Seq, epoch = 1 });
        Assert.Equal("resumed", (await back.NextAsync())["code"]);
        events.Add(await back.NextAsync());
        _gate.SetResult();
        events.AddRange(await back.UntilAsync("agent_response"));

        Assert.Equal(Enumerable.Range(1, 6).Select(seq => (long?)seq), events.Select(one => one.Seq));
        Assert.Equal("abcd", string.Concat(events.Where(one => one["type"] == "text").Select(one => one["text"])));
        Assert.Equal("abcd", events[^1]["text"]);
    }

    [Fact]
    public async Task Resume_NoRoomForItNow_IsToldToComeBackAndFindsIt()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Conversation:MaxConversations", "1"]);
        server.Model.Says("One.").Says("Two.");
        var directory = server.Services.GetRequiredService<LocalConversationDirectory>();
        using var first = await VoiceClient.ConnectAsync(server);
        await first.AskAsync("One");
        await first.UntilAsync("agent_response");
        await directory.ReleaseAsync(first.Conversation);
        using var other = await VoiceClient.ConnectAsync(server);
        await other.AskAsync("Two");
        await other.UntilAsync("agent_response");

        using var back = await VoiceClient.ConnectAsync(server);
        await back.SendAsync("resume", new { conversation = first.Conversation, after = 0, epoch = 1 });
        var (status, events) = await back.UntilClosedAsync();
        await directory.ReleaseAsync(other.Conversation);
        using var again = await VoiceClient.ConnectAsync(server);
        await again.SendAsync("resume", new { conversation = first.Conversation, after = 0, epoch = 1 });
        var found = await again.NextAsync();

        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "going_away"), (status, Assert.Single(events).Name));
        Assert.InRange(events[0].Data.GetProperty("after_ms").GetInt32(), 2000, 3000);
        Assert.Equal(("snapshot", first.Conversation), (found.Name, found["conversation"]));
    }

    [Fact]
    public async Task Resume_WhileACallWaitsForTheUser_TellsWhatIsLeftOfTheTime()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(["--Convonet:Tools:Confirm", "delete_*"], time);
        var step = server.Model.Step().Call("delete_todo", """{"id":"0b0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88"}""");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Delete it");
        var asked = (await client.UntilAsync("tool_confirmation"))[^1];

        // A model that is still to say that this was all would be silent for too long.
        await step.Closed.WaitAsync(TestServer.Patience, Token);
        time.Advance(TimeSpan.FromSeconds(12));
        using var back = await VoiceClient.ConnectAsync(server);
        await back.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        var again = (await back.UntilAsync("tool_confirmation"))[^1];

        Assert.Equal(("30000", "18000"), (asked["expires_ms"], again["expires_ms"]));
        Assert.Equal(asked.Seq, again.Seq);
    }

    [Fact]
    public async Task Resume_SameConversationTwiceOnOneConnection_StartsAgainFromThere()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("a");
        server.Model.Says("b");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("1");
        var first = await client.UntilAsync("agent_response");

        await client.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        await client.UntilAsync("status");
        var again = await client.UntilAsync("agent_response");
        await client.AskAsync("2");
        var second = await client.UntilAsync("agent_response");

        Assert.Equal(first.Select(one => one.Raw), again.Select(one => one.Raw));
        Assert.Equal([4L, 5L, 6L], second.Select(one => one.Seq!.Value));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 0)]
    [InlineData(999_999, 1)]
    public async Task Resume_NumberOrEpochThatWasNeverGiven_GetsASnapshotAndThenWhatFollows(long after, int epoch)
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Step().Text("a").Wait(_gate.Task).Text("b");
        using var first = await VoiceClient.ConnectAsync(server);
        await first.AskAsync("Spell", "m1");
        await first.UntilAsync("agent_stream_chunk");

        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("resume", new { conversation = first.Conversation, after, epoch });
        var snapshot = await client.NextAsync();
        _gate.SetResult();
        var rest = await client.UntilAsync("agent_response");

        Assert.Equal(("snapshot", "2", null), (snapshot.Name, snapshot["seq"], snapshot.Seq));
        var turn = Assert.Single(snapshot.Data.GetProperty("turns").EnumerateArray());
        Assert.Equal(("m1", "a", false), (turn.GetProperty("client_msg_id").GetString(), turn.GetProperty("text").GetString(), turn.TryGetProperty("outcome", out _)));
        Assert.Equal([3L, 4L], rest.Select(one => one.Seq!.Value));
        Assert.Equal("b", rest[0]["text"]);
    }

    [Fact]
    public async Task Resume_EventsNoLongerKept_GetsASnapshot()
    {
        await using var server = await TestServer.StartAsync();
        var step = server.Model.Step();
        for (var i = 0; i < 5000; i++)
        {
            step.Apart("x");
        }

        using var first = await VoiceClient.ConnectAsync(server);
        await first.AskAsync("Talk");

        // Even this one may be overtaken.
        await first.UntilAsync(one => one.Name == "agent_response" || (one.Name == "snapshot" && one.Raw.Contains("\"outcome\"", StringComparison.Ordinal)));

        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("resume", new { conversation = first.Conversation, after = 1, epoch = 1 });
        var snapshot = await client.NextAsync();

        Assert.Equal(("snapshot", "5002"), (snapshot.Name, snapshot["seq"]));
        Assert.Equal(5000, snapshot.Data.GetProperty("turns")[0].GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public async Task Resume_UnknownConversation_IsRefusedAndTheFreshOneWorks()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("Hello.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("resume", new { conversation = "c_nobody", after = 0, epoch = 1 });
        var refused = await client.NextAsync();
        await client.AskAsync("Hi");
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(("error", "unknown_conversation"), (refused.Name, refused["code"]));
        Assert.Equal(client.Conversation, events[0]["conversation"]);
        Assert.Equal("Hello.", events[^1]["text"]);
    }

    [Fact]
    public async Task Resume_OwnConversationThatHasNotBegun_IsFine()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("Hello.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        var answer = await client.NextAsync();
        await client.AskAsync("Hi");
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(("status", "resumed"), (answer.Name, answer["code"]));
        Assert.Equal("Hello.", events[^1]["text"]);
    }

    [Fact]
    public async Task Resume_AnotherConversation_LeavesTheOwnOne()
    {
        await using var server = await TestServer.StartAsync();
        var waiting = server.Model.Step().Wait(_gate.Task).Text("Mine.");
        server.Model.Says("Theirs.");
        using var one = await VoiceClient.ConnectAsync(server);
        using var other = await VoiceClient.ConnectAsync(server);
        await one.AskAsync("1");
        await one.UntilAsync("accepted");
        await waiting.Begun.WaitAsync(TestServer.Patience, Token);
        await other.AskAsync("2");
        await other.UntilAsync("agent_response");

        await one.SendAsync("resume", new { conversation = other.Conversation, after = 0, epoch = 1 });
        var seen = await one.UntilAsync("agent_response");
        _gate.SetResult();
        await other.SendAsync("set_provider", new { provider = "second" });
        seen.AddRange(await one.UntilAsync(one => one["code"] == "provider"));

        Assert.DoesNotContain(seen, one => one["text"] == "Mine.");
        Assert.Contains(seen, one => one["text"] == "Theirs.");
    }

    [Fact]
    public async Task Message_ConversationEndedMeanwhile_IsTakenOnceTheClientIsBack()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("One.").Says("Two.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("1");
        await client.UntilAsync("agent_response");
        var directory = server.Services.GetRequiredService<LocalConversationDirectory>();
        await (await directory.FindAsync(client.Conversation, server.OwnerId.ToString(), Token))!.DisposeAsync();

        await client.AskAsync("2", "m2");
        var (status, events) = await client.UntilClosedAsync();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, status);
        Assert.Equal(["error", "going_away"], events.Select(one => one.Name));
        Assert.Equal(("storage_unavailable", "m2"), (events[0]["code"], events[0]["client_msg_id"]));
    }
}
