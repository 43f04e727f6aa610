using System.Text;
using Convonet.Agents;
using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>Cuts an answer in the history at the place where the user stopped hearing it: what was never heard was never said.</summary>
internal static class HeardHistory
{
    /// <summary>Stands behind the last word that was heard, so that the model knows why its sentence ends there.</summary>
    public const string Mark = "… [interrupted by the user]";

    /// <summary>Cuts the answer to a message. Calls and their results stay, whenever they came: what was done was done.</summary>
    /// <param name="history">The history.</param>
    /// <param name="message">The message, as it stands in the history; nothing happens when it does not (any more).</param>
    /// <param name="heard">How much of the shown text was heard, in characters.</param>
    public static void Cut(List<HistoryItem> history, HistoryItem.UserMessage message, int heard)
    {
        var begin = history.FindIndex(item => ReferenceEquals(item, message));
        if (begin < 0)
        {
            return;
        }

        var end = history.FindIndex(begin + 1, item => item is HistoryItem.UserMessage);
        end = end < 0 ? history.Count : end;
        var answer = CutItems(history.GetRange(begin + 1, end - begin - 1), heard);
        history.RemoveRange(begin + 1, end - begin - 1);
        history.InsertRange(begin + 1, answer);
    }

    /// <summary>The items of an answer, cut.</summary>
    public static List<HistoryItem> CutItems(IEnumerable<HistoryItem> answer, int heard)
    {
        // Text was shown through the same class, so offsets are those of the shown text.
        var shown = new StringBuilder();
        var items = new List<HistoryItem>();
        var isCut = false;
        foreach (var item in answer)
        {
            if (item is not HistoryItem.AssistantMessage said)
            {
                items.Add(item);
                continue;
            }

            var step = new ShownText(shown);
            var parts = new List<AssistantPart>();
            foreach (var part in said.Parts)
            {
                if (part is not AssistantPart.Text { Value.Length: > 0 } text)
                {
                    parts.Add(part);
                    continue;
                }

                step.Show(text.Value);
                var unheard = Math.Max(shown.Length - heard, 0);
                if (unheard == 0)
                {
                    parts.Add(part);
                }
                else if (!isCut)
                {
                    isCut = true;

                    // A provider's signature is over the whole text; it does not fit a part of it.
                    parts.Add(new AssistantPart.Text(text.Value[..Math.Max(text.Value.Length - unheard, 0)].TrimEnd() + Mark));
                }
            }

            if (parts.Count > 0)
            {
                items.Add(new HistoryItem.AssistantMessage(parts));
            }
        }

        return items;
    }
}
