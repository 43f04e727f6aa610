using Convonet.Bench.Processes;
using Convonet.Load.Client;
using Convonet.Load.Emulation;
using Convonet.Load.Report;

namespace Convonet.Load.Scenarios;

/// <summary>Scenarios in which little flows: D (idle sessions) and E (tools side by side), and the first turns of a process.</summary>
internal static class Standing
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public static async Task<IEnumerable<Comparison>> IdleAsync(Rig rig, Effort effort) =>
        [new($"D: memory of an idle session, of {effort.Idle}", "KB", await MemoryAsync(rig, rig.Server, effort.Idle), await MemoryAsync(rig, rig.Limit, effort.Idle)) { MostAbove = 40 }];

    public static async Task<IEnumerable<Comparison>> ToolsAsync(Rig rig, Effort effort, string provider)
    {
        await using var session = await LoadSession.ConnectAsync(rig.DoorOf(rig.Server, 0), provider);
        for (var turn = 0; turn < effort.ToolTurns; turn++)
        {
            await rig.AnswerAsync("tools");
            await session.TurnAsync();
        }

        var ideal = (2 * LoadEmulator.StepDelay) + LoadEmulator.ToolTime;
        return
        [
            new($"E {provider}: two tools of 300 ms side by side, p50 (the limit: no time but theirs)", "ms", Observed.At(session.Observed.TurnMs, 0.5), ideal.TotalMilliseconds) { MostAbove = 8 },
            Streaming.Errors("E", provider, session.Observed, new Observed()),
        ];
    }

    /// <summary>Turns of a process that has just started.</summary>
    public static async Task<IEnumerable<Comparison>> FirstTurnsAsync(Rig rig, string provider)
    {
        const int Turns = 10;
        var shape = new Shape(1, Turns, 20, 0) { IsBegun = false };

        // The emulator compiles at the first requests that it gets, and a server's are longer than the limit's: none of that is the measured server's time.
        await using (var other = await rig.StartServerAsync())
        {
            await rig.RunAsync(other, provider, shape);
        }

        var found = await rig.RunAsync(rig.Server, provider, shape);
        return
        [
            new("from a process's start until it listens", "ms", rig.Server.ListensAfter.TotalMilliseconds, rig.Limit.ListensAfter.TotalMilliseconds),
            new($"{provider}: the first turn of a process (the limit: its tenth)", "ms", found.TurnMs[0], found.TurnMs[^1]) { MostRatio = 1.5 },
            Streaming.Errors("first turns,", provider, found, new Observed()),
        ];
    }

    private static async Task<double> MemoryAsync(Rig rig, MeasuredProcess process, int count)
    {
        var before = await process.LeftKBAsync();
        var sessions = new List<LoadSession>();
        for (var i = 0; i < count; i++)
        {
            sessions.Add(await LoadSession.ConnectIdleAsync(rig.DoorOf(process, i)));
        }

        await Task.Delay(Settling);
        var with = await process.LeftKBAsync();
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        return (with - before) / count;
    }
}
