using Convonet.Models;

namespace Convonet.Bench.Server;

/// <summary>A model that answers at once, a word at a time, and never with the same words: speech that was spoken before would come from the cache.</summary>
internal sealed class BenchModel : IChatModel
{
    private int _answers;

    public string Provider => "bench";

    public string Model => "instant";

    public IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, CancellationToken cancellationToken = default)
    {
        var answer = $"That was number {Interlocked.Increment(ref _answers)}. There is a little more to say about it.";
        return Updates(answer).ToAsyncEnumerable();
    }

    private static IEnumerable<ModelUpdate> Updates(string answer)
    {
        foreach (var word in answer.Split(' '))
        {
            yield return new ModelUpdate.TextDelta(word + " ");
        }

        yield return new ModelUpdate.Completed(FinishReason.Stop);
    }
}
