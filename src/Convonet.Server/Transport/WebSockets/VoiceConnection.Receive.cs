using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using Convonet.Conversations;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What the client sends.</summary>
internal sealed partial class VoiceConnection
{
    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BeginAsync(cancellationToken);
            while (!_closing.Task.IsCompleted && await ReadFrameAsync(cancellationToken) is { } frame)
            {
                if (frame is not ClientFrame.Nothing)
                {
                    await HandleAsync(frame, cancellationToken);
                    _framing.Done(frame);
                }
            }

            IsLeft = Close(WebSocketCloseStatus.NormalClosure, "");
            await AwaitCloseAsync(cancellationToken);
        }
        catch (Exception error) when (IsConnectionLoss(error))
        {
            // The client is gone.
        }
        catch (Exception error)
        {
            // The border: whatever a client sends ends at most its own connection.
            LogConnectionFailed(_sessionId, error);
        }
        finally
        {
            Close(WebSocketCloseStatus.InternalServerError, "Something went wrong on our side.");
        }
    }

    /// <summary>Reads one frame; null when the client closed or the frame was too large.</summary>
    private async Task<ClientFrame?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        // An empty read waits without a buffer, so that an idle client holds none. It takes a close frame and an empty frame whole.
        var first = await _socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        if (first.MessageType == WebSocketMessageType.Binary && _announced is { } announced)
        {
            _announced = null;
            return await ReadClipAsync(announced, first.EndOfMessage, cancellationToken);
        }

        if (first.MessageType == WebSocketMessageType.Close || first.EndOfMessage)
        {
            return first.MessageType == WebSocketMessageType.Close ? null : Read(first.MessageType, default);
        }

        // A frame that was begun must come to its end: it holds a buffer.
        _halfFrame.CancelAfter(_services.Options.SendTimeout);
        var limit = _services.Options.MaxFrameBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(limit + 1);
        try
        {
            for (var length = 0; ;)
            {
                var read = await _socket.ReceiveAsync(buffer.AsMemory(length, limit + 1 - length), cancellationToken);
                length += read.Count;
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                if (length > limit && _framing.MaxMessageBytes > limit && IsSignedIn)
                {
                    return await ReadLargeAsync(read.MessageType, buffer.AsMemory(0, length), read.EndOfMessage, cancellationToken);
                }

                if (length > limit)
                {
                    Close(WebSocketCloseStatus.MessageTooBig, $"A frame has at most {limit} bytes.");
                    return null;
                }

                if (read.Count == 0 && !read.EndOfMessage && !_rate.TryTake())
                {
                    Close(WebSocketCloseStatus.PolicyViolation, "Too many empty fragments.");
                    return null;
                }

                if (read.EndOfMessage)
                {
                    return Read(read.MessageType, buffer.AsMemory(0, length));
                }
            }
        }
        finally
        {
            _halfFrame.CancelAfter(Timeout.InfiniteTimeSpan);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a message, so many a second. Sound has rates of its own.</summary>
    private ClientFrame Read(WebSocketMessageType type, ReadOnlyMemory<byte> message)
    {
        var frame = _framing.Read(type, message);
        return frame is ClientFrame.Audio or ClientFrame.Nothing { IsAwaitingMore: true } || (frame is ClientFrame.AudioData ? _pieceRate : _rate).TryTake()
            ? frame
            : new ClientFrame.Bad(
                "rate_limited",
                "Too many frames. This one was dropped.",
                (frame as ClientFrame.UserMessage)?.ClientMsgId,
                (long)Math.Ceiling((frame is ClientFrame.AudioData ? _pieceRate : _rate).UntilHalfFull().TotalMilliseconds));
    }

    /// <summary>After our close frame: waits for the client's, so that the last frames are not lost in a reset.</summary>
    private async Task AwaitCloseAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
        }
    }

    private async Task HandleAsync(ClientFrame frame, CancellationToken cancellationToken)
    {
        for (var mayRepeat = frame is not ClientFrame.UserMessage { ClientMsgId: null }; ; mayRepeat = false)
        {
            var used = _attachment?.Conversation;
            try
            {
                await CarryOutAsync(frame, cancellationToken);
                return;
            }
            catch (Exception error) when (error is ChannelClosedException or TimeoutException)
            {
                // It goes on elsewhere, where is not known yet, or it ended as idle just as this client came back to it.
            }

            if (mayRepeat && (!ReferenceEquals(_attachment?.Conversation, used) || await TryMoveAsync(cancellationToken)))
            {
                continue;
            }

            // The client comes back, resumes, and sends what was not taken again.
            if (frame is ClientFrame.UserMessage { ClientMsgId: var id })
            {
                Send(new SessionEvent.Refused("storage_unavailable", "This conversation is on the move, so this was not taken. Please send it again in a moment.", id));
            }

            SendElsewhere();
            return;
        }
    }

    private async Task CarryOutAsync(ClientFrame frame, CancellationToken cancellationToken)
    {
        if (!IsSignedIn && frame is not (ClientFrame.Authenticate or ClientFrame.Bad))
        {
            Refuse(new ClientFrame.Bad("unauthenticated", "Sign in first, with 'authenticate'.", (frame as ClientFrame.UserMessage)?.ClientMsgId));
            return;
        }

        switch (frame)
        {
            case ClientFrame.Authenticate authenticate:
                await AuthenticateAsync(authenticate, cancellationToken);
                break;
            case ClientFrame.AudioData when _voice is null && !_recordsWhole:
            case ClientFrame.Audio when _voice is null:
                Refuse(new ClientFrame.Bad("not_recording", "Send 'start_recording' before sound."));
                return;
            case ClientFrame.Audio sound:
                TakeSound(_voice, sound);
                break;
            case ClientFrame.StartRecording start:
                await StartRecordingAsync(start, cancellationToken);
                break;
            case ClientFrame.StopRecording stop:
                await StopRecordingAsync(stop, cancellationToken);
                break;
            case ClientFrame.AudioData data when _recordsWhole:
                TakePiece(data);
                break;
            case ClientFrame.AudioData data when _voice is not null:
                TakeSound(_voice, new ClientFrame.Audio(data.Bytes));
                break;
            case ClientFrame.Recording recording:
                Announce(recording);
                break;
            case ClientFrame.Clip clip:
                await TakeClipAsync(clip, cancellationToken);
                break;
            case ClientFrame.Played played:
                _voice?.Played(played.Turn, played.Sample, played.Done);
                break;
            case ClientFrame.UserMessage message:
                await HushAsync(null, cancellationToken);
                await SubmitAsync(message, cancellationToken);
                break;
            case ClientFrame.Cancel cancel:
                await HushAsync(cancel.Turn, cancellationToken);
                if (_attachment is { } attachment)
                {
                    await attachment.Conversation.CancelAsync(cancel.Turn, cancellationToken);
                }

                break;
            case ClientFrame.Confirm confirm:
                if (_attachment is not { } asked || !await asked.Conversation.ConfirmAsync(confirm.CallId, confirm.Yes, cancellationToken))
                {
                    Send(new SessionEvent.Refused("unknown_call", "Nothing waits for an answer under this id (any more)."));
                }

                break;
            case ClientFrame.SetProvider set:
                await SetProviderAsync(set, cancellationToken);
                break;
            case ClientFrame.SetSpeech set:
                SetSpeech(set);
                break;
            case ClientFrame.Resume resume:
                await ResumeAsync(resume, cancellationToken);
                break;
            case ClientFrame.Bad bad:
                Refuse(bad);
                return;
        }

        _badFrames = 0;
    }

    private void Refuse(ClientFrame.Bad bad)
    {
        Send(new SessionEvent.Refused(bad.Code, bad.Message, bad.ClientMsgId, bad.RetryAfterMs));
        if (++_badFrames >= _services.Options.MaxBadFrames)
        {
            Close(WebSocketCloseStatus.PolicyViolation, "Too many bad frames.");
        }
    }

    private async Task SubmitAsync(ClientFrame.UserMessage message, CancellationToken cancellationToken)
    {
        var id = message.ClientMsgId ?? Guid.NewGuid().ToString("N");
        if (await OwnConversationAsync(cancellationToken) is not { } conversation)
        {
            Send(new SessionEvent.Refused("busy", "The server has too many conversations. Please try again later.", id));
            return;
        }

        _answers.Expect(id);
        var reply = await conversation.SubmitAsync(new UserInput(id, message.Text, message.IsVoice, message.WhenBusy), cancellationToken);
        if (reply.Kind != SubmitKind.Accepted)
        {
            _answers.Forget(id);
        }

        if (reply.Refusal(id) is { } refusal)
        {
            Send(refusal);
        }
        else if (reply.Kind == SubmitKind.Duplicate)
        {
            Send(new SessionEvent.Accepted(id, reply.Turn, message.Text, conversation.Provider.Name, conversation.Id));
        }
    }

    private async Task SetProviderAsync(ClientFrame.SetProvider set, CancellationToken cancellationToken)
    {
        var known = _services.Models.Find(set.Provider) is not null;
        if (!known || await OwnConversationAsync(cancellationToken) is not { } conversation)
        {
            Send(known
                ? new SessionEvent.Refused("busy", "The server has too many conversations. Please try again later.")
                : new SessionEvent.Refused("unknown_provider", $"The providers are: {string.Join(", ", _services.Models.Entries.Select(entry => entry.Name))}."));
            return;
        }

        await conversation.SetProviderAsync(set.Provider, cancellationToken);
    }
}
