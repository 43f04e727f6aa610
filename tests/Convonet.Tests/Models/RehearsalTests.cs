using Convonet.Models.Rehearsals;
using Convonet.Tools;

namespace Convonet.Tests.Models;

/// <summary>What is played at start is an answer that each provider's library understands.</summary>
public sealed class RehearsalTests
{
    [Theory]
    [InlineData("gemini")]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task RunAsync_EachProvider_IsPlayedToItsEnd(string provider)
    {
        var tool = ToolFactory.Create(static (string city) => city, "weather", "Tells the weather.");

        // A canned answer that is broken, or not finished, throws.
        await Rehearsal.RunAsync([provider, "another"], [tool], TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("claude")]
    [InlineData("openai")]
    public void Of_EachProvider_HoldsOneWordADelta(string provider) =>
        Assert.Contains("\" word\"", System.Text.Encoding.UTF8.GetString(CannedAnswer.Of(provider).Delta), StringComparison.Ordinal);

    [Fact]
    public void Of_AnotherProvider_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => CannedAnswer.Of("another"));
}
