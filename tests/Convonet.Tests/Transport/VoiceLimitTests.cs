using System.Net;
using System.Net.WebSockets;
using System.Text;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

/// <summary>The limits of docs/protocol.md over a real socket.</summary>
public sealed class VoiceLimitTests
{
    private const string Cancel = """{"event":"cancel"}""";
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Frame_OfTheLimit_IsRead_OneByteMore_Closes1009()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendTextAsync(Frame(64 * 1024));
        Assert.Equal("unknown_event", (await client.NextAsync())["code"]);
        await client.SendTextAsync(Frame(64 * 1024 + 1));
        var (status, events) = await client.UntilClosedAsync();

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, status);
        Assert.Empty(events);

        static string Frame(int bytes) => $$"""{"event":"{{new string('x', bytes - 12)}}"}""";
    }

    [Fact]
    public async Task Frame_MuchTooLarge_ClosesWith1009AndIsNotKept()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync(new byte[8 * 1024 * 1024]);

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await client.UntilClosedAsync()).Status);
    }

    [Fact]
    public async Task Message_OfTheLimit_IsAccepted_OneCharacterMore_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("Long.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync(new string('ü', 8001), "long");
        var refused = await client.NextAsync();
        await client.AskAsync(new string('ü', 8000));
        await client.UntilAsync("agent_response");

        Assert.Equal(("error", "message_too_long", "long"), (refused.Name, refused["code"], refused["client_msg_id"]));
    }

    [Fact]
    public async Task Frames_FasterThanTheRate_AreDroppedAndSaidSo()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        using var client = await VoiceClient.ConnectAsync(server);

        Assert.Equal(0, await SendAndCountRefusalsAsync(40));
        Assert.Equal(3, await SendAndCountRefusalsAsync(3));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await SendAndCountRefusalsAsync(20));
        Assert.Equal(1, await SendAndCountRefusalsAsync(1));
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(2, await SendAndCountRefusalsAsync(42));

        async Task<int> SendAndCountRefusalsAsync(int count)
        {
            var refused = 0;
            for (var sent = 0; sent < count; sent++)
            {
                // A frame that has an answer, whether it is let through or not, and is good.
                await client.SendAsync("set_provider", new { provider = "first" });
                refused += (await client.NextAsync())["code"] == "rate_limited" ? 1 : 0;
            }

            return refused;
        }
    }

    [Fact]
    public async Task Frames_Flood_EndsIn1008()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        using var client = await VoiceClient.ConnectAsync(server);

        for (var sent = 0; sent < 45; sent++)
        {
            await client.SendTextAsync(Cancel);
        }

        var (status, events) = await client.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, status);
        Assert.Equal(Enumerable.Repeat("rate_limited", 5), events.Select(one => one["code"]));
    }

    [Fact]
    public async Task BadFrames_FiveInARow_Close1008()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendTextAsync("{");
        await client.SendTextAsync("");
        await client.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary);
        await client.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary);
        await client.SendTextAsync("""{"event":"user_message","data":{}}""");
        var (status, events) = await client.UntilClosedAsync();

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, status);
        Assert.All(events, one => Assert.Equal("error", one.Name));
        Assert.Equal(["invalid_json", "invalid_json", "not_recording", "not_recording", "missing_field"], events.Select(one => one["code"]));
    }

    [Fact]
    public async Task BadFrames_GoodOneBetween_StartTheCountAnew()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("Still here.");
        using var client = await VoiceClient.ConnectAsync(server);

        for (var round = 0; round < 3; round++)
        {
            for (var bad = 0; bad < 4; bad++)
            {
                await client.SendTextAsync("nonsense");
                Assert.Equal("invalid_json", (await client.NextAsync())["code"]);
            }

            await client.SendTextAsync(Cancel);
        }

        await client.AskAsync("Are you there?");
        Assert.Equal("Still here.", (await client.UntilAsync("agent_response"))[^1]["text"]);
    }

    [Fact]
    public async Task Messages_MoreThanMayWait_AreBusy()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Step().Text("a").Wait(_gate.Task);
        server.Model.Otherwise = _ => new ScriptedStep().Text("b");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("0");
        await client.UntilAsync("agent_stream_chunk");

        for (var waiting = 1; waiting <= 8; waiting++)
        {
            await client.AskAsync($"{waiting}");
            Assert.Equal("accepted", (await client.NextAsync()).Name);
        }

        await client.AskAsync("9", "m9");
        var refused = await client.NextAsync();
        _gate.SetResult();
        var events = await client.UntilAsync(one => one.EndsTurn(9));

        Assert.Equal(("error", "busy", "m9"), (refused.Name, refused["code"], refused["client_msg_id"]));
        Assert.Equal(Enumerable.Range(1, 9), events.Where(one => one.Name == "agent_response").Select(one => one.Turn));
    }

    [Fact]
    public async Task Connections_MoreThanTheCap_Get503UntilOneLeaves()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:MaxConnections", "2"]);
        using var one = await VoiceClient.ConnectAsync(server);
        using var two = await VoiceClient.ConnectAsync(server);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await VoiceClient.RefusalAsync(server));
        await two.CloseAsync();

        // The place is free a moment after the client has its answer.
        HttpStatusCode status;
        for (var tries = 0; (status = await VoiceClient.RefusalAsync(server)) == HttpStatusCode.ServiceUnavailable && tries < 1000; tries++)
        {
        }

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
    }

    [Fact]
    public async Task Origin_OfAnotherPage_Gets403BeforeAnySession()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:AllowedOrigins:0", "https://app.example.com"]);
        var own = $"http://127.0.0.1:{server.Address.Port}";
        string[] evil =
        [
            "null", "https://evil.example", $"https://127.0.0.1:{server.Address.Port}", "http://127.0.0.1", $"http://localhost:{server.Address.Port}",
            $"{own}.evil.example", $"http://127.0.0.1:{server.Address.Port + 1}", $"{own}@evil.example", "http://app.example.com", "https://app.example.com:444",
            "https://app.example.com.evil.example",
        ];

        foreach (var origin in evil)
        {
            Assert.Equal((origin, HttpStatusCode.Forbidden), (origin, await VoiceClient.RefusalAsync(server, origin)));
        }

        foreach (var origin in new[] { null, own, "https://app.example.com" })
        {
            using var client = await VoiceClient.ConnectAsync(server, origin);
            Assert.Equal("connected", client.Hello.Name);
        }

        Assert.Empty(server.Log.Lines(LogLevel.Error));
    }

    [Fact]
    public async Task Frame_OfEmptyFragments_EndsTheConnection()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendFragmentAsync("{"u8.ToArray());
        for (var fragment = 0; fragment < 60; fragment++)
        {
            await client.SendFragmentAsync(default);
        }

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await client.UntilClosedAsync()).Status);
    }

    [Fact]
    public async Task Frame_BegunAndNeverEnded_IsCutOff()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:SendTimeout", "00:00:00.200"]);
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendFragmentAsync("{"u8.ToArray());

        await Assert.ThrowsAsync<WebSocketException>(client.NextAsync);
    }

    [Fact]
    public async Task Garbage_FromManyClients_EndsNobodyElsesSession()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:FramesPerSecond", "10000", "--Convonet:Transport:FrameBurst", "10000"]);
        var step = server.Model.Step().Text("I stay").Wait(_gate.Task).Text(" here.");
        server.Model.Otherwise = server.Other.Otherwise = _ => new ScriptedStep().Text("?");
        using var good = await VoiceClient.ConnectAsync(server);
        await good.AskAsync("Stay");
        await good.UntilAsync("agent_stream_chunk");

        var random = new Random(20261123);
        for (var round = 0; round < 40; round++)
        {
            using var evil = await VoiceClient.ConnectAsync(server);
            try
            {
                for (var frame = 0; frame < 10; frame++)
                {
                    await evil.SendAsync(Nonsense(random, good.Conversation), random.Next(8) == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text);
                }
            }
            catch (WebSocketException)
            {
                // Thrown out already.
            }

            if (round % 2 == 0)
            {
                evil.Cut();
            }
        }

        _gate.SetResult();
        var end = (await good.UntilAsync(one => one.EndsTurn(1)))[^1];
        Assert.Equal(("completed", "I stay here."), (end["outcome"], end["text"]));
        Assert.Empty(server.Log.Lines(LogLevel.Error));
    }

    /// <summary>A frame that is nearly good, or not at all. None knows another's conversation, whose id is a secret.</summary>
    private static byte[] Nonsense(Random random, string secret)
    {
        string[] seeds =
        [
            """{"event":"user_message","data":{"text":"Hello 🥛","client_msg_id":"m1"}}""",
            """{"event":"cancel","data":{"turn":1}}""",
            """{"event":"set_provider","data":{"provider":"second"}}""",
            $$$"""{"event":"resume","data":{"conversation":"{{{secret[..^1]}}}","after":0,"epoch":1}}""",
            """{"event":"agent_response","data":{"text":"mine","success":true}}""",
            new string('[', 2000),
            "",
        ];
        var frame = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]);
        for (var change = random.Next(4); change > 0 && frame.Length > 0; change--)
        {
            frame[random.Next(frame.Length)] = (byte)random.Next(256);
        }

        return frame;
    }
}
