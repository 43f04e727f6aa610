using System.Collections.Concurrent;
using Convonet.Conversations;

namespace Convonet.Server.Store;

/// <summary>Tells a user's open connections what happened to the user's things, whoever did it.</summary>
internal sealed class UserFeed
{
    private readonly ConcurrentDictionary<Guid, Subscription[]> _subscriptions = [];

    /// <summary>Raised for each event, before the user's connections are told, whether or not there are any; says whether it happened in this process. Handlers must be quick and must not throw.</summary>
    public event Action<Guid, SessionEvent, bool>? Published;

    /// <summary>Users with an open connection.</summary>
    public IReadOnlyCollection<Guid> Users => [.. _subscriptions.Keys];

    /// <summary>Calls <paramref name="tell"/> with each event for this user until the result is disposed.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="tell">Must be quick and must not throw; says whether it took the event.</param>
    public IDisposable Subscribe(Guid userId, Func<SessionEvent, bool> tell)
    {
        var subscription = new Subscription(this, userId, tell);
        _subscriptions.AddOrUpdate(userId, [subscription], (_, others) => [.. others, subscription]);
        return subscription;
    }

    /// <summary>Tells all connections of a user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="sessionEvent">What happened.</param>
    /// <param name="isOurs">Whether it happened in this process.</param>
    /// <returns>Whether one of them took it.</returns>
    public bool Publish(Guid userId, SessionEvent sessionEvent, bool isOurs = true)
    {
        Published?.Invoke(userId, sessionEvent, isOurs);
        if (!_subscriptions.TryGetValue(userId, out var subscriptions))
        {
            return false;
        }

        var taken = false;
        foreach (var subscription in subscriptions)
        {
            taken |= subscription.Tell(sessionEvent);
        }

        return taken;
    }

    private void Remove(Subscription subscription)
    {
        var left = _subscriptions.AddOrUpdate(subscription.UserId, [], (_, all) => [.. all.Where(one => one != subscription)]);
        if (left.Length == 0)
        {
            _subscriptions.TryRemove(KeyValuePair.Create(subscription.UserId, left));
        }
    }

    private sealed class Subscription(UserFeed feed, Guid userId, Func<SessionEvent, bool> tell) : IDisposable
    {
        public Guid UserId => userId;

        public bool Tell(SessionEvent sessionEvent) => tell(sessionEvent);

        public void Dispose() => feed.Remove(this);
    }
}
