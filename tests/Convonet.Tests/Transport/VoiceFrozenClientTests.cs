using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Server.Store;
using Convonet.Server.Transport.WebSockets;
using Convonet.Telemetry;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

/// <summary>Clients that do not read, or do not answer.</summary>
[Collection(nameof(Alone))]
public sealed class VoiceFrozenClientTests
{
    private const int Chunks = 60;
    private static readonly string Chunk = new('x', 64 * 1024);

    /// <summary>Longer than answers may be.</summary>
    private static readonly string[] LongText = ["--Convonet:Agent:MaxTextLength", "10000000"];

    [Fact]
    public async Task FrozenClient_SlowsNobody_AndGetsASnapshotWhenItReadsAgain()
    {
        await using var server = await TestServer.StartAsync(LongText);
        using var healthy = await VoiceClient.ConnectAsync(server);
        using var frozen = await VoiceClient.ConnectAsync(server);
        await TalkAsync(server, healthy, frozen);

        // It gets what the network had taken for it, then the state instead of the missing events, then what follows.
        var events = await frozen.UntilAsync("snapshot");
        await healthy.SendAsync("set_provider", new { provider = "second" });
        var rest = await frozen.UntilAsync(one => one["code"] == "provider");

        Assert.InRange(events.Count, 3, Chunks);
        Assert.Equal(Enumerable.Range(1, events.Count - 1).Select(seq => (long?)seq), events[..^1].Select(one => one.Seq));
        Assert.True(events[^1].Data.GetProperty("seq").GetInt64() > events[^2].Seq);
        Assert.Equal(
            Enumerable.Range(1, rest.Count).Select(offset => (long?)(events[^1].Data.GetProperty("seq").GetInt64() + offset)), rest.Select(one => one.Seq));
        Assert.Equal(Chunks * Chunk.Length, events[^1].Data.GetProperty("turns")[0].GetProperty("text").GetString()!.Length);
        Assert.Empty(server.Log.Lines(LogLevel.Error));
    }

    [Fact]
    public async Task FrozenClient_PastTheSendLimit_IsCutAndNobodyElse()
    {
        await using var server = await TestServer.StartAsync([.. LongText, "--Convonet:Transport:SendTimeout", "00:00:00.200"]);
        using var healthy = await VoiceClient.ConnectAsync(server);
        using var frozen = await VoiceClient.ConnectAsync(server);
        await TalkAsync(server, healthy, frozen);

        await server.Log.WaitForAsync("its client read nothing for 0.2 s");

        await Assert.ThrowsAnyAsync<WebSocketException>(() => frozen.UntilAsync(one => one.EndsTurn(1)));
        server.Model.Says("Still here.");
        await healthy.AskAsync("And you?");
        Assert.Equal("Still here.", (await healthy.UntilAsync(one => one.EndsTurn(2)))[^1]["text"]);
    }

    [Fact]
    public async Task Stop_WithAFrozenClient_DoesNotWaitForItsSendLimit()
    {
        await using var server = await TestServer.StartAsync([.. LongText, "--Convonet:Transport:SendTimeout", "00:10:00"]);
        using var healthy = await VoiceClient.ConnectAsync(server);
        using var frozen = await VoiceClient.ConnectAsync(server);
        await TalkAsync(server, healthy, frozen);

        var stopwatch = Stopwatch.StartNew();
        var stop = server.StopAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, (await healthy.UntilClosedAsync()).Status);
        await stop;

        Assert.InRange(stopwatch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(0, ConvonetTelemetry.LiveSockets.Value);
    }

    [Fact]
    public async Task Close_ClientNeverAnswersIt_IsCut()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:MaxConnections", "1"], time);
        using var silent = await VoiceClient.ConnectAsync(server);
        for (var bad = 0; bad < 5; bad++)
        {
            await silent.SendTextAsync("nonsense");
        }

        // It never reads the close frame; its place becomes free all the same.
        HttpStatusCode status;
        for (var tries = 0; (status = await VoiceClient.RefusalAsync(server)) == HttpStatusCode.ServiceUnavailable && tries < 1000; tries++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
    }

    [Fact]
    public void Client_ThatReadsNothing_HoldsAtMost256KB() => Assert.InRange(VoiceConnection.MostHeldBytes, 1, 256 * 1024);

