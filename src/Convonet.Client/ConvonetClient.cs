using System.Threading.Channels;
using Convonet.Conversations;

namespace Convonet.Client;

/// <summary>
/// A client of a Convonet server (<c>docs/protocol.md</c>). A conversation outlives its connections: after a cut the client resumes behind the last event that it has,
/// drops what it has already seen, and says again what the server has not confirmed: messages (under the same id), the choice of a provider, a cancel, answers
/// to questions. All members may be called from any thread.
/// </summary>
/// <remarks>
/// <code>
/// Closed ─Connect─► Connecting ─connected─► Resuming ─status resumed | snapshot─► Online
///                        ▲  (a new conversation needs no resume)                    │
///                        └─────────── Waiting (back-off, Wake) ◄──────── cut ───────┘
/// </code>
/// </remarks>
public sealed partial class ConvonetClient : IAsyncDisposable
{
    /// <summary>For the handshake, for the answer to a resume, and for a message to be accepted.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    /// <summary>What a server reads unless it says otherwise.</summary>
    private const int UsualFrameBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConvonetClientOptions _options;
    private readonly Channel<SessionEvent> _events;
    private readonly Outbox _outbox;
    private readonly Resend _resend;
    private readonly BackOff _backOff;
    private readonly Unfinished? _unfinished;
    private readonly bool _hadSession;
    private Position _position;
    private Task? _running;

    /// <summary>Makes a client; it connects with the first <see cref="Send"/> or <see cref="EventsAsync"/>.</summary>
    /// <param name="address">The server's WebSocket, as <c>ws://localhost:5080/voice</c>.</param>
    public ConvonetClient(Uri address)
        : this(new ConvonetClientOptions { Address = address })
    {
    }

