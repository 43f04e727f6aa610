using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Speech.Recognition;

namespace Convonet.Voice;

/// <summary>Turning the microphone on and off. A recogniser may take long to be had: typing, cancelling and speaking go on meanwhile.</summary>
public sealed partial class VoiceSession
{
    /// <summary>How long a recogniser may take to be had, also one that does not listen to its token.</summary>
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);

    /// <summary>What the client sent of its microphone while a recogniser was awaited: it is taken then, in its order.</summary>
    private readonly Queue<VoiceInput> _early = [];

    private Task _opening = Task.CompletedTask;
    private bool _isOpening;
    private int _earlyCount;
    private volatile bool _isRecording;

    /// <summary>Whether the microphone was turned on and not off again.</summary>
    public bool IsRecording => _isRecording;

    /// <summary>Turns the microphone on.</summary>
    /// <param name="pushToTalk">Whether <see cref="StopRecording"/> says when the user has finished, instead of silence.</param>
    public void StartRecording(bool pushToTalk)
    {
        _isRecording = true;
        Post(new VoiceInput.Start(pushToTalk));
    }

    /// <summary>Turns the microphone off; what was being said becomes a turn.</summary>
    public void StopRecording()
    {
        _isRecording = false;
        Post(new VoiceInput.Stop());
    }

    /// <summary>Sound from the microphone: PCM16, mono, 16 kHz, little endian. It is kept, so nobody may change it any more.</summary>
    /// <returns>False when the session is too far behind: this was dropped.</returns>
    public bool Push(byte[] pcm) => _inputs.Reader.Count + Volatile.Read(ref _earlyCount) < Capacity / 2 && Post(new VoiceInput.Audio(pcm));

    private void Start(VoiceInput.Start start)
    {
        if (_engines.Input is null)
        {
            _isRecording = false;
            _client.Send(new SessionEvent.Refused("speech_unavailable", _engines.View.Message ?? "Speech is not understood here."));
            return;
        }

        if (_microphone.NeedsRecogniser)
        {
            _isOpening = true;
            KeepForLater(start);
            _opening = Task.Run(OpenAsync);
            return;
        }

        _microphone.TurnOn(start.PushToTalk);
        _refused = null;
        _state = "";
        Greet();
    }

    private void KeepForLater(VoiceInput input)
    {
        if (_early.Count < Capacity)
        {
            _early.Enqueue(input);
            Volatile.Write(ref _earlyCount, _early.Count);
        }
    }

    /// <summary>Ends with an input that tells how it went; never throws.</summary>
    private async Task OpenAsync()
    {
        using var limit = new CancellationTokenSource(OpenLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, limit.Token);
        var token = either.Token;
        var opening = Task.Run(() => _engines.Input!.OpenAsync(token), CancellationToken.None);
        VoiceInput.Opened opened;
        try
        {
            opened = new VoiceInput.Opened(await opening.WaitAsync(token), null);
        }
        catch (Exception error)
        {
            // The border: whatever is wrong with an engine costs the microphone, not the session.
            _ = GiveBackAsync(opening);
            opened = new VoiceInput.Opened(null, error);
        }

        try
        {
            await _inputs.Writer.WriteAsync(opened);
        }
        catch (ChannelClosedException)
        {
            await TryAsync(() => DropAsync(opened));
        }
    }

    /// <summary>A recogniser that comes when nobody waits for it any more.</summary>
    private static async Task GiveBackAsync(Task<IRecognitionSession> opening)
    {
        await Task.WhenAny(opening);
        if (opening.IsCompletedSuccessfully)
        {
            await (await opening).DisposeAsync();
        }
    }

    private async ValueTask TakeOpenedAsync(VoiceInput.Opened opened)
    {
        _isOpening = false;
        if (opened.Recogniser is { } recogniser)
        {
            _microphone.Take(recogniser);
            while (_early.TryDequeue(out var input))
            {
                await TryAsync(() => TakeAsync(input));
            }

            Greet();
        }
        else
        {
            _early.Clear();
            _isRecording = false;
            VoiceLog.LogRecogniserFailed(_logger, _engines.Input!.Name, opened.Error!);
            _client.Send(new SessionEvent.Refused(
                "speech_unavailable",
                opened.Error is RecognitionException { Kind: RecognitionErrorKind.NotInstalled } missing ? missing.Message : "Speech is not understood right now. Please type, or try again in a moment."));
        }

        Volatile.Write(ref _earlyCount, 0);
    }

    private async ValueTask EndOpeningAsync() => await _opening;
}
