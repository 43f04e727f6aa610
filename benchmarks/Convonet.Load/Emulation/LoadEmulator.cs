using System.Globalization;
using Convonet.Bench.Server;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Load.Emulation;

/// <summary>The process that stands for the providers. A line tells it what to answer from then on.</summary>
internal static class LoadEmulator
{
    /// <summary>The first argument of this process.</summary>
    public const string Command = "emulate";

    /// <summary>Before each answer of a turn with tools: with the tools' own time that is the ideal.</summary>
    public static readonly TimeSpan StepDelay = TimeSpan.FromMilliseconds(10);

    /// <summary>How long each of the two tools takes.</summary>
    public static readonly TimeSpan ToolTime = TimeSpan.FromMilliseconds(300);

    public static async Task<int> RunAsync()
    {
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions { FirstDelay = TimeSpan.Zero, Gap = TimeSpan.Zero, Record = false });
        await Console.Out.WriteLineAsync(emulator.BaseAddress.ToString());
        while (await Console.In.ReadLineAsync() is { } command)
        {
            emulator.ClearScripts();
            foreach (var script in Read(command.Split(' ')))
            {
                emulator.Enqueue(script);
            }

            await Console.Out.WriteLineAsync("done");
        }

        return 0;
    }

    private static Script[] Read(string[] words) => words switch
    {
        ["stamps", var count, var gapMs] =>
            [Of(Stamps(int.Parse(count, CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(double.Parse(gapMs, CultureInfo.InvariantCulture)))) with { Times = int.MaxValue }],
        ["tools"] =>
        [
            Of(Delay(StepDelay), Call(BenchTool.Name, new { ms = ToolTime.TotalMilliseconds }), Call(BenchTool.Name, new { ms = ToolTime.TotalMilliseconds })),
            Of(Delay(StepDelay), Stamps(2)),
        ],
        _ => throw new FormatException($"There is no command '{words[0]}'."),
    };
}
