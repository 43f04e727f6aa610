using Convonet.Server.Transport.SocketIo;
using Convonet.Tests.Accounts;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>Clients that come back to another process than the one that they lost: they find their conversation by who they are and by their offset.</summary>
public sealed class SocketIoRestartTests
{
    private static readonly object Anna = new { user = "anna@example.com", pin = "204731" };

    /// <summary>The numbers of the process before do not hold, so what the client has is replaced; it is told so by another pid.</summary>
    [Fact]
    public async Task Restart_InMidAnswer_TheClientGetsASnapshotAndTheRest()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (pid, offset, conversation) = await AskAsync(database, model => model.Step().Text("One").Hang(), until: "agent_stream_chunk");
        await using var second = await StartAsync(database, model => model.Otherwise = _ => new ScriptedStep().Text(" two."));

        using var peer = await SocketIoPeer.ConnectAsync(second, new { user = "anna@example.com", pin = "204731", pid, offset });
        var snapshot = (await peer.UntilAsync("snapshot"))[^1];
        var turn = Assert.Single(snapshot.Data.GetProperty("turns").EnumerateArray());
        if (!turn.TryGetProperty("outcome", out var outcome) || outcome.GetString() is null)
        {
            Assert.Equal(1, (await peer.UntilAsync("agent_response"))[^1].Turn);
        }

        await peer.EmitAsync("user_message", new { text = "And?" });
        var next = await peer.UntilAsync("agent_response");

        Assert.NotEqual(pid, peer.Connected.GetProperty("pid").GetString());
        Assert.Equal((conversation, 2), (snapshot["conversation"], next[^1].Turn));

