using Convonet.Tests.Fakes;

namespace Convonet.Tests.Chaos;

/// <summary>Three nodes as processes, of which one is killed (<c>docs/chaos.md</c> has the long form).</summary>
[Collection(nameof(Alone))]
public sealed class ClusterCampaignTests
{
    [Fact]
    public async Task Node_Killed_ItsAnswersGoOnElsewhereToTheLastCharacter()
    {
        ChaosProcess.SkipUnlessCampaigns();

        var (exitCode, said) = await ChaosProcess.RunAsync("cluster", "--clients", "10", "--rounds", "1", "--only", "killed");

        // 2: all is right, and a figure was missed, which other work on the machine can do.
        Assert.True(exitCode is 0 or 2, said);
        Assert.Matches("node killed +[1-9]", said);
    }
}
