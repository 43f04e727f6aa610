using System.Text.RegularExpressions;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Store;

/// <summary>A fail-point that is asked for is there.</summary>
public sealed partial class FailPointTests
{
    [Fact]
    public void Names_OfAllPlacesThatArePassed_AreKnown()
    {
        var passed = Directory.EnumerateFiles(Repository.PathOf("src", "Convonet.Server"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Place().Matches(File.ReadAllText(file))).Select(found => found.Groups[1].Value).Distinct();

        Assert.Equal(passed.Order(), passed.Intersect(FailPoint.Names).Order());
    }

    [Theory]
    [InlineData("accept.after_comit:1:kill")]
    [InlineData("accept.after_commit:1:explode")]
    [InlineData("accept.after_commit:0:kill")]
    [InlineData("accept.after_commit")]
    public void Arm_WithAMisspeltPlan_SaysWhatThereIs(string plan)
    {
        var error = Assert.Throws<FormatException>(() => FailPoint.Arm(plan));

        Assert.Contains("kill", error.Message, StringComparison.Ordinal);
        Assert.Contains("accept.after_commit", error.Message, StringComparison.Ordinal);
        Assert.Contains("lease.renew", error.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("""FailPoint\.Pass\("([^"]+)"\)""")]
    private static partial Regex Place();
}
