using Convonet.Conversations;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Clips;
using Convonet.Turns;

namespace Convonet.Voice;

/// <summary>What the user says in one piece: it is written down beside everything else, and becomes a turn as speech does.</summary>
public sealed partial class VoiceSession
{
    private const int NoUtterance = -1;

    private Task _transcribing = Task.CompletedTask;

    /// <summary>Whether a recording is being written down. Over before anybody is told what came of it: who hears that one failed may send the next at once.</summary>
    private volatile bool _isWritingDown;

    /// <summary>A recording that was written down and is not noted yet.</summary>
    private (bool Is, TimeSpan? Sound) _clip;

    /// <summary>A recording of something that the user said; one is written down at a time.</summary>
    /// <param name="clientMsgId">The client's id of it; the same id never makes a second turn.</param>
    /// <param name="clip">The whole file. It is kept, so nobody may change it any more.</param>
    /// <param name="place">Its place in memory; disposed when it is not needed any more.</param>
    public void Record(string? clientMsgId, ReadOnlyMemory<byte> clip, IDisposable place)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (!Post(new VoiceInput.Recorded(clientMsgId, clip, place)))
        {
            place.Dispose();
            _client.Send(Busy(clientMsgId));
        }
    }

    private async ValueTask TranscribeAsync(VoiceInput.Recorded recorded)
    {
        if (_isWritingDown || _engines.Clips is null)
        {
            recorded.Place.Dispose();
            _client.Send(Busy(recorded.ClientMsgId));
            return;
        }

        await _transcribing;
        _isWritingDown = true;
        _transcribing = Task.Run(() => WriteDownAsync(recorded));
    }

    /// <summary>Ends with the words, or by telling the client why there are none; never throws.</summary>
    private async Task WriteDownAsync(VoiceInput.Recorded recorded)
    {
        try
        {
            ClipText said;
            try
            {
                using (recorded.Place)
                {
                    said = await _engines.Clips!.WriteDownAsync(recorded.Clip, _stop.Token);
                }
            }
            finally
            {
                _isWritingDown = false;
            }

            if (!Post(new VoiceInput.Transcribed(recorded.ClientMsgId, said)) && !_stop.IsCancellationRequested)
            {
                _client.Send(Busy(recorded.ClientMsgId));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The connection is gone.
        }
        catch (Exception error)
        {
            // The border: whatever is wrong with a recording or an engine costs this recording.
            VoiceLog.LogRecordingFailed(_logger, (error as RecognitionException)?.Kind, error);
            _client.Send(Refusal(error as RecognitionException, recorded.ClientMsgId));
        }
    }

    private async ValueTask TakeTranscribedAsync(VoiceInput.Transcribed transcribed)
    {
        var (id, (text, sound)) = (transcribed.ClientMsgId, transcribed.Said);
        _clip = (true, sound);
        if (text.Length > _engines.MaxTextLength)
        {
            NoteListening(null);
            _client.Send(new SessionEvent.Refused("message_too_long", $"A message has at most {_engines.MaxTextLength} characters; this recording has {text.Length}.", id));
            return;
        }

        _client.Send(new SessionEvent.Transcription(text.Length > 0, text, true, NoUtterance, id, text.Length > 0 ? null : "I heard no words. Please try again."));
        if (text.Length > 0)
        {
            await SubmitAsync(new TurnEvent.TurnEnded(NoUtterance, text, true), id);
        }
        else
        {
            NoteListening(null);
        }
    }

    /// <summary>What was written down since the last time was for this turn; null for none.</summary>
    private void NoteListening(int? turn)
    {
        var (pushed, (isClip, sound)) = (_microphone.TakePushed(), _clip);
        _clip = default;
        if (_engines is not { Usage: not null, Input.Name: { } engine } || _following is not { Conversation: { } conversation } || (pushed == TimeSpan.Zero && !isClip))
        {
            return;
        }

        _engines.Note(conversation, turn, tally =>
        {
            if (pushed > TimeSpan.Zero)
            {
                tally.AddListening(engine, pushed);
            }

            if (isClip)
            {
                tally.AddListening(engine, sound);
            }
        });
    }

    private async ValueTask EndTranscribingAsync() => await _transcribing;

    private static SessionEvent.Refused Busy(string? id) => new("busy", "Another recording is still being written down. Please send this one again in a moment.", id);

    private static SessionEvent.Refused Refusal(RecognitionException? error, string? id) => error?.Kind switch
    {
        RecognitionErrorKind.BadAudio => new("bad_recording", error.Message, id),
        RecognitionErrorKind.NotInstalled => new("speech_unavailable", error.Message, id),
        RecognitionErrorKind.Overloaded => new("speech_overloaded", "Your recording could not be written down in time. Please send it again in a moment.", id),
        _ => new("speech_failed", "Your recording cannot be understood right now. Please type, or try again in a moment.", id),
    };
}
