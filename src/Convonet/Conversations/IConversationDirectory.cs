namespace Convonet.Conversations;

/// <summary>Finds the conversations, or starts them.</summary>
public interface IConversationDirectory
{
    /// <summary>The conversation with this id, if it is this user's; null for another's, as for none.</summary>
    ValueTask<Conversation?> FindAsync(string id, string user, CancellationToken cancellationToken = default);

    /// <summary>Starts a conversation.</summary>
    /// <param name="id">An id that <see cref="NewId"/> made.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are too many already.</returns>
    ValueTask<Conversation?> StartAsync(string id, string user, CancellationToken cancellationToken = default);

    /// <summary>A new id: 128 random bits, so that nobody can guess it.</summary>
    string NewId();
}
