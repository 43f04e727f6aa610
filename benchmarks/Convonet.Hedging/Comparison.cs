using System.Globalization;

namespace Convonet.Hedging;

/// <summary>Each provider with and without a rival for its slow calls.</summary>
internal static class Comparison
{
    private static readonly (Latency First, Latency Other)[] Pairs =
        [(Latency.Sonnet, Latency.Flash), (Latency.Gpt, Latency.Flash), (Latency.Flash, Latency.Gpt)];

    private static readonly bool[] WithoutAndWith = [false, true];

    public static async Task RunAsync(Effort effort)
    {
        // Adapters, sockets and the runtime's compiler are warm for all of them.
        await MeasureAsync(Latency.Flash, Latency.Gpt, hedges: true, effort with { Turns = 1 });
        Console.WriteLine($"{Environment.ProcessorCount} processors, load average {Load()} before\n");
        Console.WriteLine("| first asked, published p50/p95 | fallback | hedging | n | p50 | p95 | p99 | most | second calls | answered by the first |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        using var places = new SemaphoreSlim(effort.Together);
        var lines = Pairs.SelectMany(pair => WithoutAndWith.Select(hedges => LineAsync(pair.First, pair.Other, hedges, effort, places))).ToArray();
        foreach (var line in lines)
        {
            Console.WriteLine(await line);
        }

        Console.WriteLine($"\nLoad average {Load()} after, this benchmark included.");
    }

    private static async Task<string> LineAsync(Latency first, Latency other, bool hedges, Effort effort, SemaphoreSlim places)
    {
        await places.WaitAsync();
        try
        {
            var (times, extra, byTheFirst) = await MeasureAsync(first, other, hedges, effort);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {first.Model}, {first.P50Ms}/{first.P95Ms} ms | {other.Model} | {(hedges ? "on" : "off")} | {times.Length} | {At(times, 0.5)} | {At(times, 0.95)} | {At(times, 0.99)} | {At(times, 1)} | {extra:0.0} % | {byTheFirst:0.0} % |");
        }
        finally
        {
            places.Release();
        }
    }

    private static async Task<(TimeSpan[] Times, double ExtraPercent, double ByTheFirstPercent)> MeasureAsync(Latency first, Latency other, bool hedges, Effort effort)
    {
        await using var bench = new Bench(hedges);
        await bench.StartAsync(first, other);
        await bench.RunAsync(effort.Warm, effort.AtOnce);
        var before = bench.Calls;
        var turns = await bench.RunAsync(effort.Turns, effort.AtOnce);
        return ([.. turns.Select(turn => turn.First).Order()], 100.0 * (bench.Calls - before - effort.Turns) / effort.Turns, 100.0 * turns.Count(turn => turn.ByTheFirst) / effort.Turns);
    }

    /// <summary>The smallest value that at least this part of all does not exceed.</summary>
    private static string At(TimeSpan[] sorted, double part) =>
        string.Create(CultureInfo.InvariantCulture, $"{sorted[(int)Math.Ceiling(part * sorted.Length) - 1].TotalMilliseconds:0} ms");

    /// <summary>How many threads ran or wanted to, on average of the last minute.</summary>
    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
