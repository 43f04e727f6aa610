using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Chaos.Cluster;

/// <summary>
/// A model whose answer can be checked to the last character, with a tool in it: it greets, adds a todo, and counts, each number with a mark of the owner that asked for it. Cut off, it goes on where it stopped.
/// </summary>
internal sealed partial class ClusterModel : IChatModel
{
    private const int MarkLength = 3;
    private const int Words = 60;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    public string Provider => "chaos";

    public string Model => "cluster";

    /// <summary>Whether this is all that is shown in answer to a message, and none of it by an owner that had been followed by another already.</summary>
    public static bool IsAnswer(string message, string text)
    {
        string[] owners = [.. Mark().Matches(text).Select(static found => found.Value)];
        var changes = owners.Where((owner, index) => index == 0 || owner != owners[index - 1]).Count();
        return Unmarked(text) == $"{string.Concat(Greeting(message))}\n\n{string.Concat(Counting(""))}" && owners.Length == Words && changes == owners.Distinct().Count();
    }

    /// <summary>The text without the marks: who goes on may repeat the words that nobody had kept yet, and says the same ones.</summary>
    public static string Unmarked(string text) => Mark().Replace(text, "");

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var begun = request.History is [.., HistoryItem.AssistantMessage said, HistoryItem.UserMessage { Text: AgentGraph.GoOn }]
            ? string.Concat(said.Parts.OfType<AssistantPart.Text>().Select(part => part.Value))
            : "";
        HistoryItem[] history = [.. begun.Length > 0 ? request.History.SkipLast(2) : request.History];
        var isSecond = history[^1] is HistoryItem.ToolResults;
        var message = history.OfType<HistoryItem.UserMessage>().Last().Text;

        // Of this call: a process may be the owner, and then again behind another one.
        var mark = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", MarkLength);
        foreach (var word in isSecond ? Counting(mark) : Greeting(message))
        {
            if (begun.Length >= word.Length)
            {
                begun = begun[word.Length..];
                continue;
            }

            await Task.Delay(Pace, cancellationToken);
            yield return new ModelUpdate.TextDelta(word[begun.Length..]);
            begun = "";
        }

        if (!isSecond)
        {
            yield return new ModelUpdate.ToolCallReady(new ToolCall($"{request.StepId}_0", "create_todo", $$"""{"title":"{{message}}"}"""));
        }

        yield return new ModelUpdate.Completed(isSecond ? FinishReason.Stop : FinishReason.ToolCalls);
    }

    private static IEnumerable<string> Greeting(string message) => [$"To {message}:", " I", " note", " it."];

    private static IEnumerable<string> Counting(string mark) => Enumerable.Range(0, Words).Select(word => word == 0 ? $"0{mark}" : $" {word}{mark}");

    [GeneratedRegex(@"(?<=\d)[a-z]{3}")]
    private static partial Regex Mark();
}
