using System.Diagnostics;
using System.Net.WebSockets;
using Convonet.Chaos.Parent;

namespace Convonet.Chaos.Host;

/// <summary>What can go wrong with the machine under the server, one row after the other.</summary>
internal static class HostCampaign
{
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Arguments(args, "seconds", "row", "naive");
        var (broken, only) = (TimeSpan.FromSeconds(options.Number("seconds", 30)), options.Text("row", ""));
        Console.WriteLine($"host, each fault for {broken.TotalSeconds:0} s");
        var isNaive = options.Number("naive", 0) > 0;
        var findings = new Findings();
        var clock = Stopwatch.StartNew();
        HostFault[] faults = [new LockedDatabase(), new FullDisk(), new StoppedPostgres(), new SilentPostgres(), new BlockingTools(), new StarvedPool(), new FewDescriptors(), new LittleMemory()];
        foreach (var fault in faults)
        {
            await using (fault)
            {
                if (fault.Name.Contains(only, StringComparison.Ordinal))
                {
                    await RunAsync(fault, broken, isNaive, findings);
                }
            }
        }

        if (ReadOnlyStart.Name.Contains(only, StringComparison.Ordinal))
        {
            await ReadOnlyStart.RunAsync(findings);
        }

        findings.Fact($@"elapsed      {clock.Elapsed:mm\:ss}");
        return findings.Conclude();
    }

    private static async Task RunAsync(HostFault fault, TimeSpan broken, bool isNaive, Findings findings)
    {
        if (await fault.PrepareAsync() is { } why)
        {
            findings.Fact($"{fault.Name}: SKIPPED, {why}");
            return;
        }

        try
        {
            await new HostRow(fault, broken, isNaive, findings).RunAsync();
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or TimeoutException)
        {
            findings.Add("hanging", $"{fault.Name}: {error.Message}");
        }
    }
}
