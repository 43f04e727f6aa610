using Convonet.Tests.Fakes;

namespace Convonet.Tests.Chaos;

/// <summary>Short forms of the campaigns against the whole server (<c>docs/chaos.md</c>): what is wrong with its machine, its restarts, too many messages, and what it holds in memory.</summary>
[Collection(nameof(Alone))]
public sealed class HostCampaignTests
{
    [Theory]
    [InlineData("disk full")]
    [InlineData("database locked")]
    [InlineData("tools that block")]
    [InlineData("PostgreSQL silent")]
    [InlineData("no file descriptors")]
    public async Task Host_WhileItIsBroken_RefusesAndLosesNothing(string row)
    {
        ChaosProcess.SkipUnlessCampaigns();
        var (exitCode, said) = await ChaosProcess.RunAsync("host", "--seconds", "3", "--row", row);

        Assert.SkipWhen(said.Contains("SKIPPED", StringComparison.Ordinal), said);
        Assert.True(exitCode == 0, said);
        Assert.Contains($"{row}", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_KilledWhileItAnswers_NextOneAnswers()
    {
        ChaosProcess.SkipUnlessCampaigns();
        var (exitCode, said) = await ChaosProcess.RunAsync("restart", "--restarts", "2", "--seed", "1");

        Assert.True(exitCode == 0, said);
    }

    [Fact]
    public async Task Overload_MoreThanItTakes_RefusesWithAMomentAndDropsNothing()
    {
        ChaosProcess.SkipUnlessCampaigns();
        var (exitCode, said) = await ChaosProcess.RunAsync("overload", "--seconds", "2", "--turns", "8", "--lines", "100");

        // 2: nothing is wrong, and a time or a rate was missed, which is the busy machine's here; the long form judges them.
        Assert.True(exitCode is 0 or 2, said);
        Assert.Matches(@"4× .*\| [1-9]\d* \|", said);
    }

    [Fact]
    public async Task Memory_AfterManyTurns_IsWhatItWas_AndALeakIsSeen()
    {
        ChaosProcess.SkipUnlessCampaigns();
        var (exitCode, said) = await ChaosProcess.RunAsync("memory", "--turns", "600", "--warmup", "400");
        Assert.True(exitCode == 0, said);

        (exitCode, said) = await ChaosProcess.RunAsync("memory", "--turns", "100", "--warmup", "100", "--leak", "100000");
        Assert.True(exitCode == 1, said);
        Assert.Contains("leaked 1", said, StringComparison.Ordinal);
    }
}
