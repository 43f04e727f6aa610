using Convonet.Server.Mcp;

namespace Convonet.Tests.Mcp;

/// <summary>How long the next try waits.</summary>
public sealed class BackOffTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(5, 32)]
    [InlineData(6, 60)]
    [InlineData(1_000_000, 60)]
    public void After_Failures_DoublesUpToAMinuteAndVariesByHalf(int failures, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), BackOff.After(failures, 0));
        Assert.Equal(TimeSpan.FromSeconds(seconds / 2), BackOff.After(failures, 1));
    }
}
