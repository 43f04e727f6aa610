using System.Collections.Concurrent;
using Convonet.Conversations;
using Convonet.Models;

namespace Convonet.Server.Cluster;

/// <summary>The conversations of all nodes: each is at its owner. Where that is this node, it is the conversation itself that is handed out, and nothing goes by the cluster.</summary>
internal sealed partial class ClusterConversationDirectory(
    IGrainFactory grains, LocalConversationDirectory local, NodeLease lease, ILocalSiloDetails silo, ChatModels models, TimeProvider time, ILoggerFactory loggers) : IConversationDirectory, IAsyncDisposable
{
    /// <summary>Copies that nobody here has followed for so long are let go.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    /// <summary>How long an owner is looked for: longer than the nodes take to agree that one of them is dead.</summary>
    private static readonly TimeSpan FindLimit = TimeSpan.FromSeconds(8);

    /// <summary>A little more than the others need to look once what is left.</summary>
    private static readonly TimeSpan OthersFirst = TimeSpan.FromSeconds(1.2);

    /// <summary>Copies that are kept at most; beyond that no other node's conversation is followed here.</summary>
    private const int MostCopies = 10_000;

    private readonly ConcurrentDictionary<string, RemoteConversation> _remote = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger<ClusterConversationDirectory>();

    public string NewId() => local.NewId();

    public ValueTask<bool> IsFreeAsync(string id, CancellationToken cancellationToken = default) => local.IsFreeAsync(id, cancellationToken);

    public ValueTask<IConversation?> FindAsync(string id, string user, CancellationToken cancellationToken = default) => OpenAsync(id, user, begins: false, cancellationToken);

    public ValueTask<IConversation?> FollowAsync(IConversation superseded, CancellationToken cancellationToken = default) => FindAsync(superseded.Id, superseded.User, cancellationToken);

    public ValueTask<IConversation?> StartAsync(string id, string user, CancellationToken cancellationToken = default) => OpenAsync(id, user, begins: true, cancellationToken);

    public Task ForgetAsync(string id, string user, CancellationToken cancellationToken = default) => grains.GetGrain<IConversationOwner>(id).ForgetAsync(user).WaitAsync(cancellationToken);

    /// <summary>Lets go of copies that nobody follows, and of those that are valid no more.</summary>
    public async Task SweepAsync()
    {
        foreach (var (id, conversation) in _remote)
        {
            if ((conversation.IsSuperseded || conversation.IdleTime > IdleTime) && _remote.TryRemove(KeyValuePair.Create(id, conversation)))
            {
                await conversation.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var conversation in _remote.Values)
        {
            await conversation.DisposeAsync();
        }

        _remote.Clear();
    }

    private async ValueTask<IConversation?> OpenAsync(string id, string user, bool begins, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(FindLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        while (true)
        {
            try
            {
                if (!begins && lease.IsOver && local.Find(id, user) is not { IsSuperseded: false })
                {
                    // Where it is asked for it goes on: a node that does not reach the store leaves the others time to ask first.
                    await Task.Delay(OthersFirst, time, either.Token);
                }

                if (await grains.GetGrain<IConversationOwner>(id).OpenAsync(user, begins).WaitAsync(either.Token) is not { } place)
                {
                    return null;
                }

                if (place.IsFull)
                {
                    throw new DirectoryFullException();
                }

                IConversation? found = place.Silo == silo.SiloAddress.ToParsableString() ? local.Find(id, user) : await FollowAsync(id, user, place, either.Token);
                if (found is { IsSuperseded: false })
                {
                    return found;
                }
            }
            catch (Exception error) when (error is not DirectoryFullException && !cancellationToken.IsCancellationRequested)
            {
                LogNotFound(error);
                if (limit.IsCancellationRequested)
                {
                    throw new TimeoutException("The owner of a conversation was not found in time.", error);
                }
            }

            // The nodes do not agree yet who lives, or the owner has just changed.
            await Task.Delay(RemoteConversation.Pause, time, cancellationToken);
        }
    }

    private async ValueTask<RemoteConversation> FollowAsync(string id, string user, OwnerPlace place, CancellationToken cancellationToken)
    {
        if (!_remote.TryGetValue(id, out var followed) || followed.IsSuperseded || followed.User != user || followed.Events.Epoch != place.Epoch)
        {
            if (followed is null && _remote.Count >= MostCopies)
            {
                throw new InvalidOperationException("Too many conversations of other nodes are followed here.");
            }

            var old = followed;
            followed = new RemoteConversation(id, user, place, grains.GetGrain<IConversationOwner>(id), lease.ReachesStoreAsync, models, time, _logger);
            if (old is null ? !_remote.TryAdd(id, followed) : !_remote.TryUpdate(id, followed, old))
            {
                await followed.DisposeAsync();
                throw new InvalidOperationException("Two connections look for it at once.");
            }

            if (old is not null)
            {
                await old.DisposeAsync();
            }
        }

        await followed.CaughtUp.WaitAsync(cancellationToken);
        return followed;
    }

    [LoggerMessage(LogLevel.Information, "The owner of a conversation is not found yet.")]
    private partial void LogNotFound(Exception error);
}
