using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What is said between <c>start_recording</c> and <c>stop_recording</c> and comes in one piece, as a file in a recorder's format.</summary>
internal sealed partial class VoiceConnection
{
    /// <summary>Pieces of sound that come as events: twice as many as there are frames of 20 ms.</summary>
    private const int PiecesPerSecond = 100;

    private bool _recordsWhole;

    /// <summary>What came of it so far, of a client that sends it bit by bit.</summary>
    private ClipBytes? _pieces;
    private ClipPlace? _piecesPlace;

    private void StartWhole()
    {
        EndWhole();
        if (_services.Voice.Clips is null)
        {
            Send(new SessionEvent.Refused("speech_unavailable", _services.Voice.View.Message ?? "Speech is not understood here."));
            return;
        }

        _voice?.StopRecording();
        _recordsWhole = true;
        Send(new SessionEvent.RecordingStarted(true));
    }

    /// <summary>Forgets what was recorded.</summary>
    private void EndWhole()
    {
        (_recordsWhole, _pieces) = (false, null);
        _piecesPlace?.Dispose();
        _piecesPlace = null;
    }

    private void TakePiece(ClientFrame.AudioData data)
    {
        var clips = _services.Voice.Clips!;
        _piecesPlace ??= TryEnter(clips);
        if (_piecesPlace is null || !(_pieces ??= new ClipBytes(clips.MaxBytes)).TryAdd(data.Bytes))
        {
            var isFull = _piecesPlace is not null;
            EndWhole();
            Send(isFull ? TooLarge(clips, null) : BusyWithClips(null));
        }
    }

    /// <summary>The microphone is off. A recording that comes with it is taken however it was begun: the connection may have been another one then.</summary>
    private async Task StopRecordingAsync(ClientFrame.StopRecording stop, CancellationToken cancellationToken)
    {
        var (clip, place) = (stop.Sound ?? default, stop.Place);
        if (stop.Sound is null)
        {
            if (!_recordsWhole)
            {
                _voice?.StopRecording();
                return;
            }

            (clip, place, _piecesPlace) = (_pieces?.Written ?? default, _piecesPlace, null);
        }

        EndWhole();
        place ??= _services.Voice.Clips is { } clips ? TryEnter(clips) : null;
        if (place is null)
        {
            Send(_services.Voice.Clips is null
                ? new SessionEvent.Refused("speech_unavailable", _services.Voice.View.Message ?? "Speech is not understood here.", stop.ClientMsgId)
                : BusyWithClips(stop.ClientMsgId));
            return;
        }

        // It shows how far its recording is: it has sent one as such clients do.
        _answers.TellsProgress = true;
        Send(new SessionEvent.Status("transcribing", "Transcribing..."));
        await TakeClipAsync(new ClientFrame.Clip(stop.ClientMsgId, clip, place), cancellationToken);
    }

    /// <summary>Reads a message that is larger than a frame, to its end, whatever comes of it: only a recording can be one, so it needs a place among those.</summary>
    /// <returns>Null when the connection ends with it.</returns>
    private async Task<ClientFrame?> ReadLargeAsync(WebSocketMessageType type, ReadOnlyMemory<byte> begin, bool isOver, CancellationToken cancellationToken)
    {
        var clips = _services.Voice.Clips;
        var place = clips is null ? null : TryEnter(clips);
        var isKept = false;
        try
        {
            var message = new ClipBytes(place is null ? begin.Length : _framing.MaxMessageBytes);
            message.TryAdd(begin.Span);
            if (await ReceiveClipAsync(message, isOver, cancellationToken, _framing.MaxMessageBytes) is null)
            {
                return null;
            }

            if (place is null)
            {
                _framing.Skip(type, begin);
                return new ClientFrame.Clip(null, default, null, clips is null ? new SessionEvent.Refused("speech_unavailable", _services.Voice.View.Message ?? "Speech is not understood here.") : BusyWithClips(null));
            }

            ClientFrame frame = Read(type, message.Written) switch
            {
                ClientFrame.StopRecording { Sound: not null } stop => stop with { Place = place },
                var other => other,
            };
            isKept = frame is ClientFrame.StopRecording { Place: not null };
            return frame;
        }
        finally
        {
            if (!isKept)
            {
                place?.Dispose();
            }
        }
    }

    private static SessionEvent.Refused BusyWithClips(string? id) => new("busy", "Other recordings are still being written down. Please send this one again in a moment.", id);

    private static SessionEvent.Refused TooLarge(ClipTranscriber clips, string? id) => new("recording_too_large", $"A recording has at most {clips.MaxBytes} bytes.", id);
}
