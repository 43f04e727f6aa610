using Convonet.Conversations;
using Convonet.Server.Store;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What happens to the user's things, whoever did it.</summary>
internal sealed partial class VoiceConnection
{
    private int _missedChanges;

    private IDisposable FollowUser() => _services.Feed.Subscribe(UserId, Tell);

    /// <summary>A client that is behind is told once that anything may have changed, in place of each change; a reminder is left for its next connection.</summary>
    private bool Tell(SessionEvent sessionEvent)
    {
        if (_closing.Task.IsCompleted)
        {
            return false;
        }

        // The other half of the outbox is kept for the answers to the client's own frames.
        if (_outbox.IsHalfEmpty)
        {
            Send(sessionEvent);
            if (sessionEvent is SessionEvent.ReminderDue due)
            {
                _voice?.Say($"A reminder: {due.Text}.");
            }

            return true;
        }

        if (sessionEvent is not SessionEvent.DataChanged)
        {
            return false;
        }

        Interlocked.Exchange(ref _missedChanges, 1);
        Wake();
        return true;
    }

    private SessionEvent.DataChanged? TakeMissedChanges() =>
        Interlocked.Exchange(ref _missedChanges, 0) == 1 ? new SessionEvent.DataChanged(ChangeRecorder.AllKinds, null) : null;
}
