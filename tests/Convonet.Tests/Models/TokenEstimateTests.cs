using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Tests.Models;

/// <summary>About how many tokens a text is.</summary>
public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("What is the weather?", 5)]
    [InlineData("Grüße", 2)] // two letters of two bytes
    [InlineData("Привет", 3)]
    [InlineData("你好世界", 4)]
    [InlineData("こんにちは", 5)]
    [InlineData("안녕", 2)]
    [InlineData("ｆｕｌｌ", 4)]
    [InlineData("नम", 2)] // six bytes
    [InlineData("😀", 1)]
    [InlineData("𠀀", 1)]
    [InlineData("天气 is fine", 4)] // eight quarters each
    public void Tokens_OfAText_GoByItsWriting(string text, long tokens) => Assert.Equal(tokens, TokenEstimate.Tokens(TokenEstimate.QuartersOf(text)));

    [Fact]
    public void Quarters_OfARequest_CountAllThatTheModelReads()
    {
        var empty = new ModelRequest("call_1_0", "", [], []);
        HistoryItem[] history =
        [
            new HistoryItem.UserMessage("四个字符"), // 16
            new HistoryItem.AssistantMessage([new AssistantPart.Text("text", new ProviderData("p", "json")), new AssistantPart.ToolUse(new ToolCall("c", "look", "{}"))]), // 10
            new HistoryItem.ToolResults([new ToolResult("call", "look", ToolOutcome.Ok, "seen", TimeSpan.Zero)]), // 4
        ];

        Assert.Equal(0, empty.Quarters);
        Assert.Equal(30, (empty with { History = history }).Quarters);
        Assert.Equal(4 + 3, (empty with { SystemPrompt = "Act.", Moment = "Now" }).Quarters);
    }
}
