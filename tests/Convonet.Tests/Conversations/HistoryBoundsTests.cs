using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Tests.Conversations;

/// <summary>A history stays within its tokens, in any writing, and is cut between turns only.</summary>
public sealed class HistoryBoundsTests
{
    [Theory]
    [InlineData("word", 100, 100)] // four letters are a token
    [InlineData("слов", 100, 200)] // eight bytes are two
    [InlineData("四个字符", 100, 400)] // four characters are four
    public void ForgetOld_HistoryOfATokenMoreThanAllowed_DropsTheOldestTurnWithItsCallsAndResults(string word, int words, int tokens)
    {
        var history = History(string.Concat(Enumerable.Repeat(word, words)), turns: 3);
        var whole = history.ToArray();

        history.ForgetOld(new ConversationOptions { MaxHistoryTokens = 3 * tokens });
        Assert.Equal(whole, history);

        history.ForgetOld(new ConversationOptions { MaxHistoryTokens = (3 * tokens) - 1 });
        Assert.Equal(whole[4..], history);
        Assert.IsType<HistoryItem.UserMessage>(history[0]);
    }

    [Theory]
    [InlineData("word", 100, 100)]
    [InlineData("слов", 100, 200)]
    [InlineData("四个字符", 100, 400)]
    public void Due_HistoryOfATokenMoreThanAllowed_IsWholeTurnsUpToHalfOfIt(string word, int words, int tokens)
    {
        var history = History(string.Concat(Enumerable.Repeat(word, words)), turns: 4);

        Assert.Equal(0, HistorySummary.Due(history, 4 * tokens));
        Assert.Equal(0, HistorySummary.Due(history, 0));
        Assert.Equal(12, HistorySummary.Due(history, tokens)); // the newest stays in any case
        Assert.Equal(8, HistorySummary.Due(history, (4 * tokens) - 1)); // two turns are the half and a little more
    }

    /// <summary>Turns with a call and its result each, whose text is in all of their parts, a quarter in each.</summary>
    private static List<HistoryItem> History(string text, int turns)
    {
        var part = text[..(text.Length / 4)];
        var call = new ToolCall("call", "look", part);
        return
        [
            .. Enumerable.Range(0, turns).SelectMany(_ => (HistoryItem[])
            [
                new HistoryItem.UserMessage(part),
                new HistoryItem.AssistantMessage([new AssistantPart.ToolUse(call)]),
                new HistoryItem.ToolResults([new ToolResult("call", "look", ToolOutcome.Ok, part, TimeSpan.Zero)]),
                new HistoryItem.AssistantMessage([new AssistantPart.Text(part)]),
            ]),
        ];
    }
}
