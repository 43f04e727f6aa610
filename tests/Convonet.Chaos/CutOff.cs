using Convonet.Agents;
using Convonet.Models;

namespace Convonet.Chaos;

/// <summary>What models of the campaigns do when an earlier process was killed over their answer: they go on behind what was shown of it, as they are told to.</summary>
internal static class CutOff
{
    /// <summary>The history without the request to go on, and what was said already; empty where nothing was.</summary>
    public static (IReadOnlyList<HistoryItem> History, string Begun) Read(ModelRequest request) =>
        request.History is [.., HistoryItem.AssistantMessage { Parts: [AssistantPart.Text begun] }, HistoryItem.UserMessage { Text: AgentGraph.GoOn }]
            ? ([.. request.History.SkipLast(2)], begun.Value)
            : (request.History, "");

    /// <summary>What is left of a text that was begun.</summary>
    public static IEnumerable<string> Rest(string begun, IEnumerable<string> pieces)
    {
        foreach (var piece in pieces)
        {
            var said = Math.Min(begun.Length, piece.Length);
            begun = begun[said..];
            if (said < piece.Length)
            {
                yield return piece[said..];
            }
        }
    }
}
