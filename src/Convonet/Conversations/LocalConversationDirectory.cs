using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Convonet.Conversations;

/// <summary>The conversations of this process, in memory.</summary>
public sealed class LocalConversationDirectory(ConversationServices services) : IConversationDirectory, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _conversations.Count;

    /// <inheritdoc/>
    public string NewId() => "c_" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <inheritdoc/>
    public ValueTask<Conversation?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_conversations.GetValueOrDefault(id));

    /// <inheritdoc/>
    public ValueTask<Conversation?> StartAsync(string id, CancellationToken cancellationToken = default)
    {
        if (_conversations.Count >= services.Options.MaxConversations)
        {
            return ValueTask.FromResult<Conversation?>(null);
        }

        var started = new Conversation(id, services);
        return _conversations.TryAdd(id, started)
            ? ValueTask.FromResult<Conversation?>(started)
            : throw new ArgumentException("There is a conversation with this id already.", nameof(id));
    }

    /// <summary>Ends the conversations that nobody has used for a while.</summary>
    public async Task SweepAsync()
    {
        foreach (var (id, conversation) in _conversations)
        {
            if (conversation.IdleTime > services.Options.IdleTime && _conversations.TryRemove(id, out _))
            {
                await conversation.DisposeAsync();
            }
        }
    }

    /// <summary>Ends all conversations; running turns are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var id in _conversations.Keys)
        {
            if (_conversations.TryRemove(id, out var conversation))
            {
                await conversation.DisposeAsync();
            }
        }
    }
}