        // A number of the process before may be one of this process too: it is another event then.
        using var late = await SocketIoPeer.ConnectAsync(second, new { user = "anna@example.com", pin = "204731", pid, offset = $"1.{snapshot.Data.GetProperty("seq")}.{conversation}" });
        await late.UntilAsync("snapshot");
        Assert.NotEqual(pid, late.Connected.GetProperty("pid").GetString());
    }

    /// <summary>Somebody who types the PIN once more, with the client that had it.</summary>
    [Fact]
    public async Task Restart_AndThePinAgain_GoesOnWithoutAGreeting()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (pid, offset, conversation) = await AskAsync(database, model => model.Says("One."));
        await using var second = await StartAsync(database, model => model.Says("Two."));

        using var peer = await SocketIoPeer.ConnectAsync(second, new { pid, offset });
        await peer.EmitAsync("authenticate", Anna);
        var events = await peer.UntilAsync("snapshot");
        await peer.EmitAsync("user_message", new { text = "And?" });
        events.AddRange(await peer.UntilAsync("agent_response"));

        Assert.Equal(["authenticated", "snapshot", "accepted", "agent_stream_chunk", "agent_response"], events.Select(one => one.Name));
        Assert.Equal((conversation, 2), (events[1]["conversation"], events[^1].Turn));
    }

    /// <summary>Who knows an offset of somebody else gets nothing by it.</summary>
    [Fact]
    public async Task Restart_OffsetOfSomebodyElse_IsUnknownAndTheConnectionLives()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (pid, offset, _) = await AskAsync(database, model => model.Says("One."));
        await using var second = await StartAsync(database, model => model.Says("Hello Ben."));
        using var ben = await second.RegisterWithPinAsync("ben@example.com", "111111");

        using var peer = await SocketIoPeer.ConnectAsync(second, new { user = "ben@example.com", pin = "111111", pid, offset });
        var refused = await peer.NextAsync();
        await peer.EmitAsync("user_message", new { text = "Hi" });
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal(("error", "unknown_conversation"), (refused.Name, refused["code"]));
        Assert.Equal((1, "Hello Ben."), (events[^1].Turn, events[^1]["text"]));
        Assert.NotEqual(pid, peer.Connected.GetProperty("pid").GetString());
    }

    /// <summary>The page of before cannot be known again, and must not wait for ever: one error frees its button.</summary>
    [Fact]
    public async Task Restart_PageThatKnowsNoOffset_IsToldOnce()
    {
        await using var database = await TestDatabase.CreateAsync();
        string cookie;
        await using (var first = await StartAsync(database))
        {
            using var lost = await SocketIoPeer.ConnectAsync(first);
            cookie = lost.Cookie!;
        }

        await using var second = await StartAsync(database);
        using var page = await SocketIoPeer.ConnectAsync(second, cookie: cookie);
        var told = await page.NextAsync();
        page.Cut();
        using var again = await SocketIoPeer.ConnectAsync(second, cookie: page.Cookie);
        await again.EmitAsync("cancel");

        Assert.Equal(("error", "restarted"), (told.Name, told["code"]));
        Assert.NotEqual(cookie, page.Cookie);
        Assert.Equal("unauthenticated", (await again.NextAsync())["code"]);
    }

    /// <summary>A page that is opened long after a restart has lost nothing.</summary>
    [Fact]
    public async Task Restart_LongAgo_NobodyIsTold()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(TestServer.Beyond, time: time);
        time.Advance(new SocketIoOptions().RecoveryTime);

        using var page = await SocketIoPeer.ConnectAsync(server, cookie: "convonet.io=00000000000000000000000000000000");
        await page.EmitAsync("cancel");

        Assert.Equal("unauthenticated", (await page.NextAsync())["code"]);
    }

    /// <summary>The conversation lives at the first node; the second brings what was missed, and the client may rely on it.</summary>
    [Fact]
    public async Task AnotherNode_BringsWhatWasMissed_AndNothingTwice()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var gate = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("One").Wait(gate.Task).Text(" two."));
        var second = await cluster.StartNodeAsync();
        using var lost = await SocketIoPeer.ConnectAsync(first);
        await lost.EmitAsync("user_message", new { text = "Count" });
        var before = await lost.UntilAsync("agent_stream_chunk");
        var pid = lost.Connected.GetProperty("pid").GetString();
        lost.Cut();

        using var peer = await SocketIoPeer.ConnectAsync(second, new { pid, offset = OffsetOf(before) });
        gate.SetResult();
        var after = await peer.UntilAsync("agent_response");

        Assert.Equal(pid, peer.Connected.GetProperty("pid").GetString());
        Assert.Equal(["status", "agent_stream_chunk", "agent_response"], after.Select(one => one.Name));
        Assert.Equal((before[^1].Seq + 1, "One two."), (after[1].Seq, after[^1]["text"]));
        Assert.Empty(second.Model.Requests);
    }

    /// <summary>The node that had the conversation is gone too.</summary>
    [Fact]
    public async Task AnotherNode_AfterTheFirstHasStopped_GoesOnWithTheAnswer()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("One").Wait(new TaskCompletionSource().Task));
        var second = await cluster.StartNodeAsync(model => model.Otherwise = _ => new ScriptedStep().Text(" two."));
        using var lost = await SocketIoPeer.ConnectAsync(first);
        await lost.EmitAsync("user_message", new { text = "Count" });
        var before = await lost.UntilAsync("agent_stream_chunk");
        lost.Cut();
        await first.StopAsync();

        using var peer = await SocketIoPeer.ConnectAsync(second, new { pid = lost.Connected.GetProperty("pid").GetString(), offset = OffsetOf(before) });
        var snapshot = (await peer.UntilAsync("snapshot"))[^1];
        await peer.EmitAsync("user_message", new { text = "And?" });
        var next = await peer.UntilAsync(one => one.Name == "agent_response" && one.Turn == 2);

        Assert.Equal(before[0]["conversation"], snapshot["conversation"]);
        Assert.Equal("True", next[^1]["success"]);
    }

    private static Task<TestServer> StartAsync(TestDatabase database, Action<ScriptedModel>? script = null) =>
        TestServer.StartAsync(TestServer.Beyond, script: script, database: database);

    /// <summary>Anna asks something at a server that stops after this event: before the end of the turn, the next server goes on with it.</summary>
    private static async Task<(string Pid, string Offset, string Conversation)> AskAsync(TestDatabase database, Action<ScriptedModel> script, string until = "agent_response")
    {
        await using var server = await StartAsync(database, script);
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");
        using var peer = await SocketIoPeer.ConnectAsync(server, Anna);
        await peer.EmitAsync("user_message", new { text = "Count" });
        var events = await peer.UntilAsync(until);
        return (peer.Connected.GetProperty("pid").GetString()!, OffsetOf(events), events[0]["conversation"]!);
    }

    /// <summary>As a client keeps it: the last argument of the last event.</summary>
    private static string OffsetOf(List<WireEvent> events) => events[^1].Raw[(events[^1].Raw.LastIndexOf(",\"", StringComparison.Ordinal) + 2)..^2];
}
