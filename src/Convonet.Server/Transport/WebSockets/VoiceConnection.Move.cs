using Convonet.Conversations;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>Which conversation this connection follows, from which event on.</summary>
internal sealed partial class VoiceConnection
{
    private const string Elsewhere = "This conversation goes on elsewhere.";
    private const string Deleted = "This conversation was deleted.";
    private const string Full = "The server has too many conversations.";

    /// <summary>A client for whose conversation there is no room asks again behind that.</summary>
    private const int FullReturnMs = 2000;

    /// <summary>How long a conversation may take to be found again when its owner is gone: longer than it takes to notice that, shorter than a client waits.</summary>
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(8);

    /// <summary>No event has this number: the snapshot is made when its turn to be sent has come.</summary>
    private const long NeverGiven = -1;

    private readonly Lock _attaching = new();

    /// <summary>Whether the next snapshot is of another epoch than the client knows.</summary>
    private volatile bool _tellsSuperseded;

    /// <summary>Whether the conversation that is to begin here was given to another connection before: that one may have begun it.</summary>
    private bool _isShared;

    /// <summary>The conversation that is followed; null before it has begun.</summary>
    public string? Followed => _attachment?.Conversation.Id;

    /// <summary>Follows a conversation from an event on, after a first frame that says so.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="after">Number of the last event that the client knows.</param>
    /// <param name="first">The first frame.</param>
    /// <param name="left">Only when this is the one that is followed until now.</param>
    private void Attach(IConversation conversation, long after, byte[]? first, IConversation? left = null)
    {
        lock (_attaching)
        {
            if (left is not null && !ReferenceEquals(_attachment?.Conversation, left))
            {
                return;
            }

            _attachment?.Dispose();
            _conversationId = conversation.Id;
            _attachment = new Attachment(conversation, after, first, conversation.Follow(Wake, _bell.RingHere));
        }

        _voice?.Follow(conversation);
        Wake();
    }

    /// <summary>Follows the conversation where it goes on.</summary>
    /// <returns>False when it does not go on anywhere that is known here.</returns>
    private async Task<bool> TryMoveAsync(CancellationToken cancellationToken)
    {
        if (_attachment?.Conversation is not { IsSuperseded: true, IsDeleted: false } left)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = _services.Time.CreateTimer(static one => ((CancellationTokenSource)one!).Cancel(), limit, MoveLimit, Timeout.InfiniteTimeSpan);
        try
        {
            if (await _services.Directory.FollowAsync(left, limit.Token) is not { } found)
            {
                return false;
            }

            _tellsSuperseded = true;
            Attach(found, NeverGiven, null, left);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The border: the client is sent away, comes back, and asks for it again.
            LogNotMoved(_sessionId, error);
            return false;
        }
    }

    /// <summary>The conversation that is followed is not here any more: the client comes back, and asks for it or begins a new one.</summary>
    private void SendElsewhere() => SendAway(_attachment?.Conversation.IsDeleted is true ? Deleted : Elsewhere);

    /// <summary>What the client shows of a turn that was taken up may be more than was kept.</summary>
    private void TellSuperseded(SessionEvent.Snapshot snapshot)
    {
        foreach (var turn in snapshot.Turns)
        {
            if (turn is { Superseded: { } keep, Outcome: null })
            {
                Send(new SessionEvent.Superseded(snapshot.Conversation, turn.Turn, keep, snapshot.Epoch));
            }
        }
    }

    /// <summary>The conversation that this connection follows; the first use starts it.</summary>
    private async Task<IConversation?> OwnConversationAsync(CancellationToken cancellationToken)
    {
        if (_attachment is { } attachment)
        {
            return attachment.Conversation;
        }

        var (id, user) = (_conversationId, UserId.ToString());
        if (await BegunElsewhereAsync(id, user, cancellationToken) is { } begun)
        {
            Attach(begun, begun.Events.Epoch == 1 && begun.Events.Reaches(0) ? 0 : NeverGiven, null);
            return begun;
        }

        if (await _services.Directory.StartAsync(id, user, cancellationToken) is not { } started)
        {
            return null;
        }

        Attach(started, 0, null);
        return started;
    }

    private async Task<IConversation?> BegunElsewhereAsync(string id, string user, CancellationToken cancellationToken)
    {
        try
        {
            return _isShared ? await _services.Directory.FindAsync(id, user, cancellationToken) : null;
        }
        catch (DirectoryFullException)
        {
            // Nor is there room to start it.
            return null;
        }
    }

    private async Task ResumeAsync(ClientFrame.Resume resume, CancellationToken cancellationToken)
    {
        if (_attachment is null && resume.Conversation == _conversationId)
        {
            // Nothing was said yet, so the conversation has not begun; a client may ask all the same, to see whether the connection lives.
            SayResumed(_services.Models.Default.Name);
            return;
        }

        IConversation? conversation;
        try
        {
            conversation = await _services.Directory.FindAsync(resume.Conversation, UserId.ToString(), cancellationToken);
        }
        catch (Exception error) when (error is DirectoryFullException or TimeoutException)
        {
            // Not "unknown": a client that hears this gives up what it still waits for.
            SendAway(error is TimeoutException ? Elsewhere : Full, FullReturnMs);
            return;
        }

        if (conversation is null && _attachment is null && resume is { Begins: true, After: 0 } && await _services.Directory.IsFreeAsync(resume.Conversation, cancellationToken))
        {
            // Another connection of this client was given it and broke before anything was kept. What was sent on that one may still come: both have to mean the same conversation, or it would be said in two.
            (_conversationId, _isShared) = (resume.Conversation, true);
            SayResumed(_services.Models.Default.Name);
            return;
        }

        if (conversation is null)
        {
            Send(new SessionEvent.Refused("unknown_conversation", "This conversation is not known here (any more)."));
            return;
        }

        if (resume.Epoch == conversation.Events.Epoch && conversation.Events.Reaches(resume.After))
        {
            Attach(conversation, Unprotected.Replay ? conversation.Events.Head : resume.After, EventJson.Encode(
                new SessionEvent.Status("resumed", "You are up to date again.", Provider: conversation.Provider.Name)));
            return;
        }

        _tellsSuperseded = resume.Epoch != conversation.Events.Epoch;
        Attach(conversation, NeverGiven, null);
    }

    private void SayResumed(string provider) => Send(new SessionEvent.Status("resumed", "You are up to date again.", Provider: provider));

    [LoggerMessage(LogLevel.Warning, "Connection {SessionId} could not follow its conversation to where it goes on.")]
    private partial void LogNotMoved(string sessionId, Exception error);

    private sealed record Attachment(IConversation Conversation, long After, ReadOnlyMemory<byte> First, IDisposable Follower) : IDisposable
    {
        public void Dispose() => Follower.Dispose();
    }
}
