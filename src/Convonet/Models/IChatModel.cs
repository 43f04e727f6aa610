namespace Convonet.Models;

/// <summary>One language model of one provider, streamed.</summary>
/// <remarks>
/// An adapter turns a provider's stream into <see cref="ModelUpdate"/>s as they arrive. It does not retry, does not time silence and
/// does not run tools: the agent graph does. It ends with exactly one <see cref="ModelUpdate.Completed"/>, or throws
/// <see cref="ModelException"/>; a stream that closes cleanly without the provider's own end marker is
/// <see cref="ModelErrorKind.Unfinished"/>. Implementations are safe for concurrent calls.
/// </remarks>
public interface IChatModel
{
    /// <summary>Name of the provider as clients know it: <c>gemini</c>, <c>claude</c>, <c>openai</c> or a name of your own.</summary>
    string Provider { get; }

    /// <summary>Name of the model, as the provider knows it.</summary>
    string Model { get; }

    /// <summary>Asks the model for its next step and yields what it says while it says it.</summary>
    /// <param name="request">System prompt, history and tools.</param>
    /// <param name="cancellationToken">Closes the upstream request at once.</param>
    /// <exception cref="ModelException">The provider refused, failed, or broke off.</exception>
    IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, CancellationToken cancellationToken = default);
}
