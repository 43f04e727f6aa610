using System.Net.WebSockets;
using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Streams;
using Convonet.Telemetry;
using Convonet.Voice;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>One client on a WebSocket, whichever way its frames are framed: reads them, and pumps its conversation's events to it at its own pace.</summary>
/// <remarks>
/// The conversation never waits for a client: the pump follows the numbered log by a cursor, and a client that falls out of the log's
/// ring gets a snapshot. What concerns this connection only goes through a small bounded queue. So a client that does not read costs at
/// most <see cref="MostHeldBytes"/>, and a place among <see cref="LargeFrames"/>.
/// </remarks>
internal sealed partial class VoiceConnection : IFramedLine, IDisposable
{
    /// <summary>What the WebSocket copies while a send waits; with its header it fills 16 KB.</summary>
    private const int FragmentBytes = (16 * 1024) - 14;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly IFraming _framing;
    private readonly VoiceServices _services;
    private readonly Visitor _visitor;
    private readonly ConnectionPlaces.Place _placeOfConnection;
    private readonly ILogger _logger;
    private readonly string _sessionId = "s_" + Guid.NewGuid().ToString("N")[..12];
    private readonly Outbox _outbox = new();
    private readonly Bell _bell = new();
    private readonly TokenBucket _rate;
    private readonly TokenBucket _pieceRate;
    private readonly TokenBucket _soundRate;
    private readonly SoundPace _soundPace;
    private readonly FloatSamples _floatSamples = new();
    private readonly CancellationTokenSource _frozen;
    private readonly CancellationTokenSource _halfFrame;
    private readonly SpokenAnswers _answers;
    private readonly TaskCompletionSource<CloseReason> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Attachment? _attachment;
    private string _conversationId;
    private int _badFrames;

    /// <summary>Begins.</summary>
    /// <param name="socket">The open socket; the caller disposes it.</param>
    /// <param name="framing">How frames look on it; disposed with the connection.</param>
    /// <param name="services">What all connections need.</param>
    /// <param name="visitor">Who opened it.</param>
    /// <param name="place">Its place; the caller disposes it.</param>
    public VoiceConnection(WebSocket socket, IFraming framing, VoiceServices services, Visitor visitor, ConnectionPlaces.Place place)
    {
        _framing = framing;
        _placeOfConnection = place;
        _visitor = visitor;
        _socket = socket;
        _services = services;
        _logger = services.LoggerFactory.CreateLogger<VoiceConnection>();
        _rate = new TokenBucket(services.Options.FramesPerSecond, services.Options.FrameBurst, services.Time);
        _pieceRate = new TokenBucket(PiecesPerSecond, 10 * PiecesPerSecond, services.Time);
        _soundRate = new TokenBucket(SoundBytesPerSecond, 10 * SoundBytesPerSecond, services.Time);
        _soundPace = new SoundPace(RealTimeBytesPerSecond, services.Time);
        _frozen = new CancellationTokenSource(Timeout.InfiniteTimeSpan, services.Time);
        _halfFrame = new CancellationTokenSource(Timeout.InfiniteTimeSpan, services.Time);
        _answers = new SpokenAnswers(services.Voice, Wake, services.LoggerFactory.CreateLogger<SpokenAnswers>()) { Form = framing.Defaults.Speech };
        _conversationId = services.Directory.NewId();
    }

