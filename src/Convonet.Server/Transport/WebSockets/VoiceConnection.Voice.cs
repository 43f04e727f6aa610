using System.Net.WebSockets;
using System.Threading.Channels;
using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Voice;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What the client says and hears. Its voice session begins with the first <c>start_recording</c>, or recording.</summary>
internal sealed partial class VoiceConnection : IVoiceClient
{
    /// <summary>Frames that wait for the socket: more than the speech is ahead of its playing.</summary>
    private const int SoundCapacity = 16;

    /// <summary>The largest frame of speech: 40 ms at 48 kHz, and its header.</summary>
    private const int MostSoundBytes = (48_000 / 25 * 2) + 20;

    /// <summary>Twice real time of PCM16, mono, 16 kHz.</summary>
    private const int SoundBytesPerSecond = 2 * RealTimeBytesPerSecond;

    private const int RealTimeBytesPerSecond = 32_000;

    /// <summary>What a message costs at least: it takes a place in line, however little sound it holds.</summary>
    private const int LeastSoundBytes = 64;

    private readonly Channel<Sound> _sound = Channel.CreateBounded<Sound>(SoundCapacity);
    private VoiceSession? _voice;
    private int _soundsDropped;
    private bool _isBehind;
    private bool _isWrong;

    void IVoiceClient.Send(SessionEvent sessionEvent) => Send(sessionEvent);

    async ValueTask IVoiceClient.SendAsync(AudioFrame frame, CancellationToken cancellationToken)
    {
        var bytes = new byte[frame.WireLength];
        frame.Write(bytes);
        await _sound.Writer.WriteAsync(new Sound(bytes, Volatile.Read(ref _soundsDropped)), cancellationToken);
        Wake();
    }

    void IVoiceClient.DropAudio() => Interlocked.Increment(ref _soundsDropped);

    private async ValueTask SendSoundAsync(Sound sound, CancellationToken cancellationToken)
    {
        if (sound.Generation == Volatile.Read(ref _soundsDropped))
        {
            await SendAsync(sound.Frame, cancellationToken, WebSocketMessageType.Binary);
        }
    }

    private async Task StartRecordingAsync(ClientFrame.StartRecording start, CancellationToken cancellationToken)
    {
        if (start.IsWhole)
        {
            StartWhole();
            return;
        }

        EndWhole();
        if (_services.Voice.Input is null)
        {
            Send(new SessionEvent.Refused("speech_unavailable", _services.Voice.View.Message ?? "Speech is not understood here."));
            return;
        }

        if (await OwnConversationAsync(cancellationToken) is not { } conversation)
        {
            Send(new SessionEvent.Refused("busy", "The server has too many conversations. Please try again later."));
            return;
        }

        _soundPace.Begin();
        _floatSamples.Begin();
        VoiceIn(conversation).StartRecording(start.PushToTalk);
    }

    private VoiceSession VoiceIn(IConversation conversation)
    {
        if (_voice is null)
        {
            _voice = new VoiceSession(_services.Voice, this, _services.Time, _services.LoggerFactory.CreateLogger<VoiceSession>());
            _voice.Follow(conversation);
        }

        return _voice;
    }

    private void TakeSound(VoiceSession voice, ClientFrame.Audio sound)
    {
        var wrong = _floatSamples.Are(sound.Pcm) ? "Sound is whole samples of 16 bits, mono, 16 kHz; these are floating-point numbers."
            : !_soundPace.Take(sound.Pcm.Length) ? "Sound comes too fast: sound is 16 kHz, mono, 16 bits."
            : null;
        if (wrong is not null)
        {
            if (!_isWrong)
            {
                _isWrong = true;
                Send(new SessionEvent.Refused("bad_audio", wrong));
            }

            return;
        }

        _isWrong = false;

        // Twice real time may come, and what a stalled network has kept back; more is nobody's voice.
        if (_soundRate.TryTake(Math.Max(LeastSoundBytes, sound.Pcm.Length)) && voice.Push(sound.Pcm))
        {
            _isBehind = false;
        }
        else if (!_isBehind)
        {
            _isBehind = true;
            Send(new SessionEvent.Refused("speech_overloaded", "The server is behind. Some of what you said may be missing."));
        }
    }

    private Task HushAsync(int? turn, CancellationToken cancellationToken) => _voice?.HushAsync(turn, cancellationToken) ?? Task.CompletedTask;

    private async ValueTask EndVoiceAsync()
    {
        if (_voice is { } voice)
        {
            await voice.DisposeAsync();
        }

        EndWhole();
    }

    /// <summary>A frame of speech, and how often speech had been dropped when it came.</summary>
    private readonly record struct Sound(byte[] Frame, int Generation);
}
