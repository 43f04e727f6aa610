using Convonet.Load.Client;
using Convonet.Load.Report;

namespace Convonet.Load.Scenarios;

/// <summary>Scenarios in which text flows: A (one session), B (many), C (as much as goes), F (turns with next to no text).</summary>
internal static class Streaming
{
    /// <summary>Claude's library makes more of an event than the others.</summary>
    private const string Claude = "claude";

    public static async Task<IEnumerable<Comparison>> OneAsync(Rig rig, Effort effort, string provider)
    {
        var (server, limit) = await rig.CompareAsync(provider, effort.One, effort.Rounds);
        return [.. Transit("A", provider, server, limit), Cost($"A {provider}: processor time of a chunk", server, limit), Errors("A", provider, server, limit)];
    }

    public static async Task<IEnumerable<Comparison>> ManyAsync(Rig rig, Effort effort, string provider)
    {
        var (server, limit) = await rig.CompareAsync(provider, effort.Many, effort.Rounds);
        return
        [
            .. Transit("B", provider, server, limit),
            Cost($"B {provider}: processor time of a chunk", server, limit) with { MostRatio = provider == Claude ? 1.8 : 1.5, Gates = true },
            Errors("B", provider, server, limit),
        ];
    }

    public static async Task<IEnumerable<Comparison>> FullAsync(Rig rig, Effort effort, string provider)
    {
        var (server, limit) = await rig.CompareAsync(provider, effort.Full, effort.Rounds);
        return
        [
            // In the short form most of Claude's is what the runtime compiles meanwhile.
            new($"C {provider}: chunks a second", "", server.Rate, limit.Rate) { LeastRatio = 0.35, Gates = provider != Claude },
            new($"C {provider}: pieces that came together in one frame", "", (double)server.TransitMs.Count / server.Frames, (double)limit.TransitMs.Count / limit.Frames),
            Cost($"C {provider}: processor time of a chunk", server, limit),
            Errors("C", provider, server, limit),
        ];
    }

    public static async Task<IEnumerable<Comparison>> SmallAsync(Rig rig, Effort effort, string provider)
    {
        var (server, limit) = await rig.CompareAsync(provider, effort.Small, effort.Rounds);
        return
        [
            new($"F {provider}: a turn, p50", "ms", Observed.At(server.TurnMs, 0.5), Observed.At(limit.TurnMs, 0.5)) { MostRatio = 2 },
            new($"F {provider}: to the first chunk, p50", "ms", Observed.At(server.FirstMs, 0.5), Observed.At(limit.FirstMs, 0.5)) { Most = 2.5 },
            new($"F {provider}: processor time of a turn", "ms", server.Processor.TotalMilliseconds / server.TurnMs.Count, limit.Processor.TotalMilliseconds / limit.TurnMs.Count),
            Errors("F", provider, server, limit),
        ];
    }

    /// <summary>What a turn allocates: all of it, the store and the session's events included.</summary>
    public static async Task<IEnumerable<Comparison>> AllocatedAsync(Rig rig, string provider)
    {
        const int Turns = 10;
        var shape = new Shape(1, Turns, 200, 0);
        var (server, limit) = await rig.CompareAsync(provider, shape, rounds: 1);
        return [new($"{provider}: allocated by a turn of {shape.Deltas} chunks", "KB", server.Allocated / Turns / 1024, limit.Allocated / Turns / 1024) { Most = provider == Claude ? 1500 : 400 }, Errors("memory", provider, server, limit)];
    }

    /// <summary>Sessions that are talked to, and that speak.</summary>
    public static async Task<IEnumerable<Comparison>> SpokenAsync(Rig rig, Effort effort, string provider)
    {
        var (server, limit) = await rig.CompareAsync(provider, effort.One with { IsSpoken = true }, effort.Rounds);
        var (many, manyLimit) = await rig.CompareAsync(provider, effort.Many with { IsSpoken = true }, rounds: 1);
        return
        [
            .. Transit("A, voice session,", provider, server, limit),
            Errors("A, voice session,", provider, server, limit),
            .. Transit("B, voice sessions,", provider, many, manyLimit),
            Cost($"B, voice sessions, {provider}: processor time of a chunk, its speech included", many, manyLimit),
            Errors("B, voice sessions,", provider, many, manyLimit),
        ];
    }

    private static IEnumerable<Comparison> Transit(string scenario, string provider, Observed server, Observed limit) =>
    [
        new($"{scenario} {provider}: transit, p50", "µs", Observed.At(server.TransitMs, 0.5) * 1000, Observed.At(limit.TransitMs, 0.5) * 1000) { MostRatio = 1.3, Gates = true },
        new($"{scenario} {provider}: transit, p95", "µs", Observed.At(server.TransitMs, 0.95) * 1000, Observed.At(limit.TransitMs, 0.95) * 1000),
        new($"{scenario} {provider}: transit, p99", "µs", Observed.At(server.TransitMs, 0.99) * 1000, Observed.At(limit.TransitMs, 0.99) * 1000) { MostRatio = 1.5 },
    ];

    private static Comparison Cost(string name, Observed server, Observed limit) => new(name, "µs", server.ProcessorOfChunk, limit.ProcessorOfChunk);

    /// <summary>A question without an answer has no time either: with one, the other figures say nothing.</summary>
    public static Comparison Errors(string scenario, string provider, Observed server, Observed limit) =>
        new($"{scenario} {provider}: questions without an answer", "", server.Errors, limit.Errors) { Most = 0, Gates = true };
}
