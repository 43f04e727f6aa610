using System.Runtime.CompilerServices;
using Convonet.Models;

namespace Convonet.Tests.EndToEnd;

/// <summary>
/// A model under a name of its own, because both OpenAI adapters are called <c>openai</c>. It tells what of its stream was taken: the
/// reader that asks for more is done with everything before.
/// </summary>
internal sealed class WatchedModel(string provider, IChatModel inner) : IChatModel
{
    private readonly Changes _changes = new();
    private string _taken = "";
    private int _open;

    public string Provider => provider;

    public string Model => inner.Model;

    /// <summary>How many of its streams are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Waits until this text of the newest stream was taken and the reader waits for more.</summary>
    public Task TakenAsync(string text) => _changes.UntilAsync(() => Volatile.Read(ref _taken) == text, $"{provider}'s reader has taken '{text}'");

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _open);
        Volatile.Write(ref _taken, "");
        try
        {
            await foreach (var update in inner.StreamAsync(request, cancellationToken))
            {
                yield return update;
                if (update is ModelUpdate.TextDelta delta)
                {
                    Volatile.Write(ref _taken, _taken + delta.Text);
                    _changes.Raise();
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
