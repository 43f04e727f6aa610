using Convonet.Voice;

namespace Convonet.Tests.Voice;

/// <summary>What is said of an answer whose owner changed: nothing twice, and what was heard is counted in the text as it stands now.</summary>
public sealed class SpokenSoFarTests
{
    private readonly SpokenSoFar _text = new();

    [Fact]
    public void TakeAgain_AllThatWasSaidAndMore_SaysTheRest()
    {
        _text.Take("It rains. ");

        Assert.Equal(("It pours.", false), _text.TakeAgain("It rains. It pours."));
        Assert.Equal((10, 19), (_text.ShownUntil(10), _text.ShownUntil(19)));
    }

    /// <summary>The last that was shown was not kept, and comes again.</summary>
    [Fact]
    public void TakeAgain_LessThanWasSaid_SaysTheSameWordsOnce()
    {
        _text.Take("It rains. It po");

        Assert.Equal(("", false), _text.TakeAgain("It rai"));
        Assert.Equal(6, _text.ShownUntil(15));
        Assert.Equal(("", false), _text.Take("ns. It"));
        Assert.Equal(("urs.", false), _text.Take(" pours."));
        Assert.Equal(19, _text.ShownUntil(19));
    }

    /// <summary>A script without spaces: not the whole answer again for one character.</summary>
    [Fact]
    public void TakeAgain_OtherTextInAScriptWithoutSpaces_IsSaidFromTheDifference()
    {
        _text.Take("今日は雨です");

        _text.TakeAgain("今日は雨");

        Assert.Equal(("が降ります", true), _text.Take("が降ります"));
    }

    [Fact]
    public void TakeAgain_OtherWordsBehindWhatWasKept_SaysThemFromTheirBeginning()
    {
        _text.Take("It rains. It pours");

        _text.TakeAgain("It rains. It p");
        var (more, isAnew) = _text.Take("ersists.");

        Assert.Equal(("persists.", true), (more, isAnew));
        Assert.Equal((12, 13, 13, 22), (_text.ShownUntil(12), _text.ShownUntil(16), _text.ShownUntil(18), _text.ShownUntil(27)));
    }
}
