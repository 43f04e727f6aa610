using System.Diagnostics;
using System.Globalization;

namespace Convonet.Chaos.Overload;

/// <summary>Who computes where.</summary>
internal static class Cores
{
    /// <summary>Leaves the last core to a process that is started by what comes back, and keeps to the others.</summary>
    /// <exception cref="InvalidOperationException">There is one only, or no <c>taskset</c>.</exception>
    public static async Task<string[]> PartAsync()
    {
        var last = Environment.ProcessorCount - 1;
        if (last == 0 || !File.Exists("/usr/bin/taskset"))
        {
            throw new InvalidOperationException("--apart needs two cores, and taskset.");
        }

        using var pin = Process.Start(new ProcessStartInfo("taskset", ["-acp", $"0-{last - 1}", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        await pin.StandardOutput.ReadToEndAsync();
        await pin.WaitForExitAsync();
        return ["taskset", "-c", $"{last}"];
    }
}
