using System.Net.WebSockets;
using System.Text.Json;
using Convonet.Telemetry;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Transport;

/// <summary>Turns over a real socket.</summary>
[Collection(nameof(Alone))]
public sealed class VoiceTurnTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Connect_Always_SaysHelloFirst()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);

        Assert.Equal(("connected", null, null), (client.Hello.Name, client.Hello.Seq, client.Hello.Epoch));
        Assert.Equal("first", client.Hello["provider"]);
        Assert.Equal("""{"message_chars":8000,"frame_bytes":65536}""", client.Hello["limits"]);
        Assert.Equal(["first", "second"], client.Hello.Data.GetProperty("providers").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Message_ModelStillTalks_ItsTextIsThereAlready()
    {
        await using var server = await TestServer.StartAsync();
        var step = server.Model.Step().Text("Hello").Wait(_gate.Task).Text(" there.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Hi", "m1");
        var begin = await client.UntilAsync("agent_stream_chunk");
        Assert.False(step.Closed.IsCompleted);
        _gate.SetResult();
        var rest = await client.UntilAsync("agent_response");

        Assert.Equal(["accepted", "agent_stream_chunk"], begin.Select(one => one.Name));
        Assert.Equal(("m1", "Hi", 1, client.Conversation), (begin[0]["client_msg_id"], begin[0]["text"], begin[0].Turn, begin[0]["conversation"]));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"text":"Hello","type":"text","turn":1}"""), begin[1].Data), begin[1].Raw);
        Assert.Equal(("Hello there.", "completed", "True", ""), (rest[^1]["text"], rest[^1]["outcome"], rest[^1]["success"], rest[^1]["audio"]));
    }

    [Fact]
    public async Task Turn_WithTools_TellsEachThingInOrderAndWithoutGaps()
    {
        var look = ToolFactory.Create(
            async (ToolContext context) =>
            {
                context.ReportProgress("Opening my eyes");
                await _gate.Task;
                return new { seen = "🥛" };
            },
            "look",
            "Looks.");
        await using var server = await TestServer.StartAsync(tools: [look]);
        server.Model.Step().Text("I look. ").Asked("look").Call("look");
        server.Model.Step().Apart("I see ").Text("milk.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Look");
        var events = await client.UntilAsync(one => one.Name == "agent_tool_progress" && one["state"] == "running");
        _gate.SetResult();
        events.AddRange(await client.UntilAsync("agent_response"));

        Assert.Equal(
            ["accepted", "agent_stream_chunk", "agent_tool_progress", "agent_stream_chunk", "agent_tool_progress", "agent_tool_result", "agent_stream_chunk", "agent_stream_chunk", "agent_response"],
            events.Select(one => one.Name));
        Assert.Equal(Enumerable.Range(1, 9).Select(seq => ((long?)seq, (int?)1)), events.Select(one => (one.Seq, one.Epoch)));
        Assert.Equal("tool", events[3]["type"]);
        Assert.Equal("""{"name":"look","id":"call_1_0_0","args":{}}""", events[3]["tool_call"]);
        Assert.Equal("Opening my eyes", events[4]["message"]);
        Assert.Equal(("ok", "🥛"), (events[5]["outcome"], events[5].Data.GetProperty("result").GetProperty("seen").GetString()));
        Assert.Equal("I look. \n\nI see milk.", events[^1]["text"]);
    }

    [Fact]
    public async Task SecondClient_OfTheSameConversation_GetsTheSameFrames()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("One.");
        server.Model.Step().Text("Two").Wait(_gate.Task).Text(".");
        using var first = await VoiceClient.ConnectAsync(server);
        using var second = await VoiceClient.ConnectAsync(server);
        await first.AskAsync("1");
        var seenByFirst = await first.UntilAsync(one => one.EndsTurn(1));

        await second.SendAsync("resume", new { conversation = first.Conversation, after = 0, epoch = 1 });
        var resumed = await second.NextAsync();
        var seenBySecond = await second.UntilAsync(one => one.EndsTurn(1));
        await second.AskAsync("2");
        seenByFirst.AddRange(await first.UntilAsync("agent_stream_chunk"));
        _gate.SetResult();
        seenByFirst.AddRange(await first.UntilAsync(one => one.EndsTurn(2)));
        seenBySecond.AddRange(await second.UntilAsync(one => one.EndsTurn(2)));

        Assert.Equal(("status", "resumed", null), (resumed.Name, resumed["code"], resumed.Seq));
        Assert.Equal(seenByFirst.Select(one => one.Raw), seenBySecond.Select(one => one.Raw));
    }

    [Fact]
    public async Task Cancel_RunningTurn_EndsItAtOnceForEveryClient()
    {
        await using var server = await TestServer.StartAsync();
        var step = server.Model.Step().Text("I was say").Hang();
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Talk");
        await client.UntilAsync("agent_stream_chunk");

        await client.SendAsync("cancel");
        var end = (await client.UntilAsync("agent_response"))[^1];

        Assert.Equal(("cancelled", "False", "I was say", null), (end["outcome"], end["success"], end["text"], end["error"]));
        await step.Closed.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Disconnect_WhileATurnRuns_StopsNothing()
    {
        await using var server = await TestServer.StartAsync();
        var step = server.Model.Step().Text("Still").Wait(_gate.Task).Text(" here.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Talk");
        await client.UntilAsync("agent_stream_chunk");

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await client.CloseAsync());
        Assert.False(step.Closed.IsCompleted);
        _gate.SetResult();
        using var later = await VoiceClient.ConnectAsync(server);
        await later.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });

        Assert.Equal("Still here.", (await later.UntilAsync("agent_response"))[^1]["text"]);
    }

    [Fact]
    public async Task SetProvider_KnownAndUnknown_SwitchesOrRefuses()
    {
        await using var server = await TestServer.StartAsync();
        server.Other.Says("From the second.");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("set_provider", new { provider = "third" });
        var refused = await client.NextAsync();
        await client.SendAsync("set_provider", new { provider = "Second" });
        var status = await client.NextAsync();
        await client.AskAsync("Who are you?");
        var end = (await client.UntilAsync("agent_response"))[^1];

        Assert.Equal(("error", "unknown_provider", null), (refused.Name, refused["code"], refused.Seq));
        Assert.Equal(("status", "provider", "second", 1L), (status.Name, status["code"], status["provider"], status.Seq));
        Assert.Equal(("second", "From the second."), (end["provider"], end["text"]));
    }

    [Fact]
    public async Task Message_SameIdTwice_IsAcceptedOnceAndSaidSo()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("One.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Hello", "m1");
        await client.UntilAsync("agent_response");

        await client.AskAsync("Hello", "m1");
        var again = await client.NextAsync();

        Assert.Equal(("accepted", 1, "m1", null), (again.Name, again.Turn, again["client_msg_id"], again.Seq));
        Assert.Single(server.Model.Requests);
    }

    [Fact]
    public async Task Message_ToTheDemoModel_IsAnswered()
    {
        await using var server = await TestServer.StartAsync(demo: true);
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Hello");
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(("completed", "True"), (events[^1]["outcome"], events[^1]["emulated"]));
        Assert.Equal(events[^1]["text"], string.Concat(events.Where(one => one["type"] == "text").Select(one => one["text"])));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long?)seq), events.Select(one => one.Seq));
        Assert.Empty(server.Log.Lines(LogLevel.Error));
    }

    [Fact]
    public async Task Stop_WithClientsAndTurns_SaysGoodbyeAndLeavesNothing()
    {
        await using var server = await TestServer.StartAsync();
        var step = server.Model.Step().Text("I was say").Hang();
        using var talking = await VoiceClient.ConnectAsync(server);
        using var idle = await VoiceClient.ConnectAsync(server);
        await talking.AskAsync("Talk");
        await talking.UntilAsync("agent_stream_chunk");
        Assert.Equal((2, 1), (ConvonetTelemetry.LiveSockets.Value, ConvonetTelemetry.LiveTurns.Value));

        var stop = server.StopAsync();
        foreach (var client in new[] { talking, idle })
        {
            var (status, events) = await client.UntilClosedAsync();
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, status);
            Assert.Equal("going_away", Assert.Single(events).Name);
            Assert.InRange(events[0].Data.GetProperty("after_ms").GetInt32(), 250, 1250);
        }

        await stop;
        await server.DisposeAsync();
        Assert.Equal((0, 0), (ConvonetTelemetry.LiveSockets.Value, ConvonetTelemetry.LiveTurns.Value));
        await step.Closed.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
    }
}
