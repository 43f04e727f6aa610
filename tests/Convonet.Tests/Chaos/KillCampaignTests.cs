using Convonet.Tests.Fakes;

namespace Convonet.Tests.Chaos;

/// <summary>
/// The short form of the kill campaign (<c>docs/exactly-once.md</c>): processes die while tools write, and what they did is there once. It takes the whole machine
/// for some seconds, so it does not run beside tests that measure time.
/// </summary>
[Collection(nameof(Alone))]
public sealed class KillCampaignTests
{
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Kill_WhileToolsWrite_EverythingHappensOnce(string kind)
    {
        ChaosProcess.SkipUnlessCampaigns();
        var (exitCode, said) = await RunAsync(kind, "--kills", "10", "--acts", "none", "--seed", "10");

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

    [Fact]
    public async Task Throw_AtEveryFailPoint_ProcessGoesOnAndEverythingHappensOnce()
    {
        ChaosProcess.SkipUnlessCampaigns();
        var (exitCode, said) = await RunAsync("sqlite", "--kills", "0", "--acts", "throw", "--seed", "1");

        Assert.True(exitCode == 0, said);
        Assert.Contains("not reached  none\n", said, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Said)> RunAsync(string kind, params string[] arguments)
    {
        Assert.SkipWhen(kind == TestDatabase.Postgres && !PostgresDatabase.IsThere, PostgresDatabase.IsMissing);
        if (kind == TestDatabase.Postgres)
        {
            ChaosProcess.SkipUnlessCampaigns();
        }

        return ChaosProcess.RunAsync(["--database", kind, .. arguments]);
    }
}
