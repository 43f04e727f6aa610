namespace Convonet.Conversations;

/// <summary>Finds the conversations, or starts them.</summary>
public interface IConversationDirectory
{
    /// <summary>The conversation with this id, if it is this user's; null for another's, as for none.</summary>
    /// <exception cref="DirectoryFullException">There is no room for it now.</exception>
    ValueTask<IConversation?> FindAsync(string id, string user, CancellationToken cancellationToken = default);

    /// <summary>Where a conversation goes on that <see cref="IConversation.IsSuperseded"/>.</summary>
    /// <returns>Null when that is not known here: another process has it, which clients find by themselves.</returns>
    ValueTask<IConversation?> FollowAsync(IConversation superseded, CancellationToken cancellationToken = default);

    /// <summary>Starts a conversation; one that another connection of its user has started meanwhile is that one.</summary>
    /// <param name="id">An id that <see cref="NewId"/> made.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are too many already, or the id is another user's.</returns>
    ValueTask<IConversation?> StartAsync(string id, string user, CancellationToken cancellationToken = default);

    /// <summary>Deletes a conversation: once the store has done so it ends at once, nothing more of it is written or shown, and its clients are sent away. What the store cannot delete goes on.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="cancellationToken">Gives up, as long as nothing was deleted.</param>
    Task ForgetAsync(string id, string user, CancellationToken cancellationToken = default);

    /// <summary>A new id: 128 random bits, so that nobody can guess it.</summary>
    string NewId();

    /// <summary>Whether <see cref="NewId"/> may have made an id, and nobody has a conversation under it.</summary>
    ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken = default);
}
