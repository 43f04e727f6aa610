using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>Keeps a history within what a model can read.</summary>
internal static class HistoryBounds
{
    /// <summary>Drops the oldest turns, as many as needed. A turn begins with the user's message, so calls and their results stay together.</summary>
    public static void ForgetOld(this List<HistoryItem> history, ConversationOptions options)
    {
        var turns = 1; // the one that begins now
        var quarters = 0L;
        var keepFrom = history.Count;
        for (var index = history.Count - 1; index >= 0 && turns < options.MaxHistoryTurns; index--)
        {
            quarters += history[index].Quarters;
            if (TokenEstimate.Tokens(quarters) > options.MaxHistoryTokens)
            {
                break;
            }

            if (history[index] is HistoryItem.UserMessage)
            {
                keepFrom = index;
                turns++;
            }
        }

        history.RemoveRange(0, keepFrom);
    }
}
