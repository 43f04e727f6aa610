namespace Convonet.Server.Transport.SocketIo;

/// <summary>Asks a client whether it is still there, and knows by its answers what it has got. Safe for several threads.</summary>
/// <remarks>A client answers each ping in its order, behind all that was sent before: so the answer says that this has come.</remarks>
internal sealed class SocketIoHeart : IDisposable
{
    private static readonly byte[] PingMessage = [EngineIo.Ping];

    /// <summary>Pings that are not answered yet: one in its time, and some that asked whether an answer has come.</summary>
    private const int MostOpen = 4;

    private readonly Lock _lock = new();
    private readonly SocketIoOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<byte[]> _send;
    private readonly Action _dead;
    private readonly Queue<SocketIoOffset> _written = [];
    private readonly ITimer _timer;
    private TaskCompletionSource? _asked;
    private SocketIoOffset _sent;
    private int _open;

    /// <summary>Begins to beat.</summary>
    /// <param name="from">Where the client is as it connects.</param>
    /// <param name="options">How often, and how long an answer may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="send">Sends a ping; never waits.</param>
    /// <param name="dead">There was no answer in time.</param>
    public SocketIoHeart(SocketIoOffset from, SocketIoOptions options, TimeProvider time, Action<byte[]> send, Action dead)
    {
        (_options, _time, _send, _dead) = (options, time, send, dead);
        _sent = Confirmed = from;
        _timer = time.CreateTimer(_ => Beat(), null, options.PingInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The last event that the client is known to have; of a conversation that it asked for itself nothing is known until then.</summary>
    public SocketIoOffset Confirmed { get; private set; }

    /// <summary>An event of a conversation is on its way.</summary>
    public void Sent(SocketIoOffset offset)
    {
        lock (_lock)
        {
            _sent = offset;
            if (Confirmed == default)
            {
                // It follows the conversation from its beginning.
                Confirmed = new(offset.Epoch, 0);
            }
        }
    }

    /// <summary>The client follows another conversation: what it has of that one is not known.</summary>
    public void StartOver()
    {
        lock (_lock)
        {
            (_sent, Confirmed) = (SocketIoOffset.Unknown, SocketIoOffset.Unknown);
            for (var i = _written.Count; i > 0; i--)
            {
                _written.Dequeue();
                _written.Enqueue(SocketIoOffset.Unknown);
            }
        }
    }

    /// <summary>A ping is on its way.</summary>
    public void Written()
    {
        lock (_lock)
        {
            _written.Enqueue(_sent);
        }
    }

    /// <summary>Asks whether all has come that was sent.</summary>
    public void Ask()
    {
        lock (_lock)
        {
            if (_open < MostOpen)
            {
                _open++;
                _timer.Change(_options.PingTimeout, Timeout.InfiniteTimeSpan);
                _send(PingMessage);
            }
        }
    }

    /// <summary>The client has answered.</summary>
    public void Pong()
    {
        lock (_lock)
        {
            if (_written.TryDequeue(out var had))
            {
                Confirmed = had;
                if (--_open == 0)
                {
                    _timer.Change(_options.PingInterval, Timeout.InfiniteTimeSpan);
                }
            }

            _asked?.TrySetResult();
            _asked = null;
        }
    }

    /// <summary>Whether the client answers within this time.</summary>
    public async Task<bool> AnswersAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        Task answer;
        lock (_lock)
        {
            _asked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            answer = _asked.Task.WaitAsync(within, _time, cancellationToken);
            Ask();
        }

        try
        {
            await answer;
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        lock (_lock)
        {
            if (_open == 0)
            {
                Ask();
                return;
            }
        }

        _dead();
    }
}

/// <summary>Where a client is in its conversation: the protocol's recovery offset.</summary>
/// <param name="Epoch">The epoch of the numbers.</param>
/// <param name="Seq">The number of an event.</param>
internal readonly record struct SocketIoOffset(int Epoch, long Seq)
{
    private const int LongestConversation = 64;

    /// <summary>No event that was ever numbered.</summary>
    public static readonly SocketIoOffset Unknown = new(-1, 0);

    /// <summary>As it is written.</summary>
    public override string ToString() => $"{Epoch}.{Seq}";

    /// <summary>As a client is told it: with the conversation, so that any process finds that again, now or after a restart, for whoever it belongs to.</summary>
    public string In(string? conversation) => conversation is null ? ToString() : $"{this}.{conversation}";

    /// <summary>Reads what a client was told; the beginning of no conversation when it is nothing of the kind.</summary>
    public static (SocketIoOffset Offset, string? Conversation) Read(string? text)
    {
        var parts = text?.Split('.', 3) ?? [];
        return parts is [var epoch, var seq, ..] && int.TryParse(epoch, out var number) && long.TryParse(seq, out var last) && number >= 0 && last >= 0
            ? (new(number, last), parts is [_, _, { Length: > 0 and <= LongestConversation } conversation] && !conversation.Any(char.IsControl) ? conversation : null)
            : default;
    }
}
