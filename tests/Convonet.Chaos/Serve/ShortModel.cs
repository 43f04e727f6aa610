using System.Runtime.CompilerServices;
using Convonet.Models;

namespace Convonet.Chaos.Serve;

/// <summary>A model that costs nothing: a sentence of twenty words. What is measured is the server.</summary>
/// <param name="pace">From word to word; zero for all at once.</param>
internal sealed class ShortModel(TimeSpan pace = default) : IChatModel
{
    private const int Words = 20;

    public string Provider => "chaos";

    public string Model => "short";

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        for (var word = 0; word < Words; word++)
        {
            if (pace > TimeSpan.Zero)
            {
                await Task.Delay(pace, cancellationToken);
            }

            yield return new ModelUpdate.TextDelta(" word");
        }

        yield return new ModelUpdate.Completed(FinishReason.Stop);
    }
}
