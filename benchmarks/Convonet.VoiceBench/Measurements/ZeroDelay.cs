using Convonet.Bench.Processes;
using Convonet.Bench.Report;
using Convonet.VoiceBench.Report;

namespace Convonet.VoiceBench.Measurements;

/// <summary>What the server itself costs: engines and model take no time.</summary>
internal static class ZeroDelay
{
    public static async Task RunAsync(Effort effort)
    {
        await using var server = await ServerProcess.StartAsync();
        Table.Begin();
        foreach (var measure in (Func<ServerProcess, Effort, Task<IEnumerable<Figure>>>[])[TurnLatency.MeasureAsync, BargeIn.MeasureAsync, OpenMicrophones.MeasureAsync])
        {
            Table.Add(await measure(server, effort));
        }

        Table.End();
    }
}
