using Convonet.Load.Client;
using Convonet.Load.Report;

namespace Convonet.Load.Scenarios;

/// <summary>More and more sessions, past what the processor can do: the cost grows with them, then some are refused, and those that were taken keep their pace.</summary>
internal static class Growth
{
    private static readonly int[] Sessions = [25, 50, 100, 200, 400, 800];

    /// <param name="rig">Where.</param>
    /// <param name="effort">How much.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="plot">A file for the curves; null for none.</param>
    public static async Task<IEnumerable<Comparison>> MeasureAsync(Rig rig, Effort effort, string provider, string? plot)
    {
        var lines = new List<Comparison>();
        var (busy, chunk, middle, late, refused) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        foreach (var sessions in Sessions)
        {
            var found = await rig.RunAsync(rig.Server, provider, effort.Many with { Sessions = sessions });
            busy.Add(100 * found.Processor.TotalSeconds / found.Elapsed.TotalSeconds);
            chunk.Add(found.ProcessorOfChunk);
            middle.Add(Observed.At(found.TransitMs, 0.5));
            late.Add(Observed.At(found.TransitMs, 0.95));
            refused.Add(100.0 * found.Errors / (found.Errors + found.TurnMs.Count));
            lines.Add(new($"growth {provider}, {sessions} sessions at once: the server's processor", "%", busy[^1], null));
            lines.Add(new("· processor time of a chunk", "µs", chunk[^1], null));
            lines.Add(new("· transit, p50", "ms", middle[^1], null));
            lines.Add(new("· transit, p95", "ms", late[^1], null));
            lines.Add(new("· refused", "%", refused[^1], null));
        }

        if (plot is not null)
        {
            await Plot.WriteAsync(plot, [
                new("One processor", "%", Sessions, [("busy", [.. busy]), ("questions refused", [.. refused])]),
                new("Transit of a chunk", "ms", Sessions, [("p50", [.. middle]), ("p95", [.. late])]),
            ]);
        }

        return lines;
    }
}
