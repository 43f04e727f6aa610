using BenchmarkDotNet.Running;

namespace Convonet.Benchmarks;

/// <summary>What the parts cost: time is published, allocations are held to <c>allocations.json</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["--check"]:
                return await AllocationCheck.RunAsync() ? 0 : 1;
            case ["--types", var provider]:
                await AllocationSample.RunAsync(provider);
                return 0;
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
                return 0;
        }
    }
}
