using System.Buffers;
using System.Net.WebSockets;
using Convonet.Conversations;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>Whole recordings: a frame announces one, and the next binary message is it. Only they may be larger than a frame.</summary>
internal sealed partial class VoiceConnection
{
    /// <summary>How long a recording may be on its way.</summary>
    private static readonly TimeSpan ClipTime = TimeSpan.FromMinutes(2);

    /// <summary>What is beyond the limit is read and dropped, so that the connection lives; what is beyond this ends it.</summary>
    private const long MostBytes = 100_000_000;

    private Announced? _announced;

    private void Announce(ClientFrame.Recording recording)
    {
        _announced = new Announced(recording.ClientMsgId);
        if (_services.Voice.Clips is null)
        {
            Send(new SessionEvent.Refused("speech_unavailable", _services.Voice.View.Message ?? "Speech is not understood here.", recording.ClientMsgId));
        }
    }

    /// <summary>Reads a recording to its end, whatever comes of it; null when the connection ends with it.</summary>
    private async Task<ClientFrame?> ReadClipAsync(Announced announced, bool isOver, CancellationToken cancellationToken)
    {
        var id = announced.ClientMsgId;
        if (_services.Voice.Clips is not { } clips)
        {
            return await ReceiveClipAsync(null, 0, isOver, cancellationToken) is null ? null : new ClientFrame.Clip(id, default, null);
        }

        var place = clips.TryEnter();
        using var clip = new MemoryStream();
        if (await ReceiveClipAsync(clip, place is null ? 0 : clips.MaxBytes, isOver, cancellationToken) is not { } length)
        {
            place?.Dispose();
            return null;
        }

        if (place is null)
        {
            return new ClientFrame.Clip(id, default, null, new SessionEvent.Refused("busy", "Too many recordings are being written down. Please send it again in a moment.", id));
        }

        if (length > clips.MaxBytes)
        {
            place.Dispose();
            return new ClientFrame.Clip(id, default, null, new SessionEvent.Refused("recording_too_large", $"A recording has at most {clips.MaxBytes} bytes; this one has {length}.", id));
        }

        return new ClientFrame.Clip(id, clip.GetBuffer().AsMemory(0, (int)length), place);
    }

    /// <summary>Receives the rest of a message, and keeps it as long as it is within the limit.</summary>
    /// <returns>Its length; null when the connection ends.</returns>
    private async Task<long?> ReceiveClipAsync(MemoryStream? clip, int limit, bool isOver, CancellationToken cancellationToken)
    {
        var began = _services.Time.GetTimestamp();
        var length = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent(_services.Options.MaxFrameBytes);
        try
        {
            while (!isOver)
            {
                // A recording may take its time, but not stand still.
                _halfFrame.CancelAfter(_services.Options.SendTimeout);
                var read = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                length += read.Count;
                isOver = read.EndOfMessage;
                if (length > MostBytes || _services.Time.GetElapsedTime(began) > ClipTime)
                {
                    Close(WebSocketCloseStatus.MessageTooBig, "The recording is much too large, or took too long.");
                    return null;
                }

                if (length <= limit)
                {
                    clip?.Write(buffer, 0, read.Count);
                }
                else if (clip is { Capacity: > 0 })
                {
                    clip.SetLength(0);
                    clip.Capacity = 0;
                }
            }

            return length;
        }
        finally
        {
            _halfFrame.CancelAfter(Timeout.InfiniteTimeSpan);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task TakeClipAsync(ClientFrame.Clip clip, CancellationToken cancellationToken)
    {
        if (clip.Place is not { } place)
        {
            if (clip.Refused is { } refused)
            {
                Send(refused);
            }

            return;
        }

        var isTaken = false;
        try
        {
            if (await OwnConversationAsync(cancellationToken) is { } conversation)
            {
                isTaken = true;
                VoiceIn(conversation).Record(clip.ClientMsgId, clip.Bytes, place);
            }
            else
            {
                Send(new SessionEvent.Refused("busy", "The server has too many conversations. Please try again later.", clip.ClientMsgId));
            }
        }
        finally
        {
            if (!isTaken)
            {
                place.Dispose();
            }
        }
    }

    /// <summary>A recording that is on its way.</summary>
    private sealed record Announced(string? ClientMsgId);
}
