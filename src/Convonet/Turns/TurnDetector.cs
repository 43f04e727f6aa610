using Convonet.Speech.Recognition;

namespace Convonet.Turns;

/// <summary>
/// Finds the turns of a user in frames and transcripts: when speech begins and ends, when it interrupts the assistant, and when it was nothing.
/// </summary>
/// <remarks>
/// <code>
///            voice               silence, as long as              last transcript
///  quiet ───────────► speaking ─────────────────────► finishing ─────────────────► TurnEnded, or FalseAlarm without words
///        SpeechStarted   │       the words ask for        (speaking may begin anew meanwhile)
///                        └ over the assistant: BargeIn; no words in 2 s: FalseAlarm
/// </code>
/// Time is the audio's: each frame is 20 ms, whenever it comes, so that the same audio always gives the same turns. One thread at a time calls it:
/// after each <see cref="Push"/> and <see cref="Hear"/>, <see cref="TryRead"/> gives what was found. It allocates nothing per frame.
/// </remarks>
internal sealed class TurnDetector
{
    /// <summary>Last transcripts that are waited for at once; when more are missing the oldest utterance ends with what there is.</summary>
    internal const int MaxFinishing = 4;

    /// <summary>An "uh-huh" is over by then: a voice that goes on interrupts, whatever the words are so far.</summary>
    private static readonly TimeSpan LongestBackChannel = TimeSpan.FromSeconds(1);

    /// <summary>How far behind the last loud frame a transcript may have been made and still hold all words: about one phone.</summary>
    private static readonly TimeSpan TranscriptSlack = TimeSpan.FromMilliseconds(250);

    private readonly TurnOptions _options;
    private readonly bool _streamsPartials;
    private readonly VoiceActivity _voice = new();
    private readonly Queue<TurnEvent> _found = new();
    private readonly Queue<Utterance> _finishing = new();
    private Utterance? _speaking;
    private bool _isHeld;

    /// <summary>Creates a detector for one connection.</summary>
    /// <param name="options">Silences and limits.</param>
    /// <param name="streamsPartials">Whether the recogniser gives words while somebody speaks; otherwise their absence says nothing.</param>
    /// <param name="first">Number of the first utterance.</param>
    internal TurnDetector(TurnOptions options, bool streamsPartials, int first = 0)
    {
        Next = first;
        _options = options;
        _streamsPartials = streamsPartials;
        _voice.Hangover = options.Silence;
    }

    /// <summary>Number of the next utterance.</summary>
    internal int Next { get; private set; }

    /// <summary>Whether a last transcript is waited for.</summary>
    internal bool IsFinishing => _finishing.Any(one => one.HasWords || !one.IsDoubted);

    /// <summary>Where the audio so far ends.</summary>
    internal TimeSpan Now { get; private set; }

    /// <summary>Whether somebody speaks: the recogniser wants the audio.</summary>
    internal bool IsSpeaking => _speaking is not null;

    /// <summary>Whether the assistant's voice is playing: it makes the microphone less sensitive, and speech an interruption.</summary>
    internal bool IsAssistantSpeaking
    {
        get;
        set
        {
            field = value;
            _voice.FloorRaiseDb = value ? _options.EchoMarginDb : 0;
        }
    }

    /// <summary>Takes the next 20 ms of audio.</summary>
    /// <param name="frame"><see cref="VoiceActivity.FrameBytes"/> bytes of PCM16, mono, 16 kHz, little-endian.</param>
    /// <exception cref="ArgumentException">The frame has another length.</exception>
    internal void Push(ReadOnlySpan<byte> frame)
    {
        _voice.Hangover = Silence();
        var change = _voice.Push(frame);
        Now += VoiceActivity.FrameDuration;
        if (change == VoiceChange.Started && _speaking is null)
        {
            Begin(Now - (VoiceActivity.StartFrames * VoiceActivity.FrameDuration));
        }

        if (_speaking is { } speaking)
        {
            speaking.Push(isLoud: _voice.Quiet == TimeSpan.Zero, IsAssistantSpeaking);
            ConsiderBargeIn(speaking);
            if (_voice.Quiet >= _options.LikelyAfter && speaking.Delay <= _options.Silence)
            {
                ConsiderLikely(speaking, Now - _voice.Quiet);
            }

            ConsiderEnd(speaking, change);
        }

        GiveUpWaiting();
    }

    /// <summary>Takes what the recogniser heard.</summary>
    internal void Hear(Transcript transcript)
    {
        if (_speaking is { } speaking && speaking.Number == transcript.Utterance)
        {
            speaking.Hear(transcript.Text, transcript.Position, Now, _options);
            ConsiderBargeIn(speaking);
        }
        else if (_finishing.FirstOrDefault(one => one.Number == transcript.Utterance) is { } finishing)
        {
            finishing.Hear(transcript.Text, transcript.Position, Now, _options);
            if (transcript.IsFinal)
            {
                // Transcripts come in order: what is still waited for before this one does not come any more.
                while (_finishing.Dequeue() is var done && done != finishing)
                {
                    Resolve(done, isSettled: false);
                }

                Resolve(finishing, isSettled: true);
            }
            else
            {
                ConsiderLikely(finishing, finishing.LastVoiceAt);
            }
        }
    }

