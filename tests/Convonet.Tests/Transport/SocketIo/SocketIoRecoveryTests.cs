using System.Net.WebSockets;
using Convonet.Tests.Accounts;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech.Recognition.Clips;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>Connections that break: their clients come back as who they were, and get what they missed.</summary>
public sealed partial class SocketIoRecoveryTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A newer client: it names the connection and its last offset.</summary>
    [Fact]
    public async Task Pid_AndOffset_BringWhatWasMissed_AndNothingTwice()
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);
        await first.EmitAsync("user_message", new { text = "Count" });
        var before = await first.UntilAsync("agent_stream_chunk");
        var pid = first.Connected.GetProperty("pid").GetString();
        first.Cut();

        using var second = await SocketIoPeer.ConnectAsync(server, new { pid, offset = $"{before[^1].Epoch}.{before[^1].Seq}" });
        _gate.SetResult();
        var after = await second.UntilAsync("agent_response");

        Assert.Equal(pid, second.Connected.GetProperty("pid").GetString());
        Assert.NotEqual(first.Connected.GetProperty("sid").GetString(), second.Connected.GetProperty("sid").GetString());
        Assert.Equal(["status", "agent_stream_chunk", "agent_response"], after.Select(one => one.Name));
        Assert.Equal("One two.", after[^1]["text"]);
        Assert.Equal(before[^1].Seq + 1, after[1].Seq);
    }

    /// <summary>The page of the system before: it names nothing and does not sign in again, but its browser shows a cookie.</summary>
    [Fact]
    public async Task Cookie_OfAPageThatLostItsConnection_IsSignedInAgainAndGetsTheAnswer()
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);
        await first.EmitAsync("stop_recording", new { audio = EchoEar.Wav(1) });
        await first.UntilAsync("agent_stream_chunk");
        first.Cut();

        using var second = await SocketIoPeer.ConnectAsync(server, cookie: first.Cookie);
        _gate.SetResult();
        var after = await second.UntilAsync("agent_response");
        server.Model.Says("And on.");
        await second.EmitAsync("stop_recording", new { audio = EchoEar.Wav(1) });
        var next = await second.UntilAsync("agent_response");

        Assert.Equal(("True", "One two."), (after[^1]["success"], after[^1]["text"]));
        Assert.Equal((2, "And on."), (next[^1].Turn, next[^1]["text"]));
    }

    /// <summary>The answer was there already: the page would show and play it a second time.</summary>
    [Fact]
    public async Task Cookie_AnAnswerThatTheClientHas_DoesNotComeAgain()
    {
        await using var server = await StartAsync();
        _gate.SetResult();
        using var first = await SignedInAsync(server);
        await first.EmitAsync("user_message", new { text = "Count" });
        await first.UntilAsync("agent_response");

        // The ping behind it, and its answer.
        await first.SendAsync("42/voice,1[\"cancel\"]");
        await first.AckAsync(1);
        await first.SendAsync("42/voice,2[\"cancel\"]");
        await first.AckAsync(2);
        first.Cut();
        using var second = await SocketIoPeer.ConnectAsync(server, cookie: first.Cookie);
        server.Model.Says("And on.");
        await second.EmitAsync("user_message", new { text = "And?" });
        var events = await second.UntilAsync("agent_response");

        Assert.Equal((1, 2), (first.Pings, events[^1].Turn));
        Assert.Equal("resumed", events[0]["code"]);
    }

    [Fact]
    public async Task Cookie_OfAPageThatSaidGoodbye_BringsNothingBack()
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);
        await first.CloseAsync();

        using var second = await SocketIoPeer.ConnectAsync(server, cookie: first.Cookie);
        await second.EmitAsync("start_recording");

        Assert.Equal("unauthenticated", (await second.NextAsync())["code"]);
    }

    /// <summary>A newer client closes when it has heard no ping for too long, and means to come back; unless it leaves the namespace.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pid_OfAConnectionThatItsClientClosed_IsGoneOnWithUnlessItLeft(bool leaves)
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);
        if (leaves)
        {
            await first.SendAsync("41/voice,");
            await first.UntilClosedAsync();
        }
        else
        {
            await first.CloseAsync();
        }

        using var second = await SocketIoPeer.ConnectAsync(server, new { pid = first.Connected.GetProperty("pid").GetString() });
        await second.EmitAsync("start_recording");

        Assert.Equal(leaves ? "error" : "recording_started", (await second.NextAsync()).Name);
    }

    /// <summary>A recording beyond all bounds ends the connection, and not the sign-in.</summary>
    [Fact]
    public async Task Cookie_AfterTheServerHasClosed_IsSignedInAgain()
    {
        await using var server = await StartAsync(args: ["--Convonet:SocketIo:MaxPayload", "200000"]);
        using var first = await SignedInAsync(server);
        await first.EmitAsync("stop_recording", new { audio = new string('a', 300_000) });
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await first.UntilClosedAsync()).Status);

        using var second = await SocketIoPeer.ConnectAsync(server, cookie: first.Cookie);
        await second.EmitAsync("start_recording");

        Assert.Equal("recording_started", (await second.NextAsync()).Name);
    }

    /// <summary>Two tabs of one browser: nobody knows which one comes back, so neither is signed in.</summary>
    [Fact]
    public async Task Cookie_OfTwoLostTabs_BringsNothingBack()
    {
        await using var server = await StartAsync();
        using var one = await SignedInAsync(server);
        var asked = one.PingAsync();
        var coming = SignedInAsync(server, one.Cookie);
        await asked;
        await one.SendAsync("3");
        using var two = await coming;
        one.Cut();
        two.Cut();

        using var next = await SocketIoPeer.ConnectAsync(server, cookie: one.Cookie);
        await next.EmitAsync("start_recording");

        Assert.Equal("unauthenticated", (await next.NextAsync())["code"]);
    }

    /// <summary>A second tab beside one that lives is a new connection: the first shows that it lives.</summary>
    [Fact]
    public async Task Cookie_WhileTheFirstTabLives_IsANewConnection()
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);
        var alive = first.PingAsync();
        var second = SocketIoPeer.ConnectAsync(server, cookie: first.Cookie);
        await alive;
        await first.SendAsync("3");

        using var other = await second;
        await other.EmitAsync("start_recording");
        await first.SendAsync("42/voice,1[\"cancel\"]");

        Assert.Equal("unauthenticated", (await other.NextAsync())["code"]);
        await first.AckAsync(1);
    }

    /// <summary>The client knows before the server that the line is dead.</summary>
    [Fact]
    public async Task Cookie_WhileTheOldConnectionIsDeadAndNobodyKnows_IsTakenOver()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await StartAsync(time);
        using var dead = await SignedInAsync(server);
        await dead.EmitAsync("user_message", new { text = "Count" });
        await dead.UntilAsync("agent_stream_chunk");
        var asked = dead.PingAsync();
        var coming = SocketIoPeer.ConnectAsync(server, cookie: dead.Cookie);
        await asked;
        time.Advance(TimeSpan.FromSeconds(2));

        using var second = await coming;
        _gate.SetResult();

        Assert.Equal("One two.", (await second.UntilAsync("agent_response"))[^1]["text"]);
    }

    [Fact]
    public async Task Pid_WhileTheOldConnectionLives_EndsIt()
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);

        using var second = await SocketIoPeer.ConnectAsync(server, new { pid = first.Connected.GetProperty("pid").GetString(), offset = "" });
        await second.SendAsync("42/voice,1[\"start_recording\"]");

        Assert.Equal("recording_started", (await second.NextAsync()).Name);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => first.UntilClosedAsync());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("00000000000000000000000000000000")]
    public async Task Pid_ThatNobodyHas_IsANewConnection(string pid)
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);
        first.Cut();

        using var second = await SocketIoPeer.ConnectAsync(server, new { pid, offset = "1.1" });
        await second.EmitAsync("start_recording");

        Assert.NotEqual(pid, second.Connected.GetProperty("pid").GetString());
        Assert.Equal("unauthenticated", (await second.NextAsync())["code"]);
    }

    /// <summary>Somebody else signs in and knows the pid: the conversation stays its owner's, who can still come back.</summary>
    [Fact]
    public async Task Pid_OfSomebodyElse_BringsNothing()
    {
        await using var server = await StartAsync();
        using var ben = await server.RegisterWithPinAsync("ben@example.com", "111111");
        using var first = await SignedInAsync(server);
        await first.EmitAsync("user_message", new { text = "Count" });
        await first.UntilAsync("agent_stream_chunk");
        first.Cut();

        using var second = await SocketIoPeer.ConnectAsync(server, new { user = "ben@example.com", pin = "111111", pid = first.Connected.GetProperty("pid").GetString(), offset = "1.1" });
        server.Model.Says("Hello Ben.");
        await second.EmitAsync("user_message", new { text = "Hi" });
        var events = await second.UntilAsync("agent_response");

        Assert.Equal((1, "Hello Ben."), (events[^1].Turn, events[^1]["text"]));
        Assert.DoesNotContain(events, one => one.Raw.Contains("One", StringComparison.Ordinal));
        using var owner = await SocketIoPeer.ConnectAsync(server, new { pid = first.Connected.GetProperty("pid").GetString() });
        Assert.Equal(first.Connected.GetProperty("pid").GetString(), owner.Connected.GetProperty("pid").GetString());
    }

    /// <summary>Another PIN ends the sign-in, also one that only waits to come back.</summary>
    [Fact]
    public async Task Pid_OfASignInThatHasEnded_IsClosed()
    {
        await using var server = await StartAsync();
        using var first = await SignedInAsync(server);
        first.Cut();
        using var user = await TestUser.SignInAsync(server, "anna@example.com", default);
        await user.Http.SendAsync("PUT", "/api/account/pin", new { pin = "555555" });

        using var second = await SocketIoPeer.ConnectAsync(server, new { pid = first.Connected.GetProperty("pid").GetString(), offset = "" });

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await second.UntilClosedAsync()).Status);
    }

    private async Task<TestServer> StartAsync(FakeTimeProvider? time = null, params IEnumerable<string> args)
    {
        var server = await TestServer.StartAsync([.. TestServer.Beyond, .. args], time: time, voice: SocketIoVoice.Of());
        server.Model.Step().Text("One").Wait(_gate.Task).Text(" two.");
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");
        return server;
    }

    private static async Task<SocketIoPeer> SignedInAsync(TestServer server, string? cookie = null)
    {
        var peer = await SocketIoPeer.ConnectAsync(server, cookie: cookie);
        await peer.EmitAsync("authenticate", new { user = "anna@example.com", pin = "204731" });
        Assert.Equal("True", (await peer.NextAsync())["success"]);
        Assert.Equal("welcome_greeting", (await peer.NextAsync()).Name);
        return peer;
    }
}
