using System.Diagnostics;
using System.Globalization;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using Convonet.Tests.EndToEnd;

namespace Convonet.Tests.Emulator;

/// <summary>Text that tells when it was sent, as each of our clients reads it.</summary>
public sealed class StampedTextTests
{
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Stamps_AnyApi_EachPieceTellsWhenItWasSent(EmulatedApi api)
    {
        const int Count = 40;
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Script.Of(Script.Stamps(Count)));
        var conversation = providers.Converse(api);
        var before = Stopwatch.GetTimestamp();

        var end = await conversation.AskAsync();

        var moments = end.Text.Split(StampedText.Mark)[1..].Select(piece => long.Parse(piece[..StampedText.Digits], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Count, moments.Length);
        Assert.Equal(moments.Order(), moments);
        Assert.InRange(moments[0], before, moments[^1]);
        Assert.InRange(moments[^1], before, Stopwatch.GetTimestamp());
        Assert.Equal(3, end.Text.Count(letter => letter == '.'));
        Assert.Equal("completed", end.Outcome);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, " #0 word")]
    [InlineData(2, " #0 word #0 word")]
    public async Task Stamps_Few_AreAllThere(int count, string said)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Script.Of(Script.Piece("So:"), Script.Stamps(count)));
        var conversation = providers.Converse(EmulatedApi.OpenAIResponses);

        var end = await conversation.AskAsync();

        Assert.Equal("So:" + said, System.Text.RegularExpressions.Regex.Replace(end.Text, "#[0-9]{19}", "#0"));
    }
}
