using System.Buffers;
using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>Whole recordings: a frame announces one, and the next binary message is it. Only they may be larger than a frame.</summary>
internal sealed partial class VoiceConnection
{
    /// <summary>How long a recording may be on its way.</summary>
    private static readonly TimeSpan ClipTime = TimeSpan.FromMinutes(2);

    /// <summary>What is beyond the limit is read and dropped, so that the connection lives; what is beyond this ends it.</summary>
    private const long MostBytes = 100_000_000;

    /// <summary>Recordings of one connection that are in memory: one that is written down, and one on its way, so that nobody takes the places of all.</summary>
    private const int MostClips = 2;

    private Announced? _announced;
    private int _clips;

    private void Announce(ClientFrame.Recording recording)
    {
        if (_voice is { IsRecording: true } || _recordsWhole)
        {
            // Otherwise the next frame of the microphone would be taken for the recording.
            Send(new SessionEvent.Refused("recording_live", "Turn the microphone off, with 'stop_recording', before you send a recording.", recording.ClientMsgId));
            return;
        }

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
            return await ReceiveClipAsync(new ClipBytes(0), isOver, cancellationToken) is null ? null : new ClientFrame.Clip(id, default, null);
        }

        var place = TryEnter(clips);
        var isKept = false;
        try
        {
            var clip = new ClipBytes(place is null ? 0 : clips.MaxBytes);
            if (await ReceiveClipAsync(clip, isOver, cancellationToken) is not { } length)
            {
                return null;
            }

            if (place is null)
            {
                return new ClientFrame.Clip(id, default, null, BusyWithClips(id));
            }

            if (length > clips.MaxBytes)
            {
                return new ClientFrame.Clip(id, default, null, new SessionEvent.Refused("recording_too_large", $"A recording has at most {clips.MaxBytes} bytes; this one has {length}.", id));
            }

            isKept = true;
            return new ClientFrame.Clip(id, clip.Written, place);
        }
        finally
        {
            // A client that is gone in the middle of its recording leaves its place too.
            if (!isKept)
            {
                place?.Dispose();
            }
        }
    }

    /// <summary>Takes a place for a recording; null when this connection, or all of them together, have too many in memory.</summary>
    private ClipPlace? TryEnter(ClipTranscriber clips)
    {
        if (Interlocked.Increment(ref _clips) <= MostClips && clips.TryEnter() is { } place)
        {
            return new ClipPlace(this, place);
        }

        Interlocked.Decrement(ref _clips);
        return null;
    }

    /// <summary>Receives the rest of a message, and keeps it as long as it is within the limit.</summary>
    /// <returns>Its length; null when the connection ends.</returns>
    private async Task<long?> ReceiveClipAsync(ClipBytes clip, bool isOver, CancellationToken cancellationToken, long most = MostBytes)
    {
        var began = _services.Time.GetTimestamp();
        var (length, isWithin) = ((long)clip.Length, true);
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
                if (length > most || _services.Time.GetElapsedTime(began) > ClipTime)
                {
                    Close(WebSocketCloseStatus.MessageTooBig, "The recording is much too large, or took too long.");
                    return null;
                }

                // What came behind the limit is not taken for the beginning of what is within.
                isWithin = isWithin && clip.TryAdd(buffer.AsSpan(0, read.Count));
                if (!isWithin)
                {
                    clip.Clear();
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

    /// <summary>A recording's place among all, and among those of its connection.</summary>
    private sealed class ClipPlace(VoiceConnection connection, IDisposable place) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                place.Dispose();
                Interlocked.Decrement(ref connection._clips);
            }
        }
    }
}
