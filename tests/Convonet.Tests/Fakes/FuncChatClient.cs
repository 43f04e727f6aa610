using Microsoft.Extensions.AI;

namespace Convonet.Tests.Fakes;

/// <summary>A chat client that answers with what a test scripted, and keeps what it was asked.</summary>
public sealed class FuncChatClient(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> respond) : IChatClient
{
    /// <summary>The messages of the last request.</summary>
    public List<ChatMessage> Messages { get; private set; } = [];

    /// <summary>The options of the last request.</summary>
    public ChatOptions? Options { get; private set; }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Messages = [.. messages];
        Options = options;
        return respond(cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The model is streamed.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
