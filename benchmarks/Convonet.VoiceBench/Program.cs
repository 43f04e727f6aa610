using Convonet.Bench.Server;
using Convonet.VoiceBench.Measurements;
using Convonet.VoiceBench.Report;

namespace Convonet.VoiceBench;

/// <summary>Measures what speech costs, and prints a table. <c>docs/latency.md</c> says what the figures mean.</summary>
internal static class Program
{
    private const string Usage = """
        dotnet run --project benchmarks/Convonet.VoiceBench -c Release [-- FORM]
          (none)      the server in its own process, with engines and a model that take no time
          --short     the same with fewer samples, within 30 s
          --offline   with flite and pocketsphinx, and commands that flite speaks
          --turns     the turn detector alone: four voices in four rooms
        """;

    private static async Task<int> Main(string[] args)
    {
        if (args is [BenchServer.Command, .. var rest])
        {
            return await BenchServer.RunAsync(rest);
        }

        switch (args)
        {
            case []:
                await ZeroDelay.RunAsync(Effort.Full);
                return 0;
            case ["--short"]:
                await ZeroDelay.RunAsync(Effort.Short);
                return 0;
            case ["--offline"]:
                await OfflineTurns.RunAsync();
                return 0;
            case ["--turns"]:
                TurnTable.Print();
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }
}
