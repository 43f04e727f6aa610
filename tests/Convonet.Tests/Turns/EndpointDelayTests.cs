using Convonet.Turns;

namespace Convonet.Tests.Turns;

public sealed class EndpointDelayTests
{
    [Theory]
    [InlineData("Yeah.", 300)]
    [InlineData("yeah", 300)]
    [InlineData("Yes, please.", 300)]
    [InlineData("stop", 300)]
    [InlineData("no thank you", 300)]
    [InlineData("What's on my list?", 300)]
    [InlineData("Who are you with?", 300)]
    [InlineData("今天天气怎么样？", 300)]
    [InlineData("Add buy milk to my list.", 500)]
    [InlineData("what time is it", 500)]
    [InlineData("is it raining", 500)]
    [InlineData("", 700)]
    [InlineData("  ", 700)]
    [InlineData("add buy milk to my list", 700)]
    [InlineData("remind me at three thirty", 700)]
    [InlineData("a meeting at nine am", 700)]
    [InlineData("yes and add milk", 700)]
    [InlineData("set it to 15:30", 700)]
    [InlineData("add milk and", 1600)]
    [InlineData("remind me to", 1600)]
    [InlineData("Schedule a meeting with.", 1600)]
    [InlineData("buy milk, eggs,", 1600)]
    [InlineData("my number is oh seven nine", 1600)]
    [InlineData("it's 0 7 9", 1600)]
    [InlineData("call 555-12", 1600)]
    [InlineData("call 555.", 1600)]
    [InlineData("um", 2500)]
    [InlineData("schedule a, uh", 2500)]
    [InlineData("Well, um...", 2500)]
    [InlineData("I would like...", 2500)]
    public void For_Words_AsksForTheirSilence(string text, int expectedMs) =>
        Assert.Equal(expectedMs, EndpointDelay.For(text, new TurnOptions()).TotalMilliseconds);

    [Theory]
    [InlineData("uh-huh", true)]
    [InlineData("Yeah.", true)]
    [InlineData("mm", true)]
    [InlineData("Yeah, okay, right.", true)]
    [InlineData("yeah stop", false)]
    [InlineData("stop", false)]
    [InlineData("no", false)]
    [InlineData("yeah yeah yeah yeah", false)]
    [InlineData("", false)]
    [InlineData("...", false)]
    public void BackChannel_Words_AreToldFromNoises(string text, bool expected) => Assert.Equal(expected, BackChannel.Is(text));
}
