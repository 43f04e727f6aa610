using System.Net.WebSockets;
using System.Threading.Channels;
using Convonet.Conversations;

namespace Convonet.Client;

/// <summary>One connection. What is said is queued, up to a bound; what comes is read by its owner.</summary>
internal sealed class Link : IAsyncDisposable
{
    private const int MostQueued = 512;

    /// <summary>Messages of the microphone, 2 s of it: sound that the network cannot keep up with would only come later and later.</summary>
    private const int MostSound = 100;

    private const int UsualLength = 16 * 1024;

    /// <summary>Between fragments of a recording the socket can say that it lives.</summary>
    private const int FragmentBytes = 64 * 1024;

    private readonly Channel<(ReadOnlyMemory<byte> Message, WebSocketMessageType Type)> _queue =
        Channel.CreateBounded<(ReadOnlyMemory<byte>, WebSocketMessageType)>(new BoundedChannelOptions(MostQueued) { SingleReader = true });

    private readonly CancellationTokenSource _ended = new();
    private readonly WebSocket _socket;
    private readonly int _mostBytes;
    private readonly Task _sending;
    private byte[] _buffer = new byte[UsualLength];
    private volatile bool _isUploading;

    public Link(WebSocket socket, int mostBytes)
    {
        _socket = socket;
        _mostBytes = mostBytes;
        _sending = SendQueueAsync();
    }

    /// <summary>Queues an event. A connection that takes so little that the queue is full is cut; what is lost with it is said again on the next.</summary>
    public void Send(ClientEvent said)
    {
        if (!_queue.Writer.TryWrite((ClientEventJson.Encode(said), WebSocketMessageType.Text)))
        {
            _socket.Abort();
        }
    }

    /// <summary>Queues an event, and a binary message right behind it, which must not change any more.</summary>
    public void Send(ClientEvent said, ReadOnlyMemory<byte> bytes)
    {
        Send(said);
        if (!_queue.Writer.TryWrite((bytes, WebSocketMessageType.Binary)))
        {
            _socket.Abort();
        }
    }

    /// <summary>Whether a message is on its way that may take long.</summary>
    public bool IsUploading => _isUploading;

    /// <summary>Queues sound, which must not change any more.</summary>
    /// <returns>False when it is dropped, because too much waits.</returns>
    public bool TrySendSound(ReadOnlyMemory<byte> pcm) => _queue.Reader.Count < MostSound && _queue.Writer.TryWrite((pcm, WebSocketMessageType.Binary));

    /// <summary>The next message; of a closing server, an empty one of type <see cref="WebSocketMessageType.Close"/>.</summary>
    /// <returns>The message, which holds until the next call.</returns>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    /// <exception cref="IOException">The message is larger than allowed.</exception>
    public async ValueTask<(WebSocketMessageType Type, ReadOnlyMemory<byte> Bytes)> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_buffer.Length > 64 * UsualLength)
        {
            _buffer = new byte[UsualLength];
        }

        for (var length = 0; ;)
        {
            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, length < _mostBytes ? Math.Min(2 * length, _mostBytes) : throw new IOException($"The server sent a message of more than {_mostBytes} bytes."));
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += read.Count;
            if (read.EndOfMessage)
            {
                return (read.MessageType, _buffer.AsMemory(0, length));
            }
        }
    }

    /// <summary>Sends what is queued and closes; the server's answer ends <see cref="ReceiveAsync"/>.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_socket.State == WebSocketState.Open)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.CancelAsync().ConfigureAwait(false);
        _socket.Abort();
        await _sending.ConfigureAwait(false);
        _socket.Dispose();
        _ended.Dispose();
    }

    /// <summary>Never throws: when it ends early the connection is cut, which its reader notices.</summary>
    private async Task SendQueueAsync()
    {
        try
        {
            await foreach (var (message, type) in _queue.Reader.ReadAllAsync(_ended.Token).ConfigureAwait(false))
            {
                var rest = message;
                for (_isUploading = rest.Length > FragmentBytes; rest.Length > FragmentBytes; rest = rest[FragmentBytes..])
                {
                    await _socket.SendAsync(rest[..FragmentBytes], type, endOfMessage: false, _ended.Token).ConfigureAwait(false);
                }

                await _socket.SendAsync(rest, type, endOfMessage: true, _ended.Token).ConfigureAwait(false);
                _isUploading = false;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            _queue.Writer.TryComplete();
            _socket.Abort();
        }
    }
}
