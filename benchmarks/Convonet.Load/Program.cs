using Convonet.Bench.Report;
using Convonet.Bench.Server;
using Convonet.Load.Emulation;
using Convonet.Load.Limit;
using Convonet.Load.Report;
using Convonet.Load.Scenarios;

namespace Convonet.Load;

/// <summary>Measures what the server adds to a provider's own time, against the barest relay there is. <c>docs/latency.md</c> says what the figures mean.</summary>
internal static class Program
{
    private const string Usage = """
        dotnet run --project benchmarks/Convonet.Load -c Release [-- OPTIONS]
          --short                the same with fewer samples, within a minute
          --only A,B,…           some of: start, A, B, C, D, E, F, memory, voice, growth
          --provider NAME        gemini, claude or openai alone
          --plot FILE            writes the curves of "growth" there, as SVG
          --env NAME=VALUE       a variable of the server and of the limit; may be repeated
          --unpinned             all share all processors; else the server and the limit have one of their own
        """;

    private static readonly string[] Providers = ["gemini", "claude", "openai"];

    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [BenchServer.Command, .. var rest]:
                return await BenchServer.RunAsync(rest);
            case [BareRelay.Command, var emulator]:
                return await BareRelay.RunAsync(emulator);
            case [LoadEmulator.Command]:
                return await LoadEmulator.RunAsync();
        }

        var (effort, only, providers, environment, isPinned, plot) = (Effort.Long, (string[]?)null, Providers, new Dictionary<string, string>(), true, (string?)null);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i], i + 1 < args.Length ? args[i + 1] : null)
            {
                case ("--short", _):
                    effort = Effort.Short;
                    break;
                case ("--unpinned", _):
                    isPinned = false;
                    break;
                case ("--only", { } names):
                    (only, i) = (names.Split(','), i + 1);
                    break;
                case ("--provider", { } name) when Providers.Contains(name):
                    (providers, i) = ([name], i + 1);
                    break;
                case ("--plot", { } file):
                    (plot, i) = (file, i + 1);
                    break;
                case ("--env", { } pair) when pair.Split('=', 2) is [var variable, var value]:
                    environment[variable] = value;
                    i++;
                    break;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return 2;
            }
        }

        return await MeasureAsync(effort, only, providers, plot, await Rig.StartAsync(environment, isPinned)) ? 0 : 1;
    }

    /// <returns>Whether no ratio is far off.</returns>
    private static async Task<bool> MeasureAsync(Effort effort, string[]? only, string[] providers, string? plot, Rig rig)
    {
        await using var owned = rig;
        var isNear = true;
        void Add(IEnumerable<Comparison> lines)
        {
            var all = lines.ToArray();
            isNear &= !all.Any(static line => line.IsFarOff);
            Table.Add(all);
        }

        bool Wants(string name) => only is null || only.Contains(name, StringComparer.OrdinalIgnoreCase);
        Table.Begin(Comparison.Heading);
        if (Wants("start"))
        {
            Add(await Standing.FirstTurnsAsync(rig, providers[0]));
        }

        await rig.RegisterAsync();
        if (Wants("D"))
        {
            Add(await Standing.IdleAsync(rig, effort));
        }

        foreach (var provider in providers)
        {
            await rig.WarmAsync(provider, effort);
            foreach (var (name, measure) in new (string, Func<Task<IEnumerable<Comparison>>>)[]
            {
                ("A", () => Streaming.OneAsync(rig, effort, provider)),
                ("B", () => Streaming.ManyAsync(rig, effort, provider)),
                ("C", () => Streaming.FullAsync(rig, effort, provider)),
                ("E", () => Standing.ToolsAsync(rig, effort, provider)),
                ("F", () => Streaming.SmallAsync(rig, effort, provider)),
                ("memory", () => Streaming.AllocatedAsync(rig, provider)),
            })
            {
                if (Wants(name))
                {
                    Add(await measure());
                }
            }
        }

        if (Wants("voice"))
        {
            Add(await Streaming.SpokenAsync(rig, effort, providers[0]));
        }

        if (effort == Effort.Long && Wants("growth"))
        {
            Add(await Growth.MeasureAsync(rig, effort, providers[0], plot));
        }

        Table.End();
        return isNear;
    }
}
