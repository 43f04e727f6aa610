using System.Net.WebSockets;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

/// <summary>A server that is told to stop lets answers run to their end, takes nothing new, and sends its clients on.</summary>
public sealed class DrainTests
{
    private static readonly string[] Drains = ["--Convonet:Transport:DrainTime", "00:00:15"];

    [Fact]
    public async Task Stop_InMidAnswer_LetsItRunToItsEnd()
    {
        var gate = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(Drains, script: model => model.Step().Text("Half").Wait(gate.Task).Text(" done."));
        using var talking = await VoiceClient.ConnectAsync(server);
        using var idle = await VoiceClient.ConnectAsync(server);
        await talking.AskAsync("Talk", "m1");
        await talking.UntilAsync("agent_stream_chunk");

        var stop = server.StopAsync();
        var (left, _) = await idle.UntilClosedAsync();
        await talking.AskAsync("More", "m2");
        var refused = (await talking.UntilAsync("error"))[^1];
        gate.SetResult();
        var (status, events) = await talking.UntilClosedAsync();
        await stop;

        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, WebSocketCloseStatus.EndpointUnavailable), (left, status));
        Assert.Equal(("overloaded", "m2"), (refused["code"], refused["client_msg_id"]));
        Assert.Equal(("agent_response", "Half done.", "going_away"), (events[^2].Name, events[^2]["text"], events[^1].Name));
    }

    [Fact]
    public async Task Stop_WithAnAnswerThatDoesNotEnd_SendsItsClientOnAtTheLimit()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:DrainTime", "00:00:02"], time, script: model => model.Step().Text("Half").Hang());
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Talk");
        await client.UntilAsync("agent_stream_chunk");

        var stop = server.StopAsync();
        await client.AskAsync("More", "m2");
        await client.UntilAsync("error");
        time.Advance(TimeSpan.FromSeconds(2));
        var (status, events) = await client.UntilClosedAsync();
        await stop;

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, status);
        Assert.Equal("going_away", Assert.Single(events).Name);
    }
}
