using Convonet.Agents;

namespace Convonet.Tests.Agents;

public sealed class SameWordsTests
{
    [Theory]
    [InlineData("add milk", "Add milk.", true)]
    [InlineData("what's on my list", "What's on my list?", true)]
    [InlineData("yes  please ", "Yes, please!", true)]
    [InlineData("twenty-five", "twenty five", true)]
    [InlineData("", "…", true)]
    [InlineData("买牛奶", "买牛奶。", true)]
    [InlineData("add milk", "add silk", false)]
    [InlineData("add milk", "add milk and eggs", false)]
    [InlineData("it costs 3.50", "it costs 350", false)]
    [InlineData("at 3:30", "at 330", false)]
    [InlineData("a part", "apart", false)]
    [InlineData("5 €", "5", false)]
    [InlineData("set it to -5", "set it to 5", false)]
    [InlineData("50%", "50", false)]
    [InlineData("C#", "C", false)]
    [InlineData("and/or", "and or", false)]
    [InlineData("I am 5, you are 6.", "i am 5 you are 6", true)]
    public void Are_TwoSpellings_CaseAndMarksAside(string left, string right, bool same)
    {
        Assert.Equal(same, SameWords.Are(left, right));
        Assert.Equal(same, SameWords.Are(right, left));
    }
}
