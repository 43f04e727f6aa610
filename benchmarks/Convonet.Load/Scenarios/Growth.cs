using Convonet.Load.Client;
using Convonet.Load.Report;

namespace Convonet.Load.Scenarios;

/// <summary>More and more sessions, past what the processor can do: the cost grows with them, then some are refused, and those that were taken keep their pace.</summary>
internal static class Growth
{
    private static readonly int[] Sessions = [25, 50, 100, 200, 400, 800];

    public static async Task<IEnumerable<Comparison>> MeasureAsync(Rig rig, Effort effort, string provider)
    {
        var lines = new List<Comparison>();
        foreach (var sessions in Sessions)
        {
            var found = await rig.RunAsync(rig.Server, provider, effort.Many with { Sessions = sessions });
            lines.Add(new($"growth {provider}, {sessions} sessions at once: processor time of the server a second", "ms", found.Processor.TotalMilliseconds / found.Elapsed.TotalSeconds, null));
            lines.Add(new("· processor time of a chunk", "µs", found.ProcessorOfChunk, null));
            lines.Add(new("· transit, p95", "ms", Observed.At(found.TransitMs, 0.95), null));
            lines.Add(new("· refused", "", found.Errors, null));
        }

        return lines;
    }
}
