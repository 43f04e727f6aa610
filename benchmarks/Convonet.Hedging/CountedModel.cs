using System.Runtime.CompilerServices;
using Convonet.Models;

namespace Convonet.Hedging;

/// <summary>Counts the calls of a model, those that are cancelled included.</summary>
internal sealed class CountedModel(IChatModel model) : IChatModel
{
    private int _calls;

    public string Provider => model.Provider;

    public string Model => model.Model;

    public int Calls => Volatile.Read(ref _calls);

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await foreach (var update in model.StreamAsync(request, cancellationToken))
        {
            yield return update;
        }
    }
}
