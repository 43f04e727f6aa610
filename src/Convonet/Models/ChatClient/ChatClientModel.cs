using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Convonet.Models.ChatClient;

/// <summary>Any other provider, through the chat client of <c>Microsoft.Extensions.AI</c> that it has.</summary>
/// <param name="provider">Name of the provider, as clients will know it.</param>
/// <param name="model">Name of the model, as the provider knows it.</param>
/// <param name="client">
/// The client. It must hand tool calls on: with a <c>FunctionInvokingChatClient</c> around it, text after a call would be held back until
/// the step ends. Its retries should be off, as retrying is the caller's.
/// </param>
public sealed class ChatClientModel(string provider, string model, IChatClient client) : IChatModel
{
    /// <inheritdoc/>
    public string Provider => provider;

    /// <inheritdoc/>
    public string Model => model;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var options = ChatClientRequest.Options(request, model);
        var updates = client.GetStreamingResponseAsync(ChatClientRequest.Messages(request, provider), options, cancellationToken);
        await foreach (var update in new ChatClientStreamReader(request, provider).ReadAsync(updates, cancellationToken))
        {
            yield return update;
        }
    }
}