    /// <summary>What the process holds more for each of them, whoever holds it: the queue, the socket, the web server. Meanwhile their user's things change, more often than fits their queues.</summary>
    [Fact]
    public async Task FrozenClients_WhileMegabytesAreSaid_HoldAFewFramesEach_AndGetAllInTheEnd()
    {
        const int Many = 48;
        const int Least = 16 * 1024;
        await HeldAsync(0, _ => Task.CompletedTask);
        var each = 0L;

        // Less than the least that they must hold: a test before let go of something meanwhile, and it is measured again.
        for (var tries = 0; tries < 3 && each < Least; tries++)
        {
            var without = await HeldAsync(0, _ => Task.CompletedTask);
            var with = await HeldAsync(Many, async frozen =>
            {
                var snapshot = (await frozen.UntilAsync("snapshot"))[^1];
                Assert.Equal(Chunks * Chunk.Length, snapshot.Data.GetProperty("turns")[0].GetProperty("text").GetString()!.Length);
            });
            each = (with - without) / Many;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes each");

        Assert.InRange(each, Least, VoiceConnection.MostHeldBytes);
    }

    [Fact]
    public async Task LargeSnapshots_BeyondTheirPlaces_WaitForTheFrozenOneToBeCut()
    {
        await using var server = await TestServer.StartAsync([.. LongText, "--Convonet:Transport:MaxLargeFrames", "1", "--Convonet:Transport:SendTimeout", "00:00:01"]);
        using var healthy = await VoiceClient.ConnectAsync(server);
        await TalkAsync(server, healthy);
        using var frozen = await VoiceClient.ConnectAsync(server);
        await frozen.SendAsync("resume", new { conversation = healthy.Conversation, after = 0, epoch = 9 });
        await frozen.ReadPieceAsync();

        using var next = await VoiceClient.ConnectAsync(server);
        await next.SendAsync("resume", new { conversation = healthy.Conversation, after = 0, epoch = 9 });
        var snapshot = (await next.UntilAsync("snapshot"))[^1];

        // One at a time: the second is made when the first is no longer held.
        Assert.Contains(server.Log.Lines(LogLevel.Information), line => line.Contains("its client read nothing for 1 s", StringComparison.Ordinal));
        Assert.Equal(Chunks * Chunk.Length, snapshot.Data.GetProperty("turns")[0].GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public async Task LargeSnapshot_TakenByDrops_IsCutAfterAMinute()
    {
        var time = new ObservedTime();
        await using var server = await TestServer.StartAsync([.. LongText, "--Convonet:Transport:SendTimeout", "00:10:00"], time);
        using var healthy = await VoiceClient.ConnectAsync(server);
        await TalkAsync(server, healthy);
        using var slow = await VoiceClient.ConnectAsync(server);
        await slow.SendAsync("resume", new { conversation = healthy.Conversation, after = 0, epoch = 9 });
        await slow.ReadPieceAsync();

        time.Advance(TimeSpan.FromSeconds(61));

        // It reads again, too late, and gets the moment that each client has for its goodbye.
        var rest = slow.UntilAsync("snapshot");
        await server.Log.WaitForAsync("has not read one frame within 60 s");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var passing = time.PassAsync(over.Token);
        await Assert.ThrowsAsync<WebSocketException>(() => rest);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => passing);
    }

    /// <summary>Bytes that the process holds more when a long answer has been said but for its end than before, with so many clients that read nothing of it.</summary>
    private static async Task<long> HeldAsync(int frozen, Func<VoiceClient, Task> afterwards)
    {
        await using var server = await TestServer.StartAsync([.. LongText, "--Convonet:Transport:SendTimeout", "00:10:00", "--Convonet:Transport:MaxConnectionsPerUser", "1000"]);
        var feed = server.Services.GetRequiredService<UserFeed>();
        using var healthy = await VoiceClient.ConnectAsync(server);
        await healthy.SendAsync("set_provider", new { provider = "first" });
        await healthy.UntilAsync("status");
        var clients = new List<VoiceClient>();
        try
        {
            while (clients.Count < frozen)
            {
                clients.Add(await VoiceClient.ConnectAsync(server));
                await clients[^1].SendAsync("resume", new { conversation = healthy.Conversation, after = 0, epoch = 1 });
                Assert.Equal("resumed", (await clients[^1].NextAsync())["code"]);
            }

            var before = GC.GetTotalMemory(forceFullCollection: true);
            var held = 0L;
            await TalkAsync(server, healthy, beforeTheEnd: async () =>
            {
                for (var change = 0; change < Chunks; change++)
                {
                    feed.Publish(server.OwnerId, new SessionEvent.DataChanged(["todo"], new ChangeView($"{change}", new string('x', 10_000), null, null)));
                    await healthy.UntilAsync("data_changed");
                }

                // Before the end of the turn: who reads that needs buffers of many megabytes, which stay in pools for a while, or do not.
                held = GC.GetTotalMemory(forceFullCollection: true) - before;
            });
            await Task.WhenAll(clients.Take(1).Select(afterwards));
            return held;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>A long answer of which one client gets each piece before the next is said, and the other reads nothing.</summary>
    private static async Task TalkAsync(TestServer server, VoiceClient healthy, VoiceClient? frozen = null, Func<Task>? beforeTheEnd = null)
    {
        var step = server.Model.Step();
        var gates = Enumerable.Range(0, Chunks).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        foreach (var gate in gates)
        {
            step.Text(Chunk).Wait(gate.Task);
        }

        await healthy.SendAsync("set_provider", new { provider = "first" });
        await healthy.UntilAsync("status");
        if (frozen is not null)
        {
            await frozen.SendAsync("resume", new { conversation = healthy.Conversation, after = 0, epoch = 1 });
            Assert.Equal("resumed", (await frozen.NextAsync())["code"]);
        }

        await healthy.AskAsync("Talk");
        foreach (var gate in gates)
        {
            await healthy.UntilAsync("agent_stream_chunk");
            if (gate == gates[^1] && beforeTheEnd is not null)
            {
                await beforeTheEnd();
            }

            gate.SetResult();
        }

        Assert.Equal(Chunks * Chunk.Length, (await healthy.UntilAsync("agent_response"))[^1]["text"]!.Length);
    }
}