    /// <summary>Makes a client; it connects with the first <see cref="Send"/> or <see cref="EventsAsync"/>.</summary>
    /// <param name="options">How it connects, and where it goes on.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ConvonetClient(ConvonetClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Checked();
        var kept = options.Store?.Load();
        _events = Channel.CreateBounded<SessionEvent>(options.EventBuffer);
        _outbox = new Outbox(kept, options.MaxUnaccepted);
        _resend = new Resend(options.Time, options.Random);
        _backOff = new BackOff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), options.Random);
        _unfinished = options.FillsIn ? new Unfinished() : null;
        _hadSession = kept?.Conversation is not null;
        _position = new Position(kept?.Conversation, kept?.Epoch ?? 0, hasBegun: _hadSession && kept!.HasBegun);
    }

    /// <summary>The connection changed. Called by the client's own task: a handler that takes long holds up the events.</summary>
    public event EventHandler<ConnectionStatus>? ConnectionChanged;

    /// <summary>The conversation that is followed; null before there is one. A secret: who has it and the sign-in can write in it.</summary>
    public string? Conversation
    {
        get
        {
            lock (_gate)
            {
                return _position.Conversation;
            }
        }
    }

    /// <summary>How it stands with the connection.</summary>
    public ConnectionState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Messages that the server has not accepted yet.</summary>
    public IReadOnlyList<OutgoingMessage> Unaccepted
    {
        get
        {
            lock (_gate)
            {
                return _outbox.Messages;
            }
        }
    }

    /// <summary>Events that wait to be read.</summary>
    internal int EventsWaiting => _events.Reader.Count;

    /// <summary>Connects, and from then on sees to it that there is a connection.</summary>
    /// <exception cref="ObjectDisposedException">The client was closed.</exception>
    public void Connect()
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        ConnectUnlessClosed();
    }

    /// <summary>
    /// Everything that the server tells from the first connection on, each event once and in order. Connects. Ends when the client is closed. It is one stream: who
    /// reads it takes the event from all other readers. While nobody reads and <see cref="ConvonetClientOptions.EventBuffer"/> is full, nothing more is taken
    /// from the server; what was missed comes when reading goes on, as events or as a <see cref="SessionEvent.Snapshot"/>.
    /// </summary>
    /// <exception cref="ConvonetException">The server does not let this client in.</exception>
    public IAsyncEnumerable<SessionEvent> EventsAsync(CancellationToken cancellationToken = default)
    {
        ConnectUnlessClosed();
        return _events.Reader.ReadAllAsync(cancellationToken);
    }

    /// <summary>Sends a message now or, while there is no connection, as soon as there is one. Connects.</summary>
    /// <param name="text">What to say, 1 to 8,000 characters unless the server says otherwise.</param>
    /// <param name="isVoice">It was spoken: deletions must be confirmed then.</param>
    /// <param name="interrupts">What runs and waits makes way for it.</param>
    /// <returns>Its id, which <see cref="SessionEvent.Accepted"/> repeats.</returns>
    /// <exception cref="ArgumentException">It is empty, or so long that the server would close the connection on it: 64 KB as JSON, unless the server says otherwise. Of one that is only longer than a message may be, the server says so.</exception>
    /// <exception cref="InvalidOperationException">Too many messages wait to be accepted.</exception>
    public string Send(string text, bool isVoice = false, bool interrupts = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        Connect();
        lock (_gate)
        {
            var message = _outbox.Add(text, isVoice, interrupts, _connected?.Limits.FrameBytes ?? UsualFrameBytes);
            Save();
            if (_state == ConnectionState.Online && (!_resend.Holds || interrupts))
            {
                _link?.Send(Outbox.FrameOf(message));
                ExpectTaken();
            }

            return message.Id;
        }
    }

    /// <summary>Takes back a message that the server has not accepted. Should it be accepted all the same, its turn is stopped.</summary>
    /// <param name="id">What <see cref="Send"/> returned.</param>
    public void Withdraw(string id)
    {
        lock (_gate)
        {
            _outbox.Withdraw(id);
            Save();
            if (!_outbox.HasMessages)
            {
                _resend.Release();
            }
        }
    }

    /// <summary>Stops the running turn, or the one that is named, which may still wait in line. While there is no connection, that one is stopped as soon as there is one.</summary>
    /// <param name="turn">From 1; null for the running one.</param>
    public void Cancel(int? turn = null)
    {
        lock (_gate)
        {
            if (turn is { } number)
            {
                _outbox.Cancel(number);
                Save();
            }

            Say(new ClientEvent.Cancel(turn));
        }
    }

    /// <summary>Answers a <see cref="SessionEvent.ToolConfirmation"/>. After a cut it is said again, unless the call has ended.</summary>
    /// <param name="callId">Of the call.</param>
    /// <param name="yes">Whether it may run.</param>
    public void Confirm(string callId, bool yes)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        lock (_gate)
        {
            _outbox.Answer(callId, yes);
            Say(new ClientEvent.Confirm(callId, yes));
        }
    }

    /// <summary>Chooses the provider for the turns that begin from now on.</summary>
    /// <param name="provider">A name of <see cref="SessionEvent.Connected.Providers"/>.</param>
    public void SetProvider(string provider)
    {
        ArgumentException.ThrowIfNullOrEmpty(provider);
        lock (_gate)
        {
            _outbox.Choose(provider);
            Say(new ClientEvent.SetProvider(provider));
        }
    }

    /// <summary>
    /// Call it when something suggests that the network came or went: it connects at once when it was waiting, and checks an open connection, which may be dead without
    /// anybody having said so.
    /// </summary>
    public void Wake()
    {
        lock (_gate)
        {
            Probe();
        }
    }

    /// <summary>Ends the connection, after what was said was sent. The conversation goes on at the server.</summary>
    public async ValueTask DisposeAsync()
    {
        Link? link;
        Task? running;
        lock (_gate)
        {
            (link, running) = (_link, _running);
        }

        if (link is not null && !_stop.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(GoodbyeTime, _options.Time);
            try
            {
                await link.CloseAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is OperationCanceledException or System.Net.WebSockets.WebSocketException or IOException or InvalidOperationException)
            {
                // It is cut, then.
            }
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await (running ?? Task.CompletedTask).ConfigureAwait(false);
        lock (_gate)
        {
            _resend.Dispose();
        }

        _events.Writer.TryComplete();
        _speech.Writer.TryComplete();
    }

    private void ConnectUnlessClosed()
    {
        lock (_gate)
        {
            if (!_stop.IsCancellationRequested)
            {
                _running ??= Task.Run(RunAsync);
            }
        }
    }

    /// <summary>Says what is said again after a cut.</summary>
    private void Say(ClientEvent said)
    {
        if (_state == ConnectionState.Online)
        {
            _link?.Send(said);
        }
    }

    private void Save()
    {
        var messages = _outbox.Messages;
        _options.Store?.Save(new(_position.HasBegun || messages.Count > 0 ? _position.Conversation : null, _position.Epoch, messages, _outbox.Cancels, _position.HasBegun));
    }
}
