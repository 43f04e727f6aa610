using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>The conversations of this process. Those that the store keeps come back to memory when somebody asks for them.</summary>
public sealed partial class LocalConversationDirectory(ConversationServices services) : IConversationDirectory, IAsyncDisposable
{
    private const string Prefix = "c_";
    private const int IdDigits = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>How long a conversation may take to end. A cancelled turn ends at once, so more means a fault of ours.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    /// <summary>A conversation that was used this recently makes no room for others; its client may be on the way.</summary>
    private static readonly TimeSpan InUse = TimeSpan.FromSeconds(10);

    /// <summary>Unfinished conversations that go on side by side after a start: thousands of them at once would be more than the providers take.</summary>
    private const int TakenUpSideBySide = 8;

    /// <summary>Conversations that are loaded side by side: a store that is slow for one must not hold up the others.</summary>
    private const int LoadedSideBySide = 64;

    private readonly ConcurrentDictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim[] _loading = [.. Enumerable.Range(0, LoadedSideBySide).Select(static _ => new SemaphoreSlim(1, 1))];
    private readonly ILogger _logger = services.LoggerFactory.CreateLogger<LocalConversationDirectory>();

    /// <summary>How many there are.</summary>
    public int Count => _conversations.Count;

    /// <inheritdoc/>
    public string NewId() => Prefix + RandomNumberGenerator.GetHexString(IdDigits, lowercase: true);

