using System.Net.WebSockets;
using System.Threading.Channels;
using Convonet.Conversations;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>How frames go out, and what is held of them for a client that does not read.</summary>
internal sealed partial class VoiceConnection
{
    /// <summary>Kestrel's own limit of what waits for the network, and one fragment beyond it.</summary>
    private const int MostInKestrel = (64 * 1024) + FragmentBytes;

    /// <summary>The most that is held for a client that does not read: what waits for it, the frame that is under way, and the copies on their way to the network.</summary>
    /// <remarks>
    /// Frames of <see cref="LargeFrames.From"/> bytes and more that are this client's own are bounded apart, for all connections together; so is what the operating
    /// system takes. An event of the conversation is the log's, one for all who read it.
    /// </remarks>
    internal const int MostHeldBytes = Outbox.MostBytes + (SoundCapacity * MostSoundBytes) + LargeFrames.From + FragmentBytes + MostInKestrel;

    /// <summary>Sends the conversation as it stands.</summary>
    /// <returns>The number of the last event that it contains; null when the client is sent away instead.</returns>
    private async ValueTask<long?> SendSnapshotAsync(IConversation conversation, CancellationToken cancellationToken)
    {
        // The place first: whoever waits for one holds nothing yet.
        using var place = await EnterLargeAsync(cancellationToken);
        if (place is null)
        {
            return null;
        }

        try
        {
            var snapshot = await conversation.SnapshotAsync(cancellationToken).WaitAsync(MoveLimit, _services.Time, cancellationToken);
            if (_tellsSuperseded)
            {
                _tellsSuperseded = false;
                TellSuperseded(snapshot);
                while (_outbox.TryTake(out var own))
                {
                    await SendAsync(own, cancellationToken);
                }
            }

            var frame = EventJson.Encode(snapshot);
            if (frame.Length < LargeFrames.From)
            {
                place.Dispose();
            }

            await SendAsync(frame, cancellationToken);
            return snapshot.Seq;
        }
        catch (ChannelClosedException) when (conversation.IsSuperseded)
        {
            // Looked for where it goes on next.
            return null;
        }
        catch (ChannelClosedException)
        {
            // It ended between the look and the question.
            SendElsewhere();
            return null;
        }
    }

    /// <summary>Sends an event in a form that is this client's own, and may be large.</summary>
    /// <returns>False when the client is sent away instead.</returns>
    private async ValueTask<bool> SendOwnAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (frame.Length < LargeFrames.From)
        {
            return await SendAsync(frame, cancellationToken);
        }

        using var place = await EnterLargeAsync(cancellationToken);
        return place is not null && await SendAsync(frame, cancellationToken);
    }

    /// <summary>Waits for a place among the large frames; a client that gets none in time is sent away and comes back later.</summary>
    private async ValueTask<IDisposable?> EnterLargeAsync(CancellationToken cancellationToken)
    {
        // Longer than a client that reads nothing can hold its place.
        var place = await _services.LargeFrames.EnterAsync(UserId, 2 * _services.Options.SendTimeout, cancellationToken);
        if (place is null)
        {
            SendAway("The server is busy with large answers.");
        }

        return place;
    }

    /// <summary>Sends a frame. A large one goes in fragments, so that a client that takes it slowly is not taken for one that takes nothing; but it has to take it in a minute.</summary>
    /// <returns>True.</returns>
    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        if (!frame.IsEmpty)
        {
            var framed = _framing.Write(frame, type);
            await SendMessageAsync(framed.Message, framed.Type, cancellationToken);
            await SendMessageAsync(framed.Attachment, WebSocketMessageType.Binary, cancellationToken);
        }

        return true;
    }

    private async ValueTask SendMessageAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        var began = _services.Time.GetTimestamp();
        for (var isEnd = frame.IsEmpty; !isEnd;)
        {
            isEnd = frame.Length <= FragmentBytes;
            await SendFragmentAsync(isEnd ? frame : frame[..FragmentBytes], type, isEnd, cancellationToken);
            frame = isEnd ? default : frame[FragmentBytes..];
            if (!isEnd && _services.Time.GetElapsedTime(began) > LargeFrames.Limit)
            {
                LogClientSlow(_sessionId, LargeFrames.Limit.TotalSeconds);
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
            }
        }
    }

    private async ValueTask SendFragmentAsync(ReadOnlyMemory<byte> fragment, WebSocketMessageType type, bool isEnd, CancellationToken cancellationToken)
    {
        var sending = _socket.SendAsync(fragment, type, isEnd, cancellationToken);
        if (sending.IsCompletedSuccessfully)
        {
            return;
        }

        // Only a send that has to wait is timed: a client that reads costs no timer.
        _frozen.CancelAfter(_services.Options.SendTimeout);
        try
        {
            await sending;
        }
        catch (Exception error) when (_frozen.IsCancellationRequested && IsConnectionLoss(error))
        {
            LogClientFrozen(_sessionId, _services.Options.SendTimeout.TotalSeconds);
            throw;
        }

        _frozen.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(LogLevel.Information, "Connection {SessionId} is cut: its client read nothing for {LimitSeconds} s.")]
    private partial void LogClientFrozen(string sessionId, double limitSeconds);

    [LoggerMessage(LogLevel.Information, "Connection {SessionId} is cut: its client has not read one frame within {LimitSeconds} s.")]
    private partial void LogClientSlow(string sessionId, double limitSeconds);
}
