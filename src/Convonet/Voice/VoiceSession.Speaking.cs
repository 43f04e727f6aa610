using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Telemetry;

namespace Convonet.Voice;

/// <summary>The assistant's side.</summary>
public sealed partial class VoiceSession
{
    /// <summary>How long a tool may run before the user is told that something happens.</summary>
    private static readonly TimeSpan FillerAfter = TimeSpan.FromSeconds(1.5);

    /// <summary>Reminders that wait to be spoken; the others are on the page.</summary>
    private const int MostApart = 8;

    private readonly Queue<string> _apart = [];
    private Speaker? _speaker;
    private TurnClock? _clock;
    private ITimer? _fillerTimer;
    private bool _hasFilled;
    private bool _hasGreeted;
    private int _toolsAtWork;

    /// <summary>Speaks a turn from now on.</summary>
    private void Speak(int turn, TurnClock? clock)
    {
        if (_client.TakesFrames && _engines.Output is { } output)
        {
            (_clock, _hasFilled, _toolsAtWork) = (clock, false, 0);
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
                _toolsAtWork++;
                _fillerTimer ??= _time.CreateTimer(_ => Post(new VoiceInput.Silent(speaker)), null, FillerAfter, Timeout.InfiniteTimeSpan);
                break;
            case SessionEvent.ToolEnded tool when tool.Turn == speaker.Turn:
                if (--_toolsAtWork <= 0)
                {
                    StopFillerTimer();
                }

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

    /// <summary>Greets a user who begins a conversation by speaking. It is no turn, and part of no history.</summary>
    private async ValueTask GreetAsync()
    {
        var isFirst = !_hasGreeted;
        _hasGreeted = true;
        if (isFirst && _following is { Conversation.IsEmpty: true } && _engines.Output?.Options.Greeting is { Length: > 0 } greeting)
        {
            await SayApartAsync(greeting);
        }
    }

    /// <summary>Says something that belongs to no turn: within the speech that is still being written, or behind what is being spoken.</summary>
    private async ValueTask SayApartAsync(string words)
    {
        if (!_microphone.IsOpen || !_client.TakesFrames || _engines.Output is null)
        {
            return;
        }

        if (_speaker is { IsCompleted: false } speaker)
        {
            speaker.Interject(words);
        }
        else if (_apart.Count < MostApart)
        {
            _apart.Enqueue(words);
            await SayNextAsync();
        }
    }

    /// <summary>When all was sent only its end is still playing, and the client plays one after the other.</summary>
    private async ValueTask SayNextAsync()
    {
        if (_speaker is null or { IsSent: true } && _apart.TryDequeue(out var words))
        {
            if (_speaker is { } last)
            {
                await last.DisposeAsync();
            }

            Speak(0, null);
            _speaker!.Interject(words);
            _speaker.Complete();
        }
    }

    private void TellTiming(Speaker speaker)
    {
        if (!ReferenceEquals(speaker, _speaker))
        {
            return;
        }

        _microphone.IsAssistantSpeaking = true;
        if (_clock is { HasAudio: false } clock)
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
        if (speaker.PlayedTime is var heard && heard > TimeSpan.Zero)
        {
            _clock?.Audible(heard);
        }

        if (played.Done && speaker.IsOver)
        {
            _microphone.IsAssistantSpeaking = false;
        }
    }

    /// <summary>It was nothing: what was held goes on.</summary>
    /// <param name="utterance">What was nothing; it lets go only of what it holds. Null lets go of anything.</param>
    private void GoOn(int? utterance)
    {
        if (_speaker is { IsHeld: true } speaker && (utterance is null || utterance == _heldBy))
        {
            speaker.GoOn();
            _client.Send(new SessionEvent.AudioResume(speaker.Turn));
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
            await following.Conversation.InterruptAsync(turn, heard, _stop.Token);
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

    private void StopFillerTimer()
    {
        _fillerTimer?.Dispose();
        _fillerTimer = null;
    }

    private const string ByVoice = "voice";
    private const string ByClient = "client";
    private const string FillerWords = "One moment, please.";
}
