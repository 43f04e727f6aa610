using System.Diagnostics;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Chaos;

/// <summary>
/// The short form of the kill campaign (<c>docs/exactly-once.md</c>): processes die while tools write, and what they did is there once. It takes the whole machine
/// for some seconds, so it does not run beside tests that measure time.
/// </summary>
[Collection(nameof(TestServer))]
public sealed class KillCampaignTests
{
#if DEBUG
    private const string Configuration = "debug";
#else
    private const string Configuration = "release";
#endif

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Kill_WhileToolsWrite_EverythingHappensOnce(string kind)
    {
        var (exitCode, said) = await RunAsync(kind, "--kills", "10", "--seed", "10");

        Assert.True(exitCode == 0, said);
        Assert.Contains("wrong        duplicated 0, lost 0\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Kill_LedgerSwitchedOff_CheckerSeesIt(string kind)
    {
        var (exitCode, said) = await RunAsync(kind, "--kills", "1", "--seed", "1", "--naive");

        Assert.True(exitCode == 1, said);
        Assert.Matches("naive.between 1\n", said);
        Assert.Matches("wrong        duplicated [1-9]", said);
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(string kind, params string[] arguments)
    {
        Assert.SkipWhen(kind == TestDatabase.Postgres && !PostgresDatabase.IsThere, PostgresDatabase.IsMissing);
        string[] all = [Repository.PathOf("artifacts", "bin", "Convonet.Chaos", Configuration, "Convonet.Chaos.dll"), "--database", kind, .. arguments];
        using var campaign = Process.Start(new ProcessStartInfo("dotnet", all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var said = await Task.WhenAll(campaign.StandardOutput.ReadToEndAsync(limit.Token), campaign.StandardError.ReadToEndAsync(limit.Token));
            await campaign.WaitForExitAsync(limit.Token);
            return (campaign.ExitCode, string.Concat(said));
        }
        finally
        {
            if (!campaign.HasExited)
            {
                campaign.Kill(entireProcessTree: true);
            }
        }
    }
}
