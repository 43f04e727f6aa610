using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Speech;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Conversations;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Speech;
using Convonet.Tests.Turns;
using Convonet.Turns;
using Convonet.Voice;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Voice;

/// <summary>A voice session with an ear, a voice and a model that are all scripted. Time stands still; sound is all that passes.</summary>
internal sealed class VoiceFixture : IAsyncDisposable
{
    private readonly TestAudio _audio = new();
    private readonly SpeechFixture _speech = new();
    private readonly List<Conversation> _conversations = [];

    public VoiceFixture(params ReadOnlySpan<AIFunction> tools)
    {
        Talk = new ConversationFixture(tools);
        Conversation = Talk.Start();
        _conversations.Add(Conversation);
    }

    /// <summary>The user's voice, frame by frame.</summary>
    public TestAudio Audio => _audio;

    public ConversationFixture Talk { get; }

    public Conversation Conversation { get; }

    public FakeEar Ear { get; } = new();

    public FakeVoice Voice => _speech.Primary;

    /// <summary>Speaks in place of <see cref="Voice"/>; set before the session is made.</summary>
    public ITextToSpeech? Engine
    {
        get => _speech.Engine;
        set => _speech.Engine = value;
    }

    public FakeClient Client { get; } = new();

    public TurnOptions Turns { get; } = new();

    public SpeechOptions Speech => _speech.Options;

    /// <summary>What writes down recordings.</summary>
    public ClipTranscriber? Clips { get; set; }

    /// <summary>The longest text of a recording.</summary>
    public int MaxTextLength { get; set; } = 8_000;

    public VoiceSession? Session { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the session with the microphone on.</summary>
    public async Task<VoiceSession> StartAsync(bool pushToTalk = false, bool hears = true, bool speaks = true)
    {
        Create(hears, speaks).StartRecording(pushToTalk);
        await Client.UntilAsync(one => one is SessionEvent.Recording or SessionEvent.Refused);
        Quiet(500);
        return Session!;
    }

    /// <summary>Makes the session, with the microphone off.</summary>
    public VoiceSession Create(bool hears = true, bool speaks = true)
    {
        _speech.Fallback = null;
        var engines = new VoiceEngines(hears ? Ear : null, speaks ? _speech.Engines : null, Turns, new SpeechView(null, null, "Install it.")) { Clips = Clips, MaxTextLength = MaxTextLength };
        Session = new VoiceSession(engines, Client, Talk.Time, NullLogger<VoiceSession>.Instance);
        Session.Follow(Conversation);
        return Session;
    }

    /// <summary>All that was posted before is done.</summary>
    public Task DoneAsync() => Session!.HushAsync(turn: int.MaxValue, Token);

    /// <summary>The client has played all that was sent of a turn.</summary>
    public void PlayAll(int turn) => Session!.Played(turn, Client.Samples(turn), done: true);

    public void Speak(int milliseconds)
    {
        for (var frame = 0; frame < milliseconds / 20; frame++)
        {
            Assert.True(Session!.Push(milliseconds > 1000 && frame % 20 >= 17 ? TestAudio.Silence() : _audio.Voice()));
        }
    }

    public void Quiet(int milliseconds)
    {
        for (var frame = 0; frame < milliseconds / 20; frame++)
        {
            Assert.True(Session!.Push(TestAudio.Silence()));
        }
    }

    /// <summary>The user says something and is understood.</summary>
    public async Task SayAsync(string text)
    {
        Speak(400);
        await HeardAsync("hearing");
        Quiet(1000);
        var utterance = await Ear.FinishedAsync();
        Ear.Hears(text, utterance, final: true);
        await Client.UntilAsync(one => one is SessionEvent.Transcription { Final: true } heard && heard.Utterance == utterance);
    }

    /// <summary>Waits for a state of the microphone that was not waited for before.</summary>
    public Task HeardAsync(string state) => Client.UntilAsync(one => one is SessionEvent.Recording recording && recording.State == state);

    /// <summary>What the model was told in its newest request.</summary>
    public IEnumerable<string> History() => Talk.Model.Requests[^1].History.Select(ConversationTests.Words);

    /// <summary>Waits for an event of the conversation.</summary>
    public Task<List<LoggedEvent>> UntilAsync(Func<SessionEvent, bool> match) => ConversationFixture.UntilAsync(Conversation, match);

    /// <summary>The client is gone.</summary>
    public async Task LeaveAsync()
    {
        if (Session is { } session)
        {
            Session = null;
            await session.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        await Conversation.DisposeAsync();
    }
}

/// <summary>Where a session's words and sound go; each wait goes on behind what the one before it found.</summary>
internal sealed class FakeClient : IVoiceClient
{
    private readonly Changes _changes = new();
    private readonly Lock _lock = new();
    private readonly List<SessionEvent> _events = [];
    private readonly List<AudioFrame> _frames = [];
    private int _seen;

    public int Dropped { get; private set; }

    public bool TakesFrames { get; set; } = true;

    /// <summary>Messages that were about to become turns and have not been said to become none.</summary>
    public List<string> Begun { get; } = [];

    /// <summary>When set, frames wait for it.</summary>
    public Task? Gate { get; set; }

    public IReadOnlyList<SessionEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public IReadOnlyList<AudioFrame> Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    /// <summary>Samples that were sent of a turn.</summary>
    public long Samples(int turn) => Frames.Where(frame => frame.Turn == turn).Sum(frame => (long)frame.Pcm.Length / 2);

    public async Task<SessionEvent> UntilAsync(Func<SessionEvent, bool> match)
    {
        SessionEvent? found = null;
        await _changes.UntilAsync(() =>
        {
            lock (_lock)
            {
                var index = _events.FindIndex(_seen, one => match(one));
                if (index >= 0)
                {
                    (found, _seen) = (_events[index], index + 1);
                }

                return index >= 0;
            }
        });
        return found!;
    }

    public Task UntilSamplesAsync(int turn, long samples) => _changes.UntilAsync(() => Samples(turn) >= samples);

    public void Send(SessionEvent sessionEvent)
    {
        lock (_lock)
        {
            _events.Add(sessionEvent);
        }

        _changes.Raise();
    }

    public async ValueTask SendAsync(AudioFrame frame, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _frames.Add(frame with { Pcm = frame.Pcm.ToArray() });
        }

        _changes.Raise();
        await (Gate ?? Task.CompletedTask).WaitAsync(cancellationToken);
    }

    public void DropAudio() => Dropped++;

    public void Begins(string clientMsgId) => Begun.Add(clientMsgId);

    public void Ends(string clientMsgId) => Begun.Remove(clientMsgId);
}
