using System.Net.WebSockets;

namespace Convonet.Speech.Recognition.Deepgram;

/// <summary>One connection to Deepgram's listen socket. One thread sends, one receives.</summary>
internal sealed class ListenSocket : IDisposable
{
    private const int MaxMessageBytes = 256 * 1024;

    private readonly ClientWebSocket _socket = new();
    private byte[] _buffer = new byte[8 * 1024];

    private ListenSocket()
    {
    }

    /// <summary>Connects.</summary>
    /// <exception cref="RecognitionException">It was refused, nobody answered, or not in time.</exception>
    internal static async Task<ListenSocket> ConnectAsync(DeepgramListenOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new ListenSocket();
        connection._socket.Options.CollectHttpResponseDetails = true;

        // Deepgram's own KeepAlive messages keep it open. A key from a file or the environment easily ends in a line break.
        connection._socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        connection._socket.Options.SetRequestHeader("Authorization", $"Token {options.ApiKey?.Trim()}");
        using var limit = new CancellationTokenSource(options.ConnectLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await connection._socket.ConnectAsync(options.Address, either.Token);
            return connection;
        }
        catch (Exception error)
        {
            var status = (int)connection._socket.HttpStatusCode;
            connection.Dispose();
            throw error switch
            {
                OperationCanceledException when cancellationToken.IsCancellationRequested => new OperationCanceledException(error.Message, error, cancellationToken),
                OperationCanceledException => new RecognitionException(RecognitionErrorKind.Unreachable, $"Deepgram did not answer within {options.ConnectLimit.TotalSeconds:0.#} s.", error),
                WebSocketException when status >= 400 => new RecognitionException(KindOf(status), $"Deepgram answered with HTTP {status}.", error),
                _ => new RecognitionException(RecognitionErrorKind.Unreachable, "Deepgram cannot be reached.", error),
            };
        }
    }

    internal ValueTask SendAsync(ReadOnlyMemory<byte> audio, CancellationToken cancellationToken) =>
        _socket.SendAsync(audio, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    internal ValueTask SendTextAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        _socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>The next message.</summary>
    /// <exception cref="RecognitionException">Deepgram closed the connection, or sent something that is not its protocol.</exception>
    internal async Task<ListenMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new RecognitionException(RecognitionErrorKind.Unreachable, $"Deepgram closed the connection ({(int?)_socket.CloseStatus ?? 0}).");
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return ListenMessage.Parse(_buffer.AsSpan(0, length));
            }

            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, length < MaxMessageBytes ? length * 2 : throw new RecognitionException(RecognitionErrorKind.Failed, "Deepgram sent a message that is too long."));
            }
        }
    }

    /// <summary>Closes at once.</summary>
    public void Dispose() => _socket.Dispose();

    private static RecognitionErrorKind KindOf(int status) => status switch
    {
        401 or 403 => RecognitionErrorKind.Unauthorized,
        408 or >= 500 => RecognitionErrorKind.Unreachable,
        429 => RecognitionErrorKind.Overloaded,
        _ => RecognitionErrorKind.InvalidRequest,
    };
}
