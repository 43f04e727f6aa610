using System.Threading.Channels;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Telemetry;
using Convonet.Turns;

namespace Convonet.Voice;

/// <summary>The user's side.</summary>
public sealed partial class VoiceSession
{
    /// <summary>How long the recogniser stays when the microphone was turned off: people press again soon.</summary>
    private static readonly TimeSpan RestAfter = TimeSpan.FromSeconds(10);

    /// <summary>How often a recogniser that still owes a last transcript is left in peace.</summary>
    private const int MostRests = 3;

    private readonly Dictionary<int, long> _speechEnded = [];
    private ITimer? _restTimer;
    private int _rests;
    private string _state = "off";
    private int _finished = -1;
    private int _heldBy;
    private string? _guess;

    /// <summary>What was said to a conversation that goes on elsewhere, until that is followed.</summary>
    private Unsent? _unsent;

    /// <summary>A recogniser costs a connection or a decoder, so one that is not needed for a while is given back.</summary>
    private void RestLater()
    {
        _restTimer?.Dispose();
        _restTimer = _time.CreateTimer(_ => Post(new VoiceInput.Rest()), null, RestAfter, Timeout.InfiniteTimeSpan);
    }

    private async ValueTask RestAsync()
    {
        if (!await _microphone.TryRestAsync(isPatient: ++_rests < MostRests))
        {
            RestLater();
        }
        else if (!_microphone.IsOn)
        {
            // Words whose last transcript did not come are a turn all the same; then nobody is left who could let go of what is held.
            await ActOnFindingsAsync();
            _speechEnded.Clear();
            GoOn(null);
        }
    }

    private async ValueTask HearAsync(VoiceInput.Heard heard)
    {
        if (!_microphone.IsOf(heard.By))
        {
            return;
        }

        _microphone.Hear(heard.Transcript);
        if (!heard.Transcript.IsFinal && heard.Transcript.Text.Length > 0)
        {
            _client.Send(new SessionEvent.Transcription(true, heard.Transcript.Text, false, heard.Transcript.Utterance));
        }

        if (_guess is not null && !SameWords.Are(_guess, heard.Transcript.Text))
        {
            Guess(null);
        }

        if (heard.Transcript.IsFinal)
        {
            _finished = Math.Max(_finished, heard.Transcript.Utterance);
        }

        if (_speaker is { IsHeld: true } && heard.Transcript.Utterance >= _heldBy && heard.Transcript.Text.Length > 0 && !BackChannel.Is(heard.Transcript.Text))
        {
            // Words: it is meant. Generation and speech end now, not when the user has finished.
            await InterruptAsync(ByVoice);
        }
    }

    private async ValueTask ActAsync(TurnEvent found)
    {
        switch (found)
        {
            case TurnEvent.BargeIn bargeIn when _speaker is { IsHeld: false } speaker:
                _heldBy = bargeIn.Utterance;
                speaker.Hold();
                _client.Send(new SessionEvent.AudioPause(speaker.Turn));
                break;
            case TurnEvent.Likely likely when _speaker is null or { IsOver: true }:
                Guess(likely.Text);
                break;
            case TurnEvent.FalseAlarm alarm:
                Guess(null);
                ConvonetTelemetry.FalseAlarms.Add(1, new KeyValuePair<string, object?>("reason", alarm.Reason == FalseAlarmReason.NoWords ? "no_words" : "back_channel"));
                GoOn(alarm.Utterance);
                if (_speechEnded.Remove(alarm.Utterance))
                {
                    _client.Send(new SessionEvent.Transcription(false, "", true, alarm.Utterance));
                }

                break;
            case TurnEvent.SpeechEnded ended:
                _speechEnded[ended.Utterance] = _microphone.TimestampOf(ended);
                break;
            case TurnEvent.TurnEnded turn:
                _client.Send(new SessionEvent.Transcription(true, turn.Text, true, turn.Utterance));
                await SubmitAsync(turn);
                break;
        }
    }

    /// <summary>The model may begin: nothing of its answer is shown before the last transcript says the same.</summary>
    private void Guess(string? text)
    {
        if (text != _guess)
        {
            _guess = text;
            _following?.Conversation.Guess(text);
        }
    }

    private async ValueTask SubmitAsync(TurnEvent.TurnEnded said, string? id = null)
    {
        var clock = new TurnClock(_time, _speechEnded.Remove(said.Utterance, out var ended) ? ended : _time.GetTimestamp());
        clock.Transcript();
        _guess = null;
        if (_following is not { } following)
        {
            return;
        }

        var isNew = id is null;
        id ??= $"v_{Guid.NewGuid():N}";
        int? turn = null;
        _client.Begins(id);
        try
        {
            if (isNew || !await IsTurnAsync(following.Conversation, id))
            {
                await InterruptAsync(ByVoice);
            }

            // A turn that is not spoken, so that it could not be interrupted above, ends as one that is.
            var reply = await following.Conversation.SubmitAsync(new UserInput(id, said.Text, IsVoice: true, WhenBusy.Interrupt), _stop.Token);
            if (reply.Kind == SubmitKind.Accepted)
            {
                turn = reply.Turn;
                Speak(reply.Turn, clock);
            }
            else if (reply.Kind == SubmitKind.Duplicate)
            {
                _client.Send(new SessionEvent.Accepted(id, reply.Turn, said.Text, following.Conversation.Provider.Name, following.Conversation.Id));
            }
            else if (reply.Refusal(id) is { } refusal)
            {
                _client.Send(refusal);
            }
        }
        catch (ChannelClosedException) when (following.Conversation.IsSuperseded)
        {
            // Perhaps it was taken. Under its id it can be sent again where the conversation goes on.
            _unsent = new(said, id);
        }
        catch (ChannelClosedException)
        {
            _client.Send(new SessionEvent.Refused("unknown_conversation", "This conversation has just ended. Please say it again.", id));
        }
        finally
        {
            NoteListening(turn);
            if (turn is null)
            {
                _client.Ends(id);
            }
        }
    }

    /// <summary>Whether a recording that was sent again is a turn already: it must not interrupt its own answer.</summary>
    private async ValueTask<bool> IsTurnAsync(IConversation conversation, string id) =>
        (await conversation.SnapshotAsync(_stop.Token)).Turns.Any(turn => turn.ClientMsgId == id);

    /// <summary>Tells the client how it stands with the microphone, when that has changed.</summary>
    private void TellState()
    {
        // An utterance whose last transcript is there is finished, whatever came of it.
        foreach (var finished in _speechEnded.Keys.Where(utterance => utterance <= _finished).ToArray())
        {
            _speechEnded.Remove(finished);
        }

        var state = _microphone.IsHearing ? "hearing" : _speechEnded.Count > 0 ? "finishing" : _microphone.IsOn ? "on" : "off";
        if (state != _state)
        {
            _state = state;
            _client.Send(new SessionEvent.Recording(state, _microphone.IsPushToTalk ? "push_to_talk" : "hands_free"));
        }
    }

    /// <summary>Something that was said, and the id of its message.</summary>
    private sealed record Unsent(TurnEvent.TurnEnded Said, string Id);
}
