using System.Runtime.CompilerServices;
using Convonet.Models;

namespace Convonet.Chaos.Cuts;

/// <summary>A model whose answer can be checked to the last character: it counts.</summary>
internal sealed class CountingModel : IChatModel
{
    public string Provider => "chaos";

    public string Model => "counting";

    /// <summary>The answer to a message.</summary>
    public static IEnumerable<string> AnswerTo(string message)
    {
        var words = 40 + (Math.Abs(message.Aggregate(17, static (hash, one) => (hash * 31) + one)) % 300);
        yield return $"To {message}:";
        for (var word = 0; word < words; word++)
        {
            yield return $" {word}";
        }
    }

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var place = 0;
        var (history, begun) = CutOff.Read(request);
        foreach (var word in CutOff.Rest(begun, AnswerTo(((HistoryItem.UserMessage)history[^1]).Text)))
        {
            yield return new ModelUpdate.TextDelta(word);
            if (++place % 8 == 0)
            {
                // A model's pace: lines are to break while it speaks.
                await Task.Delay(1, cancellationToken);
            }
        }

        yield return new ModelUpdate.Completed(FinishReason.Stop);
    }
}
