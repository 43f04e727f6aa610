using System.Globalization;
using System.Runtime;

namespace Convonet.Bench.Server;

/// <summary>What a measured process tells of its runtime, and does with its memory when it is told to.</summary>
internal static class Garbage
{
    /// <summary>Gives back what is garbage, so that what is left is what sessions hold.</summary>
    public static string Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return "collected";
    }

    /// <summary>All that was allocated so far, in bytes.</summary>
    public static string Allocated() => GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture);

    /// <summary>Methods compiled so far, those that were compiled anew among them.</summary>
    public static string Compiled() => JitInfo.GetCompiledMethodCount().ToString(CultureInfo.InvariantCulture);
}
