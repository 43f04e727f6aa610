using System.Collections.Concurrent;
using Convonet.Conversations;

namespace Convonet.Server.Store;

/// <summary>Tells a user's open connections what happened to the user's things, whoever did it.</summary>
internal sealed class UserFeed
{
    private readonly ConcurrentDictionary<Guid, Subscription[]> _subscriptions = [];

    /// <summary>Calls <paramref name="tell"/> with each event for this user until the result is disposed.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="tell">Must be quick and must not throw.</param>
    public IDisposable Subscribe(Guid userId, Action<SessionEvent> tell)
    {
        var subscription = new Subscription(this, userId, tell);
        _subscriptions.AddOrUpdate(userId, [subscription], (_, others) => [.. others, subscription]);
        return subscription;
    }

    /// <summary>Tells all connections of a user.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Publish(Guid userId, SessionEvent sessionEvent)
    {
        if (!_subscriptions.TryGetValue(userId, out var subscriptions))
        {
            return false;
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Tell(sessionEvent);
        }

        return subscriptions.Length > 0;
    }

    private void Remove(Subscription subscription)
    {
        var left = _subscriptions.AddOrUpdate(subscription.UserId, [], (_, all) => [.. all.Where(one => one != subscription)]);
        if (left.Length == 0)
        {
            _subscriptions.TryRemove(KeyValuePair.Create(subscription.UserId, left));
        }
    }

    private sealed class Subscription(UserFeed feed, Guid userId, Action<SessionEvent> tell) : IDisposable
    {
        public Guid UserId => userId;

        public void Tell(SessionEvent sessionEvent) => tell(sessionEvent);

        public void Dispose() => feed.Remove(this);
    }
}
