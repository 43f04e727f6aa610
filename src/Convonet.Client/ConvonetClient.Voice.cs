using System.Threading.Channels;
using Convonet.Audio;
using Convonet.Conversations;

namespace Convonet.Client;

/// <summary>Speaking and being spoken to.</summary>
public sealed partial class ConvonetClient
{
    /// <summary>A minute of frames; of those that nobody reads, the oldest are dropped.</summary>
    private const int MostFrames = 1500;

    private readonly Channel<AudioFrame> _speech = Channel.CreateBounded<AudioFrame>(new BoundedChannelOptions(MostFrames) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>The mode of the recording that goes on.</summary>
    private string? _recording;

    private string? _speechForm;

    /// <summary>The server's limit.</summary>
    private const int LongestId = 64;

    /// <summary>A recording of which it is not known yet what became of it.</summary>
    private (string Id, ReadOnlyMemory<byte> File)? _unheard;

    /// <summary>The speech of spoken turns, frame by frame, as far as a player keeps up: of more than a minute that was not read, the oldest is dropped. One stream, as <see cref="EventsAsync"/>.</summary>
    /// <exception cref="ConvonetException">The server does not let this client in.</exception>
    public IAsyncEnumerable<AudioFrame> SpeechAsync(CancellationToken cancellationToken = default)
    {
        ConnectUnlessClosed();
        return _speech.Reader.ReadAllAsync(cancellationToken);
    }

    /// <summary>Sound follows. After a cut the recording goes on by itself; what was said meanwhile is lost.</summary>
    /// <param name="isPushToTalk">False: silence ends a turn. True: <see cref="StopRecording"/> does.</param>
    public void StartRecording(bool isPushToTalk = false)
    {
        Connect();
        lock (_gate)
        {
            _recording = isPushToTalk ? "push_to_talk" : "hands_free";
            Say(new ClientEvent.StartRecording(_recording));
        }
    }

    /// <summary>The microphone is off; what was being said becomes a turn.</summary>
    public void StopRecording()
    {
        lock (_gate)
        {
            if (_recording is not null)
            {
                Say(new ClientEvent.StopRecording());
            }

            _recording = null;
        }
    }

    /// <summary>Sends what the microphone heard, as it hears it.</summary>
    /// <param name="pcm">PCM16, mono, 16 kHz, little endian, best 640 bytes (20 ms) at a time.</param>
    /// <returns>False when it was dropped: there is no recording, no connection, or one that does not keep up.</returns>
    /// <exception cref="ArgumentException">Half a sample.</exception>
    public bool TrySendSound(ReadOnlySpan<byte> pcm)
    {
        if (pcm.Length % PcmFormat.BytesPerSample != 0)
        {
            throw new ArgumentException("Sound has two bytes a sample.", nameof(pcm));
        }

        lock (_gate)
        {
            return _recording is not null && _state == ConnectionState.Online && _link?.TrySendSound(pcm.ToArray()) == true;
        }
    }

    /// <summary>
    /// Sends something said in one piece now or, while there is no connection, as soon as there is one. What was said comes as a <see cref="SessionEvent.Transcription"/> and
    /// becomes a turn, both under the recording's id. After a cut it is sent again, and makes no second turn. Whatever is wrong with it is a <see cref="SessionEvent.Refused"/>
    /// with its id. One is under way at a time, and none is kept in <see cref="ConvonetClientOptions.Store"/>. Connects.
    /// </summary>
    /// <param name="file">WebM, Ogg, WAV, MP4, MP3 or what else the server reads; up to 25 MB and 10 minutes unless the server says otherwise. It must not change until its answer has come.</param>
    /// <param name="id">To send one again that was refused for now: the id that it had. Null for a new one.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentException">The file is empty, or the id is none.</exception>
    /// <exception cref="InvalidOperationException">The microphone is on, or the one before is still under way.</exception>
    public string SendRecording(ReadOnlyMemory<byte> file, string? id = null)
    {
        if (file.IsEmpty)
        {
            throw new ArgumentException("A recording has at least one byte.", nameof(file));
        }

        if (id is not null && (id.Length is 0 or > LongestId || id.Any(char.IsControl)))
        {
            throw new ArgumentException($"An id has 1 to {LongestId} characters, and none that controls.", nameof(id));
        }

        Connect();
        lock (_gate)
        {
            if (_recording is not null || _unheard is not null)
            {
                throw new InvalidOperationException(_unheard is null ? "Turn the microphone off first, with StopRecording." : "The recording before this one is still under way.");
            }

            _unheard = (id ?? Outbox.NewId(), file);
            Upload();
            return _unheard.Value.Id;
        }
    }

    /// <summary>Tells how much of a turn's speech was heard; what was not, the assistant does not believe to have said. About ten times a second while something plays.</summary>
    /// <param name="turn">The turn; 0 is speech of none.</param>
    /// <param name="samples">Samples of it that have left the loudspeaker.</param>
    /// <param name="isDone">Nothing is left to play.</param>
    public void Played(int turn, long samples, bool isDone = false)
    {
        lock (_gate)
        {
            Say(new ClientEvent.Played(turn, samples, isDone));
        }
    }

    /// <summary>How the server is to speak, on this connection and those after it: <c>frames</c>, the default, <c>whole</c> (<see cref="SessionEvent.AgentResponse.Audio"/>) or <c>none</c>.</summary>
    public void SetSpeech(string form)
    {
        ArgumentException.ThrowIfNullOrEmpty(form);
        lock (_gate)
        {
            _speechForm = form;
            Say(new ClientEvent.SetSpeech(form));
        }
    }

    /// <summary>There is a new connection, which knows nothing of it.</summary>
    private void SpeakAgain()
    {
        if (_speechForm is not null)
        {
            Say(new ClientEvent.SetSpeech(_speechForm));
        }

        Upload();
        if (_recording is not null)
        {
            Say(new ClientEvent.StartRecording(_recording));
        }
    }

    private void Upload()
    {
        if (_unheard is var (id, file) && _state == ConnectionState.Online)
        {
            _link?.Send(new ClientEvent.Recording(id), file);
        }
    }

    /// <summary>It became a turn, or never will.</summary>
    private void NoteRecording(SessionEvent told)
    {
        if (_unheard is var (id, _) && told switch
        {
            SessionEvent.Accepted accepted => accepted.ClientMsgId == id,
            SessionEvent.Transcription { Success: false } heard => heard.ClientMsgId == id,
            SessionEvent.Refused refused => refused.ClientMsgId == id,
            SessionEvent.Snapshot snapshot => snapshot.Turns?.Any(turn => turn.ClientMsgId == id) is true,
            _ => false,
        })
        {
            _unheard = null;
        }
    }

    private void TakeSpeech(ReadOnlyMemory<byte> message)
    {
        if (AudioFrame.TryRead(message.ToArray(), out var frame))
        {
            _speech.Writer.TryWrite(frame);
        }
    }
}