    /// <summary>Serves the client until either side closes.</summary>
    /// <param name="aborted">The connection is gone.</param>
    /// <param name="stopping">The server stops: the client is told, and the connection closed with 1001.</param>
    public async Task RunAsync(CancellationToken aborted, CancellationToken stopping)
    {
        ConvonetTelemetry.LiveSockets.Add();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, _frozen.Token, _halfFrame.Token);
        try
        {
            _framing.Begin(this);
            Send(Hello());
            if (_visitor.SignIn is { } signIn)
            {
                // Before anything is sent: who has been greeted misses nothing that happens from then on.
                Enter(signIn);
            }

            using var stop = stopping.Register(() => Drain(Restarting));
            using var elsewhere = _services.Elsewhere.Begins.Register(() => Drain(CutOff));
            var both = Task.WhenAll(PumpAsync(ended.Token), ReceiveAsync(ended.Token));
            await _closing.Task;
            await EndAsync(both, ended);
        }
        finally
        {
            Leave();
            try
            {
                await EndVoiceAsync();
                await EndWelcomeAsync();
                await _answers.DisposeAsync();
            }
            finally
            {
                _attachment?.Dispose();
                ConvonetTelemetry.LiveSockets.Remove();
            }
        }
    }

    /// <summary>Gives both sides a moment to say goodbye; a client that does not answer, or does not read, is cut off.</summary>
    private async Task EndAsync(Task both, CancellationTokenSource ended)
    {
        try
        {
            await both.WaitAsync(CloseTimeout, _services.Time);
        }
        catch (TimeoutException)
        {
            await ended.CancelAsync();
            _socket.Abort();
            await both;
        }
    }

    public void Dispose()
    {
        _drainLimit?.Dispose();
        _framing.Dispose();
        _frozen.Dispose();
        _halfFrame.Dispose();
    }

    /// <summary>Whether it was the client who said goodbye.</summary>
    public bool IsLeft { get; private set; }

    private SessionEvent.Connected Hello() => new(
        _sessionId,
        _conversationId,
        _visitor.SignIn is not null,
        1,
        _services.Models.Default.Name,
        [.. _services.Models.Entries.Select(entry => new ProviderView(entry.Name, entry.Model.Model, entry.Configured, entry.Emulated))],
        new LimitsView(_services.Options.MaxMessageLength, _services.Options.MaxFrameBytes),
        _services.Voice.View);

    /// <summary>Queues an event of this connection. A client that makes us queue more than it reads is closed.</summary>
    private void Send(SessionEvent sessionEvent) => Queue(EventJson.Encode(sessionEvent));

    string IFramedLine.SessionId => _sessionId;

    void IFramedLine.Queue(byte[] control) => Queue(control);

    void IFramedLine.Close(WebSocketCloseStatus status, string reason) => Close(status, reason);

    private void Queue(byte[] frame)
    {
        if (_outbox.TryAdd(frame))
        {
            Wake();
        }
        else
        {
            Close(WebSocketCloseStatus.PolicyViolation, "You do not read what you ask for.");
        }
    }

    /// <summary>Begins to close, unless that has begun.</summary>
    /// <returns>Whether it begins with this.</returns>
    private bool Close(WebSocketCloseStatus status, string reason)
    {
        var isFirst = _closing.TrySetResult(new CloseReason(status, reason));
        Wake();
        return isFirst;
    }

    private void Wake() => _bell.Ring();

    /// <summary>
    /// Sends one frame after the other. What concerns this connection goes first and a close waits for no backlog, so that a client that
    /// lags behind a long answer still hears of its own frames and of the end.
    /// </summary>
    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        Attachment? following = null;
        var cursor = 0L;
        try
        {
            await using var end = cancellationToken.UnsafeRegister(static me => ((VoiceConnection)me!).Wake(), this);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_outbox.TryTake(out var own))
                {
                    await SendAsync(own, cancellationToken);
                }
                else if (Interlocked.Exchange(ref _welcome, null) is { } welcome)
                {
                    await SendOwnAsync(welcome, cancellationToken);
                }
                else if (TakeMissedChanges() is { } missed)
                {
                    await SendAsync(EventJson.Encode(missed), cancellationToken);
                }
                else if (_closing.Task.IsCompleted)
                {
                    var close = await _closing.Task;
                    await _socket.CloseOutputAsync(close.Status, close.Reason, cancellationToken);
                    return;
                }
                else if (_attachment is var attached && !ReferenceEquals(attached, following))
                {
                    (following, cursor) = (attached, attached!.After);
                    _framing.Follow(attached.Conversation.Id);
                    await _answers.StartOverAsync();
                    _answers.Conversation = attached.Conversation;
                    await SendAsync(attached.First, cancellationToken);
                }
                else if (following is not null && await SendNextAsync(following.Conversation, cursor, cancellationToken) is { } sent)
                {
                    cursor = sent;
                }
                else if (following?.Conversation.IsSuperseded is true)
                {
                    // From a node that stops its client would have to move once more.
                    if (_drains is not null)
                    {
                        SendAway(_drains);
                    }
                    else if (!await TryMoveAsync(cancellationToken))
                    {
                        SendElsewhere();
                    }
                }
                else if (_sound.Reader.TryRead(out var sound))
                {
                    await SendSoundAsync(sound, cancellationToken);
                }
                else if (_drains is { } drains && following?.Conversation.IsBusy is not true && !(following?.Conversation.Events.Head > cursor) && _voice?.IsSpeaking is not true)
                {
                    // In this order: the end of an answer is there before its conversation is not busy any more.
                    SendAway(drains);
                }
                else
                {
                    await _bell.WaitAsync();
                }
            }
        }
        catch (Exception error) when (IsConnectionLoss(error))
        {
            // The client is gone; its turn goes on without it.
        }
        catch (Exception error)
        {
            LogConnectionFailed(_sessionId, error);
        }
        finally
        {
            Close(WebSocketCloseStatus.InternalServerError, "Something went wrong on our side.");
        }
    }


    private static bool IsConnectionLoss(Exception error) =>
        error is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException or ChannelClosedException;

    [LoggerMessage(LogLevel.Error, "Connection {SessionId} failed.")]
    private partial void LogConnectionFailed(string sessionId, Exception error);

    private sealed record CloseReason(WebSocketCloseStatus Status, string Reason);
}
