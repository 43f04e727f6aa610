using Convonet.Conversations;

namespace Convonet.Voice;

/// <summary>The assistant's side.</summary>
public sealed partial class VoiceSession
{
    /// <summary>How long a tool may run before the user is told that something happens.</summary>
    private static readonly TimeSpan FillerAfter = TimeSpan.FromSeconds(1.5);

    private Speaker? _speaker;
    private TurnClock? _clock;
    private ITimer? _fillerTimer;
    private bool _hasFilled;

    /// <summary>Speaks a turn from now on.</summary>
    private void Speak(int turn, TurnClock? clock)
    {
        if (_engines.Output is { } output)
        {
            (_clock, _hasFilled) = (clock, false);
            _speaker = new Speaker(turn, output, _client, speaker => Post(new VoiceInput.Sounded(speaker)), _logger);
            ReadNews();
        }
    }

    /// <summary>Takes what the conversation said since the last look.</summary>
    private void ReadNews()
    {
        if (_following is not { } following)
        {
            return;
        }

        var log = following.Conversation.Events;
        while (true)
        {
            if (log.TryReadAfter(following.Cursor, out var logged))
            {
                following.Cursor = logged.Seq;
                Take(logged.Event);
            }
            else if (log.Reaches(following.Cursor))
            {
                return;
            }
            else
            {
                // Far behind: the words are in the client's snapshot, they are only not spoken.
                following.Cursor = log.Head;
            }
        }
    }

    private void Take(SessionEvent news)
    {
        if (_speaker is not { Turn: > 0 } speaker)
        {
            return;
        }

        switch (news)
        {
            case SessionEvent.TextChunk text when text.Turn == speaker.Turn:
                _clock?.FirstToken();
                speaker.Append(text.Text);
                break;
            case SessionEvent.ToolChunk tool when tool.Turn == speaker.Turn:
                speaker.Flush();
                _fillerTimer ??= _time.CreateTimer(_ => Post(new VoiceInput.Silent(speaker)), null, FillerAfter, Timeout.InfiniteTimeSpan);
                break;
            case SessionEvent.ToolEnded tool when tool.Turn == speaker.Turn:
                StopFillerTimer();
                break;
            case SessionEvent.Status { Code: "waiting" } status when status.Turn == speaker.Turn:
                Fill(speaker);
                break;
            case SessionEvent.AgentResponse end when end.Turn == speaker.Turn:
                StopFillerTimer();
                if (end.Error is { } error && end.Outcome != "cancelled")
                {
                    speaker.Interject(error.Message);
                }

                speaker.Complete();
                break;
        }

        if (speaker.HasPieces)
        {
            _clock?.FirstClause();
        }
    }

    /// <summary>Says, once a turn, that something happens.</summary>
    private void Fill(Speaker speaker)
    {
        if (ReferenceEquals(speaker, _speaker) && !_hasFilled)
        {
            _hasFilled = true;
            speaker.Interject(FillerWords);
        }
    }

    private void SayApart(string words)
    {
        if (!_microphone.IsOn || _engines.Output is null)
        {
            return;
        }

        if (_speaker is null)
        {
            Speak(0, null);
            _speaker!.Interject(words);
            _speaker.Complete();
        }
        else
        {
            _speaker.Interject(words);
        }
    }

    private void TellTiming(Speaker speaker)
    {
        if (!ReferenceEquals(speaker, _speaker))
        {
            return;
        }

        _microphone.IsAssistantSpeaking = true;
        if (_clock is { } clock)
        {
            clock.FirstAudio();
            _client.Send(clock.ToEvent(speaker.Turn));
            _clock = null;
        }
    }

    private void TakePlayed(VoiceInput.Played played)
    {
        if (_speaker is not { } speaker || speaker.Turn != played.Turn)
        {
            return;
        }

        speaker.Played(played.Sample);
        if (played.Done && speaker.IsOver)
        {
            _microphone.IsAssistantSpeaking = false;
        }
    }

    /// <summary>It was nothing: what was held goes on.</summary>
    private void GoOn()
    {
        if (_speaker is { IsHeld: true } speaker)
        {
            speaker.GoOn();
            _client.Send(new SessionEvent.AudioResume(speaker.Turn));
        }
    }

    /// <summary>Ends the speech, and the answer with it where it was not heard to its end.</summary>
    private async ValueTask InterruptAsync()
    {
        ReadNews();
        if (_speaker is not { } speaker)
        {
            return;
        }

        var (turn, heard, isOver) = (speaker.Turn, speaker.Heard, speaker.IsOver);
        if (speaker.IsHeld && isOver)
        {
            GoOn();
        }

        await SilenceAsync();
        if (turn == 0)
        {
            // No turn that the conversation knows of: only this client hears it, and drops it.
            _client.Send(new SessionEvent.Interrupted(0, 0));
        }
        else if (!isOver && _following is { } following)
        {
            await following.Conversation.InterruptAsync(turn, heard);
        }
    }

    private async ValueTask SilenceAsync()
    {
        StopFillerTimer();
        if (_speaker is { } speaker)
        {
            _speaker = null;
            _clock = null;
            _microphone.IsAssistantSpeaking = false;
            _client.DropAudio();
            await speaker.DisposeAsync();
        }
    }

    private void StopFillerTimer()
    {
        _fillerTimer?.Dispose();
        _fillerTimer = null;
    }

    private const string FillerWords = "One moment, please.";
}
