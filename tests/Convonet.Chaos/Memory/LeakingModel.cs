using System.Collections.Concurrent;
using Convonet.Chaos.Serve;
using Convonet.Models;

namespace Convonet.Chaos.Memory;

/// <summary>The short model; told to, it forgets nothing, so that the checker goes red.</summary>
internal sealed class LeakingModel : IChatModel
{
    private static readonly ConcurrentBag<byte[]> Kept = [];

    private readonly ShortModel _inner = new();

    /// <summary>What is kept of each turn; 0 for nothing.</summary>
    public static int BytesOfATurn { get; set; }

    public string Provider => _inner.Provider;

    public string Model => _inner.Model;

    public IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, CancellationToken cancellationToken = default)
    {
        if (BytesOfATurn > 0)
        {
            Kept.Add(new byte[BytesOfATurn]);
        }

        return _inner.StreamAsync(request, cancellationToken);
    }
}
