using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Turns;
using Microsoft.Extensions.Logging;

namespace Convonet.Voice;

/// <summary>
/// The voice of one connection: hears the user, makes turns of what is said, speaks the answers, and stops when the user talks over them.
/// </summary>
/// <remarks>
/// <code>
/// microphone ─► Microphone (voice activity, turn detector, recogniser) ─► Conversation ─► its numbered log ─► Speaker ─► client
/// </code>
/// Everything enters by one bounded queue and is taken one after the other. The text of an answer does not come through here, so it never waits for speech.
/// </remarks>
public sealed partial class VoiceSession : IAsyncDisposable
{
    /// <summary>Half of it is ten seconds of frames; past that sound is refused.</summary>
    private const int Capacity = 1024;

    private readonly VoiceEngines _engines;
    private readonly IVoiceClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<VoiceInput> _inputs = Channel.CreateBounded<VoiceInput>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Microphone _microphone;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private Following? _following;
    private int _newsWaits;
    private string? _refused;

    /// <summary>Begins, with the microphone off.</summary>
    /// <param name="engines">What it hears and speaks with.</param>
    /// <param name="client">The connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Log.</param>
    public VoiceSession(VoiceEngines engines, IVoiceClient client, TimeProvider time, ILogger<VoiceSession> logger)
    {
        (_engines, _client, _time, _logger) = (engines, client, time, logger);
        _microphone = new Microphone(engines, time, input => _inputs.Writer.TryWrite(input));
        using var apart = ExecutionContext.SuppressFlow();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Whether speech is on its way.</summary>
    public bool IsSpeaking => Volatile.Read(ref _speaker) is { IsSent: false };

    /// <summary>What is said from now on is said in this conversation.</summary>
    public void Follow(IConversation conversation) => Post(new VoiceInput.Follow(conversation));

    /// <summary>So many samples of a turn have left the loudspeaker.</summary>
    public void Played(int turn, long sample, bool done)
    {
        if (_inputs.Reader.Count < Capacity / 2)
        {
            Post(new VoiceInput.Played(turn, sample, done));
        }
    }

    /// <summary>The user went on by other means: what is being spoken ends, and counts as heard as far as it was.</summary>
    /// <param name="turn">Only this turn's speech; null for whatever is spoken.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task HushAsync(int? turn = null, CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Post(new VoiceInput.Hush(turn, done)))
        {
            await done.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Speaks words that belong to no turn, for example a reminder; only while the microphone is on.</summary>
    public void Say(string words) => Post(new VoiceInput.Say(words));

    /// <summary>Ends it: the microphone is off and the speech stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _inputs.Writer.TryComplete();
        await _loop;
        _stop.Dispose();
    }

    private bool Post(VoiceInput input) => _inputs.Writer.TryWrite(input);

    private async Task RunAsync()
    {
        await foreach (var input in _inputs.Reader.ReadAllAsync())
        {
            await TryAsync(async () =>
            {
                if (!_stop.IsCancellationRequested)
                {
                    await TakeAsync(input);
                }
                else
                {
                    await DropAsync(input);
                }
            });
            (input as VoiceInput.Hush)?.Done.TrySetResult();
        }

        await TryAsync(EndTranscribingAsync);
        await TryAsync(EndOpeningAsync);
        _restTimer?.Dispose();
        Guess(null);
        NoteListening(null);
        await TryAsync(_microphone.DisposeAsync);
        await TryAsync(LoseAsync);
        _following?.Dispose();
    }

    /// <summary>The border: one input that fails must not leave the user without a voice, nor anything behind.</summary>
    private async ValueTask TryAsync(Func<ValueTask> act)
    {
        try
        {
            await act();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The connection is gone.
        }
        catch (Exception error)
        {
            VoiceLog.LogInputFailed(_logger, error);
        }
    }

    /// <summary>Gives back what an input holds that nobody takes any more.</summary>
    private static async ValueTask DropAsync(VoiceInput input)
    {
        (input as VoiceInput.Recorded)?.Place.Dispose();
        if (input is VoiceInput.Opened { Recogniser: { } recogniser })
        {
            await recogniser.DisposeAsync();
        }
    }

    /// <summary>One look is as good as many: news is not posted again while it waits to be looked at.</summary>
    private void PostNews()
    {
        if (Interlocked.Exchange(ref _newsWaits, 1) == 0 && !Post(VoiceInput.News.Instance))
        {
            Volatile.Write(ref _newsWaits, 0);
        }
    }

    private async ValueTask TakeAsync(VoiceInput input)
    {
        switch (input)
        {
            case VoiceInput.Start or VoiceInput.Stop or VoiceInput.Audio when _isOpening:
                KeepForLater(input);
                return;
            case VoiceInput.Opened opened:
                await TakeOpenedAsync(opened);
                break;
            case VoiceInput.Audio audio:
                await TakeSoundAsync(audio.Pcm);
                break;
            case VoiceInput.Heard heard:
                await HearAsync(heard);
                break;
            case VoiceInput.Recorded recorded:
                await TranscribeAsync(recorded);
                break;
            case VoiceInput.Transcribed transcribed:
                await TakeTranscribedAsync(transcribed);
                break;
            case VoiceInput.News:
                Volatile.Write(ref _newsWaits, 0);
                ReadNews();
                break;
            case VoiceInput.Follow follow:
                await FollowAsync(follow.Conversation);
                break;
            case VoiceInput.Played played:
                TakePlayed(played);
                break;
            case VoiceInput.Start start:
                Start(start);
                break;
            case VoiceInput.Stop:
                _microphone.Release();
                _rests = 0;
                RestLater();
                break;
            case VoiceInput.Rest:
                await RestAsync();
                break;
            case VoiceInput.Hush hush when hush.Turn is null || hush.Turn == _speaker?.Turn:
                await InterruptAsync(ByClient);
                break;
            case VoiceInput.Say say:
                SayApart(say.Words);
                break;
            case VoiceInput.Spoken spoken when _endTimer is null:
                AwaitEnd(spoken.Speaker);
                break;
            case VoiceInput.Unheard unheard:
                GiveUp(unheard.Speaker);
                break;
            case VoiceInput.Sounded sounded:
                TellTiming(sounded.Speaker);
                break;
            case VoiceInput.Silent silent:
                Fill(silent.Speaker);
                break;
            case VoiceInput.RecogniserFailed failed when _microphone.IsOf(failed.By):
                VoiceLog.LogRecogniserFailed(_logger, _engines.Input!.Name, failed.Error);
                _client.Send(new SessionEvent.Refused("speech_failed", "Your speech cannot be understood right now. Please type, or try again in a moment."));
                await _microphone.CloseAsync();
                _isRecording = false;
                _speechEnded.Clear();
                Guess(null);
                GoOn(null);
                break;
        }

        await ActOnFindingsAsync();
        TellState();
        await SayNextAsync();
    }

    private async ValueTask ActOnFindingsAsync()
    {
        while (_microphone.TryRead(out var found))
        {
            await ActAsync(found);
        }
    }

    /// <summary>Takes a message frame by frame, however many it holds: what ends with one of them has ended before the next is heard.</summary>
    private async ValueTask TakeSoundAsync(byte[] pcm)
    {
        SessionEvent.Refused? refused = null;
        var step = Microphone.IsSound(pcm) ? VoiceActivity.FrameBytes : Math.Max(1, pcm.Length);
        for (var from = 0; from == 0 || from < pcm.Length; from += step)
        {
            refused = _microphone.Push(pcm.AsSpan(from, Math.Min(step, pcm.Length - from))) ?? refused;
            await ActOnFindingsAsync();
        }

        Refuse(refused);
    }

    /// <summary>The same fault is told once, until sound is right again: it comes fifty times a second.</summary>
    private void Refuse(SessionEvent.Refused? refused)
    {
        if (refused?.Code != _refused && refused is not null)
        {
            _client.Send(refused);
        }

        _refused = refused?.Code;
    }

    /// <summary>The conversation that is followed, from where on.</summary>
    private sealed class Following(IConversation conversation, long cursor, IDisposable follower) : IDisposable
    {
        public IConversation Conversation => conversation;

        public long Cursor { get; set; } = cursor;

        public void Dispose() => follower.Dispose();
    }
}
