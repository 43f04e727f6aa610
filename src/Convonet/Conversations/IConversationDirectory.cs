namespace Convonet.Conversations;

/// <summary>Finds the conversations, or starts them.</summary>
public interface IConversationDirectory
{
    /// <summary>The conversation with this id; null when there is none.</summary>
    ValueTask<Conversation?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Starts a conversation.</summary>
    /// <param name="id">An id that <see cref="NewId"/> made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are too many already.</returns>
    ValueTask<Conversation?> StartAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>A new id: 128 random bits, so that knowing it is proof enough to follow the conversation.</summary>
    string NewId();
}
