using Convonet.Chaos.Parent;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>The file system of the store can only be read when the server starts: it says so in one line and ends, and the next start serves.</summary>
internal static class ReadOnlyStart
{
    public const string Name = "read-only file system at the start";

    public static async Task RunAsync(Findings findings)
    {
        await using var disk = new SmallDisk();
        if (await disk.MountAsync() is { } why)
        {
            findings.Fact($"{Name}: SKIPPED, {why}");
            return;
        }

        await using (await ServerProcess.StartAsync("paced", disk.Store))
        {
            // Makes the store.
        }

        if (await disk.RemountAsync(readOnly: true) is { } busy)
        {
            findings.Fact($"{Name}: SKIPPED, {busy}");
            return;
        }

        var (exitCode, said) = await ServerProcess.TryAsync(disk.Store);
        findings.Holds(exitCode == 1 && said.StartsWith("Convonet cannot start: ", StringComparison.Ordinal) && !said.Contains('\n'), "wrong end", $"{Name}: {exitCode}, {said}");
        await disk.RemountAsync(readOnly: false);
        await using var server = await ServerProcess.StartAsync("paced", disk.Store);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var line = await VoiceLine.ConnectAsync(server.Voice, limit.Token);
        var reply = await line.SubmitAsync("after", "after", limit.Token);
        findings.Holds(reply.Name == "accepted", "wrong end", $"{Name}: {reply.Data.GetRawText()}");
        findings.Fact($"{Name}: exit code {exitCode}, “{said}”; the next start serves");
    }
}
