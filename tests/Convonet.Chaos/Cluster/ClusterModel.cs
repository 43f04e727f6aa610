using System.Runtime.CompilerServices;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Chaos.Cluster;

/// <summary>A model whose answer can be checked to the last character, with a tool in it: it greets, adds a todo, and counts. Cut off, it goes on where it stopped.</summary>
internal sealed class ClusterModel : IChatModel
{
    private const int Words = 60;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    public string Provider => "chaos";

    public string Model => "cluster";

    /// <summary>All that is shown in answer to a message.</summary>
    public static string AnswerTo(string message) => string.Concat(Greeting(message)) + "\n\n" + string.Concat(Counting());

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var begun = request.History is [.., HistoryItem.AssistantMessage said, HistoryItem.UserMessage { Text: AgentGraph.GoOn }]
            ? string.Concat(said.Parts.OfType<AssistantPart.Text>().Select(part => part.Value))
            : "";
        HistoryItem[] history = [.. begun.Length > 0 ? request.History.SkipLast(2) : request.History];
        var isSecond = history[^1] is HistoryItem.ToolResults;
        var message = history.OfType<HistoryItem.UserMessage>().Last().Text;
        foreach (var word in isSecond ? Counting() : Greeting(message))
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

    private static IEnumerable<string> Counting() => Enumerable.Range(0, Words).Select(word => word == 0 ? "0" : $" {word}");
}