    /// <summary>The next finding, oldest first.</summary>
    internal bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TurnEvent? found) => _found.TryDequeue(out found);

    /// <summary>The button of push-to-talk is pressed: speech begins, and silence does not end it until <see cref="Release"/>.</summary>
    internal void Hold()
    {
        _isHeld = true;
        if (_speaking is null)
        {
            Begin(Now);
        }
    }

    /// <summary>The button is let go: speech ends.</summary>
    internal void Release()
    {
        _isHeld = false;
        if (_speaking is { } speaking)
        {
            End(speaking, EndReason.Released);
        }
    }

    /// <summary>No more transcripts are waited for than so many: the oldest utterances end with the words that there are.</summary>
    internal void GiveUp(int most = 0)
    {
        while (_finishing.Count > most)
        {
            Resolve(_finishing.Dequeue(), isSettled: false);
        }
    }

    private void Begin(TimeSpan at)
    {
        _speaking = new Utterance(Next++, at) { IsPushToTalk = _isHeld };
        _found.Enqueue(new TurnEvent.SpeechStarted(_speaking.Number, at));
    }

    /// <summary>The silence that ends the speech that runs. What was heard shortens it only if it was heard in all of the speech so far.</summary>
    private TimeSpan Silence()
    {
        if (_speaking?.Delay is not { } delay)
        {
            return _options.Silence;
        }

        return HasAllWords(_speaking, Now - _voice.Quiet) || delay > _options.Silence ? delay : _options.Silence;
    }

    /// <summary>Whether the transcript was made of all the speech up to its last loud frame.</summary>
    private static bool HasAllWords(Utterance speech, TimeSpan lastVoiceAt) => speech.HeardUntil >= lastVoiceAt - TranscriptSlack;

    private void ConsiderLikely(Utterance speech, TimeSpan lastVoiceAt)
    {
        if (_options.Preemptive && speech.HasWords && speech.Text != speech.Likely && HasAllWords(speech, lastVoiceAt) && !(speech.IsOverAssistant && speech.IsBackChannel))
        {
            speech.Likely = speech.Text;
            _found.Enqueue(new TurnEvent.Likely(speech.Number, speech.Text));
        }
    }

    private void ConsiderBargeIn(Utterance speaking)
    {
        if (IsOverdue(speaking, Now - _voice.Quiet))
        {
            Doubt(speaking, FalseAlarmReason.NoWords);
        }

        var voiced = _voice.Voiced;
        var isMeant = speaking.IsBackChannel ? voiced >= LongestBackChannel : speaking.HasWords || !speaking.IsDoubted;
        if (speaking.InterruptedAt is null && IsAssistantSpeaking && isMeant && voiced >= _options.BargeInAfter)
        {
            Interrupt(speaking);
        }
    }

    /// <summary>Whether words should have followed an interruption by now. An engine that gives none while somebody speaks has until some time after that.</summary>
    private bool IsOverdue(Utterance speech, TimeSpan lastVoiceAt) =>
        speech is { HasWords: false, InterruptedAt: { } interrupted }
        && Now - (_streamsPartials || interrupted > lastVoiceAt ? interrupted : lastVoiceAt) >= _options.WordsWithin;

    private void Interrupt(Utterance by)
    {
        by.InterruptedAt = Now;
        _found.Enqueue(new TurnEvent.BargeIn(by.Number, Now));
    }

    private void ConsiderEnd(Utterance speaking, VoiceChange change)
    {
        if (Now - speaking.StartedAt >= _options.MaxSpeech)
        {
            End(speaking, EndReason.TooLong);
        }
        else if (_isHeld)
        {
            return;
        }
        else if (change == VoiceChange.Ended)
        {
            End(speaking, EndReason.Silence);
        }
        else if (_streamsPartials && Now - speaking.NewWordsAt >= _options.StuckAfter)
        {
            End(speaking, EndReason.Stuck);
        }
    }

    private void End(Utterance speaking, EndReason reason)
    {
        var lastVoice = Now - _voice.Quiet;
        _voice.EndSpeech();
        _speaking = null;
        (speaking.EndedAt, speaking.LastVoiceAt) = (Now, lastVoice);
        GiveUp(MaxFinishing - 1);
        _finishing.Enqueue(speaking);
        ConsiderLikely(speaking, lastVoice);
        _found.Enqueue(new TurnEvent.SpeechEnded(speaking.Number, lastVoice, Now, reason));
    }

    /// <summary>Ends the utterances whose last transcript is overdue. One without words is kept: its words may still come, only nobody waits for them.</summary>
    private void GiveUpWaiting()
    {
        while (_finishing.TryPeek(out var oldest) && oldest.HasWords && Now - oldest.EndedAt >= _options.StuckAfter)
        {
            Resolve(_finishing.Dequeue(), isSettled: false);
        }

        // An engine without partial transcripts may have heard words all the same: only its last one tells. What is held is let go before that.
        var wordsWithin = _streamsPartials ? _options.WordsWithin : _options.StuckAfter;
        foreach (var finishing in _finishing)
        {
            if (!finishing.HasWords && !finishing.IsDoubted && (Now - finishing.EndedAt >= wordsWithin || IsOverdue(finishing, finishing.LastVoiceAt)))
            {
                Doubt(finishing, FalseAlarmReason.NoWords);
            }
        }
    }

    private void Resolve(Utterance done, bool isSettled)
    {
        if (!done.HasWords)
        {
            if (!done.IsDoubted)
            {
                Doubt(done, FalseAlarmReason.NoWords);
            }
        }
        else if (done.IsBackChannel && done.IsWithinAssistant)
        {
            Doubt(done, FalseAlarmReason.BackChannel);
        }
        else
        {
            if (IsAssistantSpeaking && done.IsOverAssistant && done.InterruptedAt is null)
            {
                Interrupt(done);
            }

            _found.Enqueue(new TurnEvent.TurnEnded(done.Number, done.Text, isSettled));
        }
    }

    private void Doubt(Utterance done, FalseAlarmReason reason)
    {
        done.IsDoubted = true;
        done.InterruptedAt = null;
        _found.Enqueue(new TurnEvent.FalseAlarm(done.Number, reason));
    }
}
