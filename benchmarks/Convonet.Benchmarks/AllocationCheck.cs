using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace Convonet.Benchmarks;

/// <summary>Runs each benchmark a few times, counts what it allocates, and compares it with what <c>allocations.json</c> allows. Time is nobody's business here.</summary>
internal static class AllocationCheck
{
    private const int Warm = 3;
    private const int Runs = 5;
    private const int Calls = 20;

    /// <returns>Whether all keep to what is allowed.</returns>
    public static async Task<bool> RunAsync()
    {
        await using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("allocations.json")!;
        var allowed = (await JsonSerializer.DeserializeAsync<Dictionary<string, double>>(file))!;
        Console.WriteLine("| benchmark | allocated | allowed | |\n|---|---|---|---|");
        var isKept = true;
        foreach (var (name, measure) in Benchmarks())
        {
            var found = await measure();
            var isOk = allowed.Remove(name, out var most) && found <= most;
            isKept &= isOk;
            Console.WriteLine(FormattableString.Invariant($"| {name} | {found:0} B | {most:0} B | {(isOk ? "ok" : "**over**")} |"));
        }

        foreach (var name in allowed.Keys)
        {
            isKept = false;
            Console.WriteLine($"| {name} | | | **there is none** |");
        }

        return isKept;
    }

    private static IEnumerable<(string Name, Func<Task<double>> Measure)> Benchmarks()
    {
        foreach (var provider in new[] { "gemini", "claude", "openai" })
        {
            using var chunks = new ChunkBenchmarks { Provider = provider };
            chunks.Setup();
            yield return ($"{nameof(ChunkBenchmarks.Chunk)}.{provider}", () => MeasureAsync(chunks, nameof(ChunkBenchmarks.Chunk), calls: 1));
            using var asked = new CallBenchmarks { Provider = provider };
            asked.Setup();
            yield return ($"{nameof(CallBenchmarks.Call)}.{provider}", () => MeasureAsync(asked, nameof(CallBenchmarks.Call), Calls));
        }

        var parts = new PartBenchmarks();
        foreach (var name in new[] { nameof(PartBenchmarks.Event), nameof(PartBenchmarks.Sentences), nameof(PartBenchmarks.Framing), nameof(PartBenchmarks.ToolCall) })
        {
            yield return (name, () => MeasureAsync(parts, name, Calls));
        }
    }

    /// <summary>Bytes that one operation allocates: the least of some runs, because others may allocate beside it.</summary>
    private static async Task<double> MeasureAsync(object benchmarks, string name, int calls)
    {
        var method = benchmarks.GetType().GetMethod(name)!;
        var operations = method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
        var least = double.MaxValue;
        for (var run = -Warm; run < Runs; run++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var call = 0; call < calls; call++)
            {
                if (method.Invoke(benchmarks, null) is Task task)
                {
                    await task;
                }
            }

            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            least = run < 0 ? least : Math.Min(least, (double)allocated / calls / operations);
        }

        return least;
    }
}