    /// <inheritdoc/>
    public async ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken = default) =>
        id.Length == Prefix.Length + IdDigits && id.StartsWith(Prefix, StringComparison.Ordinal) && !id.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits)
        && !Holds(id) && await services.Store.IsFreeAsync(id, cancellationToken);

    /// <summary>The conversation with this id, if it is this user's; null for another's, as for none.</summary>
    /// <exception cref="DirectoryFullException">There is no room for it.</exception>
    public async ValueTask<Conversation?> FindAsync(string id, string user, CancellationToken cancellationToken = default)
    {
        if (_conversations.TryGetValue(id, out var conversation) && !conversation.IsSuperseded)
        {
            return conversation.User == user ? conversation : null;
        }

        // Each once at a time: a conversation that is loaded twice would have two owners.
        var loading = LoadingOf(id);
        await loading.WaitAsync(cancellationToken);
        try
        {
            if (_conversations.TryGetValue(id, out conversation) && conversation.IsSuperseded)
            {
                await EndAsync(conversation);
                conversation = null;
            }

            conversation ??= await LoadAsync(id, user, cancellationToken);

            return conversation?.User == user ? conversation : null;
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>Goes on with the turns that an earlier process left unfinished, some conversations at a time; done when the last of them goes on.</summary>
    /// <returns>How many conversations there were, and how many of them could not be loaded just now: those go on when this is done again.</returns>
    public async Task<(int Count, int NotLoaded)> TakeUpAsync(CancellationToken cancellationToken)
    {
        var unfinished = await services.Store.UnfinishedAsync(cancellationToken);
        var notLoaded = 0;
        List<Task> behind = [];
        foreach (var (id, user) in unfinished)
        {
            if (behind.Count == TakenUpSideBySide)
            {
                behind.Remove(await Task.WhenAny(behind).WaitAsync(cancellationToken));
            }

            try
            {
                if (await FindAsync(id, user, cancellationToken) is { } conversation)
                {
                    behind.Add(conversation.CaughtUp);
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // The border: one conversation that cannot be loaded must not keep the others from going on.
                LogNotLoaded(error);
                notLoaded++;
            }
        }

        return (unfinished.Count, notLoaded);
    }

    /// <summary>Starts a conversation; one that another connection of its user has started meanwhile is that one.</summary>
    /// <param name="id">An id that <see cref="NewId"/> made.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are too many already, or the id is another user's.</returns>
    public async ValueTask<Conversation?> StartAsync(string id, string user, CancellationToken cancellationToken = default)
    {
        // When it is full, the one that nobody has used for the longest time makes room; conversations in use are never ended.
        if (_conversations.Count >= services.Options.MaxConversations && !_conversations.ContainsKey(id) && !await EndIdlestAsync())
        {
            return null;
        }

        var conversation = _conversations.GetOrAdd(id, static (newId, one) => new Conversation(newId, one.User, one.Services), (User: user, Services: services));
        return conversation.User == user ? conversation : null;
    }

    async ValueTask<IConversation?> IConversationDirectory.FindAsync(string id, string user, CancellationToken cancellationToken) => await FindAsync(id, user, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IConversation?> FollowAsync(IConversation superseded, CancellationToken cancellationToken = default) => new((IConversation?)null);

    async ValueTask<IConversation?> IConversationDirectory.StartAsync(string id, string user, CancellationToken cancellationToken) => await StartAsync(id, user, cancellationToken);

    /// <inheritdoc/>
    public async Task ForgetAsync(string id, string user, CancellationToken cancellationToken = default)
    {
        // Whoever loads it right now has it before this goes on; whoever asks for it later waits, and finds none or that it stayed.
        var loading = LoadingOf(id);
        await loading.WaitAsync(cancellationToken);
        try
        {
            var conversation = Find(id, user);
            conversation?.BeginDeleting();
            try
            {
                // Whoever asked may go away meanwhile: what the store has deleted has to end here, too.
                await services.Store.DeleteAsync(id, user, CancellationToken.None);
            }
            catch
            {
                conversation?.StopDeleting();
                throw;
            }

            if (conversation is not null)
            {
                conversation.Supersede();
                await EndAsync(conversation);
            }
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>Whether a conversation is in memory.</summary>
    public bool Holds(string id) => _conversations.ContainsKey(id);

    /// <summary>This user's conversation, if it is in memory.</summary>
    public Conversation? Find(string id, string user) => _conversations.TryGetValue(id, out var conversation) && conversation.User == user ? conversation : null;

    /// <summary>Ends a conversation that may go on elsewhere: what runs is left to its next owner, and its clients go there.</summary>
    public async Task ReleaseAsync(string id)
    {
        if (_conversations.TryGetValue(id, out var conversation))
        {
            conversation.Supersede();
            await EndAsync(conversation);
        }
    }

    /// <summary>Ends the conversations that nobody has used for a while.</summary>
    /// <param name="isMemoryShort">Whether that is a short while; they come back from the store when somebody asks for them.</param>
    public async Task SweepAsync(bool isMemoryShort = false)
    {
        var most = isMemoryShort ? InUse : services.Options.IdleTime;
        foreach (var conversation in _conversations.Values)
        {
            if (conversation.IsSuperseded || conversation.IdleTime > most)
            {
                await EndAsync(conversation);
            }
        }
    }

    /// <summary>Ends all conversations.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_conversations.Values.Select(EndAsync));
        Array.ForEach(_loading, static one => one.Dispose());
    }

    private SemaphoreSlim LoadingOf(string id) => _loading[(uint)id.GetHashCode(StringComparison.Ordinal) % LoadedSideBySide];

    private async Task<Conversation?> LoadAsync(string id, string user, CancellationToken cancellationToken)
    {
        // In this order: an id that is none must not end others, and one that finds no room must not be taken from whoever has it.
        if (!await services.Store.HasAsync(id, user, cancellationToken))
        {
            return null;
        }

        if (_conversations.Count >= services.Options.MaxConversations && !await EndIdlestAsync())
        {
            throw new DirectoryFullException();
        }

        if (await ReadAsync(id, user, cancellationToken) is not { } kept)
        {
            return null;
        }

        var conversation = new Conversation(id, user, services, kept);
        _conversations[id] = conversation;
        return conversation;
    }

    /// <summary>What is kept of a conversation. One that cannot be read is none, as it would be each time that its client comes back; the others go on.</summary>
    private async Task<KeptConversation?> ReadAsync(string id, string user, CancellationToken cancellationToken)
    {
        try
        {
            return await services.Store.LoadAsync(id, user, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            LogNotRead(id, error);
            return null;
        }
    }

    private async Task<bool> EndIdlestAsync()
    {
        var idlest = _conversations.Values.Select(one => (Conversation: one, one.IdleTime)).MaxBy(one => one.IdleTime);
        if (idlest.IdleTime <= InUse)
        {
            return false;
        }

        await EndAsync(idlest.Conversation);
        return true;
    }

    private async Task EndAsync(Conversation conversation)
    {
        // The same id may already stand for a conversation that was loaded since: that one stays.
        if (!_conversations.TryRemove(KeyValuePair.Create(conversation.Id, conversation)))
        {
            return;
        }

        try
        {
            await conversation.DisposeAsync().AsTask().WaitAsync(EndLimit, services.Time);
        }
        catch (Exception error)
        {
            // The border: one conversation that does not end must not keep the others, or the server, from ending.
            LogDidNotEnd(error);
        }
    }

    [LoggerMessage(LogLevel.Error, "An unfinished conversation could not be loaded.")]
    private partial void LogNotLoaded(Exception error);

    [LoggerMessage(LogLevel.Error, "Conversation {Id} cannot be read, and is none until it can.")]
    private partial void LogNotRead(string id, Exception error);

    [LoggerMessage(LogLevel.Error, "A conversation did not end.")]
    private partial void LogDidNotEnd(Exception error);
}
