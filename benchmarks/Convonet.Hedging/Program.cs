namespace Convonet.Hedging;

/// <summary>Measures what a rival for slow model calls gains and costs, and prints a table. <c>docs/latency.md</c> says what the figures mean.</summary>
internal static class Program
{
    private const string Usage = """
        dotnet run --project benchmarks/Convonet.Hedging -c Release [-- FORM]
          (none)    the production graph over emulators with the published latencies, in real time: about two minutes
          --short   the same with fewer turns, within 20 s
        """;

    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case []:
                await Comparison.RunAsync(Effort.Full);
                return 0;
            case ["--short"]:
                await Comparison.RunAsync(Effort.Short);
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }
}
