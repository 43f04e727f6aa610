using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Telemetry;

namespace Convonet.Voice;

/// <summary>The assistant's side.</summary>
public sealed partial class VoiceSession
{
    /// <summary>How long after its end a client may be silent about speech that it plays.</summary>
    private static readonly TimeSpan AcknowledgedWithin = TimeSpan.FromSeconds(2);

    private Speaker? _speaker;
    private TurnClock? _clock;
    private ITimer? _endTimer;

    /// <summary>Speaks a turn from now on.</summary>
    private void Speak(int turn, TurnClock? clock)
    {
        if (_client.TakesFrames && _engines.OutputFor(_following?.Conversation, turn) is { } output)
        {
            _clock = clock;
            StopEndTimer();
            BeginFilling();
            _speaker = new Speaker(turn, output, _client, speaker => Post(new VoiceInput.Sounded(speaker)), speaker => Post(new VoiceInput.Spoken(speaker)), _logger);
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
                _speaker?.Complete();
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
                BeginTool(speaker);
                break;
            case SessionEvent.ToolConfirmation question when question.Turn == speaker.Turn:
                Ask(speaker, question.ToolCall.Id);
                break;
            case SessionEvent.ToolProgress { State: "running" } tool when tool.Turn == speaker.Turn:
                Run(speaker, tool.ToolCall.Id);
                break;
            case SessionEvent.ToolEnded tool when tool.Turn == speaker.Turn:
                EndTool(speaker, tool.ToolCall.Id);
                break;
            case SessionEvent.Status { Code: "waiting" } status when status.Turn == speaker.Turn:
                Fill(speaker);
                break;
            case SessionEvent.AgentResponse end when end.Turn == speaker.Turn:
                End(speaker, end.Outcome, end.Error);
                break;
        }

        if (speaker.HasText)
        {
            _clock?.FirstClause();
        }
    }

    private void End(Speaker speaker, string outcome, ErrorView? error)
    {
        StopFillerTimer();
        if (error is not null && outcome != "cancelled")
        {
            speaker.Interject(error.Message);
        }

        speaker.Complete();
    }

    private void TellTiming(Speaker speaker)
    {
        if (!ReferenceEquals(speaker, _speaker))
        {
            return;
        }

        _microphone.IsAssistantSpeaking = true;
        if (speaker.HasAnswered && _clock is { HasAudio: false } clock)
        {
            clock.FirstAudio();
            _client.Send(clock.ToEvent(speaker.Turn));
        }
    }

    private void TakePlayed(VoiceInput.Played played)
    {
        if (_speaker is not { } speaker || speaker.Turn != played.Turn)
        {
            return;
        }

        speaker.Played(played.Sample);
        if (speaker.AnswerPlayed is var heard && heard > TimeSpan.Zero)
        {
            _clock?.Audible(heard);
        }

        if (speaker.IsOver)
        {
            _microphone.IsAssistantSpeaking &= !played.Done;
        }
        else if (speaker.IsGivenUp)
        {
            // It is only slow.
            speaker.IsGivenUp = false;
            _microphone.IsAssistantSpeaking = true;
        }

        AwaitEnd(speaker);
    }

    /// <summary>All was sent: a client that does not say that it has played it is not waited for longer than that takes.</summary>
    private void AwaitEnd(Speaker speaker)
    {
        if (ReferenceEquals(speaker, _speaker) && speaker is { IsSent: true, IsHeld: false })
        {
            _endTimer?.Dispose();
            _endTimer = _time.CreateTimer(_ => Post(new VoiceInput.Unheard(speaker)), null, speaker.Unplayed + AcknowledgedWithin, Timeout.InfiniteTimeSpan);
        }
    }

    private void GiveUp(Speaker speaker)
    {
        if (ReferenceEquals(speaker, _speaker) && !speaker.IsHeld)
        {
            speaker.IsGivenUp = true;
            _microphone.IsAssistantSpeaking = false;
        }
    }

    /// <summary>It was nothing: what was held goes on.</summary>
    /// <param name="utterance">What was nothing; it lets go only of what it holds. Null lets go of anything.</param>
    private void GoOn(int? utterance)
    {
        if (_speaker is { IsHeld: true } speaker && (utterance is null || utterance == _heldBy))
        {
            // In this order: what follows must not come before it, and not the end of all either.
            _client.Send(new SessionEvent.AudioResume(speaker.Turn));
            speaker.GoOn();
            AwaitEnd(speaker);
        }
    }

    /// <summary>Ends the speech, and the answer with it where it was not heard to its end.</summary>
    /// <param name="by">Who ended it, for the metrics.</param>
    private async ValueTask InterruptAsync(string by)
    {
        ReadNews();
        if (_speaker is not { } speaker)
        {
            return;
        }

        var (turn, heard, isOver) = (speaker.Turn, speaker.Heard, speaker.IsOver);
        if (isOver)
        {
            GoOn(null);
        }

        await SilenceAsync();
        if (isOver)
        {
            return;
        }

        ConvonetTelemetry.Interruptions.Add(1, new KeyValuePair<string, object?>("by", by));

        // At once, for this client; the conversation tells all when the answer is cut, which it is not where its last word was heard.
        _client.Send(new SessionEvent.Interrupted(turn, heard));
        if (turn > 0 && _following is { } following)
        {
            try
            {
                await following.Conversation.InterruptAsync(turn, heard, _stop.Token);
            }
            catch (ChannelClosedException) when (following.Conversation.IsSuperseded)
            {
                _cut = (turn, heard);
            }
        }
    }

    /// <summary>The client is gone in the middle of the speech: what it had played by then was heard, and the answer is written on for when it comes back.</summary>
    private async ValueTask LoseAsync()
    {
        var lost = _speaker is { Turn: > 0, HasSounded: true, IsOver: false } speaker ? speaker : null;
        await SilenceAsync();
        if (lost is not null && _following is { } following)
        {
            try
            {
                await following.Conversation.LoseAsync(lost.Turn, lost.Heard);
            }
            catch (ChannelClosedException)
            {
                // The conversation has ended too.
            }
        }
    }

    private async ValueTask SilenceAsync()
    {
        StopFillerTimer();
        StopEndTimer();
        if (_speaker is { } speaker)
        {
            _speaker = null;
            _clock = null;
            _microphone.IsAssistantSpeaking = false;
            _client.DropAudio();
            await speaker.DisposeAsync();

            // Again: a frame may have been on its way between the two.
            _client.DropAudio();
        }
    }

    private void StopEndTimer()
    {
        _endTimer?.Dispose();
        _endTimer = null;
    }

    private const string ByVoice = "voice";
    private const string ByClient = "client";
}
