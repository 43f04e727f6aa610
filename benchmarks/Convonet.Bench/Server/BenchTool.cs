using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Bench.Server;

/// <summary>A tool that takes as long as it is told.</summary>
internal static class BenchTool
{
    public const string Name = "bench_wait";

    public static AIFunction Create() =>
        ToolFactory.Create(WaitAsync, Name, "Waits for some milliseconds.", new ToolTraits { Effect = ToolEffect.None });

    private static async Task<string> WaitAsync(int ms, CancellationToken cancellationToken)
    {
        await Task.Delay(ms, cancellationToken);
        return "waited";
    }
}
