using System.Text.Json;
using Convonet.Conversations;

namespace Convonet.Client;

/// <summary>What comes, and what follows from it. All but the first method runs within the lock.</summary>
public sealed partial class ConvonetClient
{
    private static readonly TimeSpan RateLimitTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestAway = TimeSpan.FromMinutes(10);

    private SessionEvent.Connected? _connected;

    /// <summary>Whether the answer to a <c>resume</c> is still to come.</summary>
    private bool _isAsking;

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> utf8)
    {
        EventFrame frame;
        try
        {
            frame = EventFrame.Read(utf8);
        }
        catch (JsonException)
        {
            // Nothing that this version can read; should it have had a number, it is asked for once more.
            return;
        }

        IReadOnlyList<SessionEvent> missing;
        ConnectionState before, after;
        lock (_gate)
        {
            if ((frame.Seq > 0 && !IsNext(frame)) || frame.Event is null)
            {
                return;
            }

            before = _state;
            missing = _unfinished?.Note(frame.Event, frame.Seq > 0, _outbox.Holds) ?? [];
            Note(frame.Event);
            Follow(frame.Event);
            after = _state;
        }

        // Nothing but the client's end breaks this wait: the event counts as seen. A server that finds no room is slowed down by it.
        await _events.Writer.WriteAsync(frame.Event, _stop.Token).ConfigureAwait(false);
        foreach (var told in missing)
        {
            await _events.Writer.WriteAsync(told, _stop.Token).ConfigureAwait(false);
        }

        if (before != after)
        {
            ConnectionChanged?.Invoke(this, new(after));
        }
    }

    private bool IsNext(EventFrame frame)
    {
        var (epoch, hadBegun) = (_position.Epoch, _position.HasBegun);
        var step = _position.Advance(frame.Seq, frame.Epoch > 0 ? frame.Epoch : epoch, _isAsking);
        if (epoch != _position.Epoch || hadBegun != _position.HasBegun)
        {
            Save();
        }

        if (step == Step.Missing && !_isAsking)
        {
            AskForMissed(AnswerTime);
        }

        return step == Step.Next;
    }

    /// <summary>What the event confirms.</summary>
    private void Note(SessionEvent told)
    {
        var unwanted = _outbox.Note(told);
        NoteRecording(told);
        switch (told)
        {
            case SessionEvent.Accepted:
                _resend.Succeeded(_outbox.HasMessages);
                break;
            case SessionEvent.Connected connected:
                _connected = connected;
                _connectedAt = _options.Time.GetTimestamp();
                break;
            case SessionEvent.Snapshot snapshot:
                _position = new(snapshot.Conversation, snapshot.Epoch, snapshot.Seq, snapshot.Seq > 0 || snapshot.Turns is { Count: > 0 });
                break;
        }

        if (told is SessionEvent.Accepted or SessionEvent.Snapshot or SessionEvent.AgentResponse or SessionEvent.Interrupted or SessionEvent.Refused)
        {
            Save();
        }

        if (unwanted is { } turn)
        {
            _outbox.Cancel(turn);
            Save();
            Say(new ClientEvent.Cancel(turn));
        }
    }

    /// <summary>What the event asks for.</summary>
    private void Follow(SessionEvent told)
    {
        switch (told)
        {
            case SessionEvent.Connected { SignedIn: false }:
                _link?.Send(new ClientEvent.Authenticate(
                    _options.Pin ?? throw new ConvonetException("The server asks who this is: give the client an access token, or a PIN."), _options.User));
                break;
            case SessionEvent.Authenticated { Success: false } refused:
                throw new ConvonetException($"The server does not let this client in: {refused.Message}");
            case SessionEvent.Connected or SessionEvent.Authenticated:
                Begin();
                break;
            case SessionEvent.Snapshot or SessionEvent.Status { Code: "resumed" } when _isAsking:
                BeOnline();
                break;
            case SessionEvent.GoingAway away:
                _staysAway = TimeSpan.FromMilliseconds(Math.Clamp(away.AfterMs, 1, LongestAway.TotalMilliseconds));
                _goneAt = _options.Time.GetTimestamp();
                _backOff.Reset();
                Expect(_staysAway);
                break;
            case SessionEvent.Refused refused:
                Follow(refused);
                break;
        }
    }

    private void Follow(SessionEvent.Refused refused)
    {
        var isTooFast = refused.Code == "rate_limited";
        var again = isTooFast ? refused.RetryAfterMs ?? (long)RateLimitTime.TotalMilliseconds : refused.RetryAfterMs;
        if ((isTooFast || Outbox.IsForNow(refused.Code)) && _outbox.Holds(refused.ClientMsgId))
        {
            _resend.Hold(again, plan => OnTime(plan, () =>
            {
                RepeatUnconfirmed();
                UploadAgain(isTooFast);
                ExpectTaken();
            }));
        }
        else if (isTooFast)
        {
            _resend.After(TimeSpan.FromMilliseconds(Math.Clamp(again!.Value, 1, LongestAway.TotalMilliseconds)), plan => OnTime(plan, () =>
            {
                RepeatUnconfirmed();
                UploadAgain(isTooFast);
            }));
        }
        else if (refused.Code == "speech_unavailable")
        {
            _recording = null;
        }
        else if (refused.Code == "unknown_conversation" && _isAsking && _connected is not null)
        {
            Adopt(_connected);
            BeOnline();
        }
    }

    /// <summary>What was dropped may have been a piece of a recording.</summary>
    private void UploadAgain(bool isNeeded)
    {
        if (isNeeded && _link is { IsUploading: false })
        {
            Upload();
        }
    }

    /// <summary>The server knows who this is.</summary>
    private void Begin()
    {
        if (_connected is null)
        {
            return;
        }

        if (_position.Conversation is null)
        {
            Adopt(_connected);
        }

        if (_position.Conversation == _connected.Conversation)
        {
            BeOnline();
        }
        else
        {
            AskForMissed(AnswerTime);
        }
    }

    /// <summary>Makes the new conversation of this connection ours.</summary>
    private void Adopt(SessionEvent.Connected connected)
    {
        _outbox.BeginConversation(connected.Provider);
        _position = new(connected.Conversation, connected.Epoch);
        Save();
    }

    private void AskForMissed(TimeSpan limit)
    {
        _isAsking = true;
        Expect(limit);
        if (_state == ConnectionState.Connecting)
        {
            _state = ConnectionState.Resuming;
        }

        _link?.Send(new ClientEvent.ResumeConversation(_position.Conversation ?? "", _position.Seq, _position.Epoch, _position.HasBegun ? null : true));
    }

    private void BeOnline()
    {
        Expect(Timeout.InfiniteTimeSpan);
        _isAsking = false;
        if (_state != ConnectionState.Online)
        {
            _state = ConnectionState.Online;
            SpeakAgain();
        }

        RepeatUnconfirmed();
    }

    private void RepeatUnconfirmed()
    {
        foreach (var said in _resend.Holds ? _outbox.Urgent : _outbox.All)
        {
            Say(said);
        }

        if (_outbox.HasMessages)
        {
            ExpectTaken();
        }
    }

    private void ExpectTaken() => _resend.After(AnswerTime, plan => OnTime(plan, () =>
    {
        if (_link is { IsUploading: true })
        {
            // What was said waits behind a recording.
            ExpectTaken();
        }
        else if (_outbox.HasMessages)
        {
            Probe();
        }
    }));

    private void OnTime(int plan, Action run)
    {
        lock (_gate)
        {
            if (_resend.IsDue(plan))
            {
                run();
            }
        }
    }
}
