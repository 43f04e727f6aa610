using System.Diagnostics.CodeAnalysis;
using Convonet.Conversations;
using Convonet.Speech.Recognition;
using Convonet.Turns;

namespace Convonet.Voice;

/// <summary>The user's side of a voice session: cuts sound into frames, finds speech in it, and has it written down.</summary>
internal sealed class Microphone(VoiceEngines engines, TimeProvider time, Action<VoiceInput> post) : IAsyncDisposable
{
    private readonly PreRoll _preRoll = new();
    private readonly byte[] _frame = new byte[VoiceActivity.FrameBytes];
    private TurnDetector _detector = new(engines.Turns, true);
    private IRecognitionSession? _recogniser;
    private Task _reading = Task.CompletedTask;
    private CancellationTokenSource? _stop;
    private int _filled;
    private bool _isReleased;
    private long _pushed;

    /// <summary>Whether it takes sound.</summary>
    public bool IsOn => _recogniser is not null && !_isReleased;

    /// <summary>Whether the user speaks with the assistant, if not at this moment.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether speech is ended by a button.</summary>
    public bool IsPushToTalk { get; private set; }

    /// <summary>Whether somebody speaks.</summary>
    public bool IsHearing => _recogniser is not null && _detector.IsSpeaking;

    /// <summary>Whether the assistant's voice comes from the loudspeaker.</summary>
    public bool IsAssistantSpeaking
    {
        get => _detector.IsAssistantSpeaking;
        set => _detector.IsAssistantSpeaking = value;
    }

    /// <summary>Whether a transcript came from the recogniser that is used now.</summary>
    public bool IsOf(IRecognitionSession recogniser) => ReferenceEquals(recogniser, _recogniser);

    /// <summary>Whether it has to be given a recogniser before it is turned on.</summary>
    public bool NeedsRecogniser => _recogniser is null;

    /// <summary>Takes a recogniser, which is its own from now on.</summary>
    public void Take(IRecognitionSession recogniser)
    {
        _stop = new CancellationTokenSource();

        // Recognisers count from 0; utterances go on from where the last one's ended, so that no number comes twice.
        var first = _detector.Next;
        _detector = new TurnDetector(engines.Turns, engines.Input!.StreamsPartials, first) { IsAssistantSpeaking = _detector.IsAssistantSpeaking };
        (_recogniser, IsOpen) = (recogniser, true);
        _reading = Task.Run(() => ReadAsync(recogniser, first, _stop.Token), CancellationToken.None);
    }

    /// <summary>Turns it on; it must have a recogniser.</summary>
    public void TurnOn(bool pushToTalk)
    {
        if (IsPushToTalk && !pushToTalk)
        {
            _detector.Release();
        }

        (IsPushToTalk, _isReleased, _filled) = (pushToTalk, false, 0);
        _preRoll.Take();
        if (pushToTalk)
        {
            _detector.Hold();
        }
    }

    /// <summary>Takes no more sound; what was being said is finished.</summary>
    public void Release()
    {
        if (IsOn)
        {
            _isReleased = true;
            _detector.Release();
        }
    }

    /// <summary>Gives up the recogniser of a microphone that is off; turning it on gets another one.</summary>
    /// <param name="isPatient">Whether a last transcript that is missing is waited for.</param>
    /// <returns>False when the recogniser still has to write something down.</returns>
    public async ValueTask<bool> TryRestAsync(bool isPatient)
    {
        if (!IsOn && !(isPatient && _detector.IsFinishing))
        {
            _detector.GiveUp();
            await GiveUpAsync();
        }

        return IsOn || _recogniser is null;
    }

    /// <summary>Gives up the recogniser, and what it has not written down yet.</summary>
    public async ValueTask CloseAsync()
    {
        IsOpen = false;
        await GiveUpAsync();
    }

    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Whether these are whole samples.</summary>
    public static bool IsSound(ReadOnlySpan<byte> pcm) => pcm.Length > 0 && pcm.Length % sizeof(short) == 0;

    /// <summary>Takes sound, a frame at the most.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public SessionEvent.Refused? Push(ReadOnlySpan<byte> pcm)
    {
        if (!IsOn)
        {
            // What was on its way when the microphone was turned off is no fault.
            return !IsOpen ? new SessionEvent.Refused("not_recording", "Send 'start_recording' before sound.") : null;
        }

        if (!IsSound(pcm))
        {
            return new SessionEvent.Refused("bad_audio", $"Sound is whole samples of 16 bits, mono, 16 kHz; {pcm.Length} bytes are not.");
        }

        try
        {
            while (pcm.Length > 0)
            {
                var taken = Math.Min(pcm.Length, _frame.Length - _filled);
                pcm[..taken].CopyTo(_frame.AsSpan(_filled));
                pcm = pcm[taken..];
                _filled += taken;
                if (_filled == _frame.Length)
                {
                    _filled = 0;
                    PushFrame();
                }
            }

            return null;
        }
        catch (RecognitionException error) when (error.Kind is RecognitionErrorKind.Overloaded or RecognitionErrorKind.BadAudio)
        {
            return new SessionEvent.Refused("speech_overloaded", "The recogniser is behind. Some of what you said may be missing.");
        }
        catch (RecognitionException)
        {
            // The session has failed; whoever reads it is told.
            return null;
        }
    }

    /// <summary>How much sound the recogniser was given since this was last asked.</summary>
    public TimeSpan TakePushed() => RecognitionLimits.DurationOf(Interlocked.Exchange(ref _pushed, 0));

    /// <summary>The recogniser wrote something down.</summary>
    public void Hear(Transcript transcript) => _detector.Hear(transcript);

    /// <summary>What was found, oldest first; a finished utterance is told to the recogniser on the way.</summary>
    public bool TryRead([NotNullWhen(true)] out TurnEvent? found)
    {
        if (!_detector.TryRead(out found))
        {
            return false;
        }

        if (found is TurnEvent.SpeechEnded)
        {
            _recogniser?.FinishUtterance();
        }

        return true;
    }

    /// <summary>When a voice that ended so long ago ended, on the clock.</summary>
    public long TimestampOf(TurnEvent.SpeechEnded ended) =>
        time.GetTimestamp() - (long)((ended.At - ended.LastVoiceAt).TotalSeconds * time.TimestampFrequency);

    private void PushFrame()
    {
        var before = _detector.Now;
        var spoke = _detector.IsSpeaking;
        _detector.Push(_frame);
        if (!_detector.IsSpeaking)
        {
            _preRoll.Add(_frame);
            return;
        }

        if (!spoke && _preRoll.Take() is { Length: > 0 } earlier)
        {
            _recogniser!.Push(earlier, before - (VoiceActivity.FrameDuration * (earlier.Length / VoiceActivity.FrameBytes)));
            _pushed += earlier.Length;
        }

        _recogniser!.Push(_frame, before);
        _pushed += _frame.Length;
    }

    private async ValueTask GiveUpAsync()
    {
        if (_recogniser is { } recogniser)
        {
            _recogniser = null;
            await _stop!.CancelAsync();
            try
            {
                await recogniser.DisposeAsync();
            }
            finally
            {
                await _reading;
                _stop.Dispose();
            }
        }
    }

    private async Task ReadAsync(IRecognitionSession recogniser, int first, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var transcript in recogniser.ReadAsync(cancellationToken))
            {
                post(new VoiceInput.Heard(recogniser, transcript with { Utterance = first + transcript.Utterance }));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closed.
        }
        catch (Exception error)
        {
            post(new VoiceInput.RecogniserFailed(recogniser, error));
        }
    }
}
