using Convonet.Tests.Fakes;

namespace Convonet.Tests.Chaos;

/// <summary>The short form of the cut campaign (<c>docs/chaos.md</c>): lines break at any byte, and every character arrives once and in order.</summary>
[Collection(nameof(Alone))]
public sealed class CutCampaignTests
{
    [Fact]
    public async Task Cut_AtAnyByte_EveryCharacterArrivesOnce()
    {
        var (exitCode, said) = await ChaosProcess.RunAsync("cut", "--turns", "64", "--clients", "32", "--gap", "1", "--seed", "1");

        Assert.True(exitCode == 0, said);
        Assert.Contains("wrong        duplicated 0, lost 0\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cut_ClientsWithoutReplayAndIds_CheckerSeesIt()
    {
        var (exitCode, said) = await ChaosProcess.RunAsync("cut", "--turns", "16", "--clients", "16", "--gap", "0", "--seed", "1", "--naive");

        Assert.True(exitCode == 1, said);
        Assert.Matches("wrong text|duplicated [1-9]", said);
    }
}
