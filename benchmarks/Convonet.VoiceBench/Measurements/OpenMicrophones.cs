using System.Collections.Concurrent;
using System.Diagnostics;
using Convonet.Bench;
using Convonet.Bench.Processes;
using Convonet.Bench.Report;
using Convonet.Turns;
using Convonet.VoiceBench.Client;
using Convonet.VoiceBench.Report;

namespace Convonet.VoiceBench.Measurements;

/// <summary>Many sessions with open microphones, each sending 50 frames a second: what they cost while the rooms are quiet, and while people talk.</summary>
internal static class OpenMicrophones
{
    private const int Sessions = 200;

    /// <summary>Sessions send in so many groups, one a millisecond: nobody's microphone waits for another's.</summary>
    private const int Groups = 20;

    private const int VoiceFrames = 60;

    /// <summary>Each says something every 20 s.</summary>
    private const int PeriodFrames = 1_000;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public static async Task<IEnumerable<Figure>> MeasureAsync(ServerProcess server, Effort effort)
    {
        var before = await server.LeftKBAsync();
        var clients = new List<BenchClient>();
        for (var i = 0; i < Sessions; i++)
        {
            clients.Add(await BenchClient.ConnectAsync(server.Voice));
        }

        var turns = new ConcurrentBag<SpokenTurn>();
        var reading = clients.Select(client => ReadAsync(client, turns)).ToArray();
        await SendAsync(clients, Settling, static (_, frame) => Sounds.Room(frame));
        await Task.Delay(Settling);
        var idle = await server.LeftKBAsync();

        await SendAsync(clients, Settling, static (_, frame) => Sounds.Room(frame));
        var quiet = await CostAsync(server, () => SendAsync(clients, effort.Quiet, static (_, frame) => Sounds.Room(frame)));
        await server.FrameAgesAsync();
        var talk = await CostAsync(server, () => SendAsync(clients, effort.Talk, Talk));
        await Task.Delay(Settling);
        var ages = await server.FrameAgesAsync();
        var talked = await server.LeftKBAsync();

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        await Task.WhenAll(reading);
        return
        [
            new($"audio frame sent → recogniser, {Sessions} sessions that talk", "ms", ages) { MostP99 = 2 },
            new($"processor time of a second of a session, {Sessions} open microphones", "ms", [quiet]) { MostP50 = 2 },
            new($"· the same, while each says something every {PeriodFrames / 50} s and gets a spoken answer", "ms", [talk]),
            new("· final transcript → first audio byte meanwhile", "ms", [.. turns.Select(turn => turn.FirstSound)]),
            new("memory of an idle voice session", "KB", [(idle - before) / Sessions]) { MostP50 = 300 },
            new("· the same, after it has talked", "KB", [(talked - before) / Sessions]),
        ];
    }

    /// <summary>Processor time of the server that a session costs in a second, in ms.</summary>
    private static async Task<double> CostAsync(ServerProcess server, Func<Task> work)
    {
        var (begun, used) = (Stopwatch.GetTimestamp(), server.Processor);
        await work();
        return (server.Processor - used).TotalMilliseconds / Sessions / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>Sends as microphones do, however late this process is called.</summary>
    private static async Task SendAsync(List<BenchClient> clients, TimeSpan duration, Func<int, int, ReadOnlyMemory<byte>> sound)
    {
        var step = VoiceActivity.FrameDuration / Groups;
        using var timer = new PeriodicTimer(step);
        var begun = Stopwatch.GetTimestamp();
        for (var tick = 0; tick < duration / step; tick++)
        {
            while (Stopwatch.GetElapsedTime(begun) < tick * step)
            {
                await timer.WaitForNextTickAsync();
            }

            for (var i = tick % Groups; i < clients.Count; i += Groups)
            {
                await clients[i].SendSoundAsync(sound(i, tick / Groups));
            }
        }
    }

    private static ReadOnlyMemory<byte> Talk(int session, int frame)
    {
        var place = (frame + (session * PeriodFrames / Sessions)) % PeriodFrames;
        return place < VoiceFrames ? Sounds.StampedVoice() : Sounds.Room(frame);
    }

    private static async Task ReadAsync(BenchClient client, ConcurrentBag<SpokenTurn> turns)
    {
        var came = new List<Arrival>();
        while (await client.NextAsync() is { } one)
        {
            came.Add(one);
            if (one.Event == "error")
            {
                throw new InvalidOperationException($"The server refused: {one.Data}");
            }

            if (came.Find(it => it.Event == "speech_end") is { } end && SpokenTurn.Of(came) is { } turn)
            {
                turns.Add(turn);
                came.Clear();
                await client.SendPlayedAsync(end);
            }
        }
    }
}
