using System.Net.WebSockets;
using System.Text.Json;

namespace Convonet.Speech.Deepgram;

/// <summary>One connection to Deepgram's speak socket; it speaks one text at a time.</summary>
/// <see href="https://developers.deepgram.com/reference/text-to-speech/speak-streaming"/>
internal sealed class DeepgramSocket : IDisposable
{
    // Deepgram takes 20 flushes in 60 s, and we need one for each piece: a connection is left before it comes to that.
    // https://developers.deepgram.com/docs/tts-ws-flush
    private const int MaxFlushes = 18;

    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(45);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly TimeProvider _time;
    private Task<WebSocketReceiveResult>? _receiving;
    private long _used;
    private int _flushes;
    private bool _heard;
    private bool _wasCleared;

    private DeepgramSocket(TimeProvider time) => (_time, _used) = (time, time.GetTimestamp());

    /// <summary>Whether it can speak another text.</summary>
    public bool IsUsable => _socket.State == WebSocketState.Open && _flushes < MaxFlushes && _time.GetElapsedTime(_used) < IdleLimit;

    /// <summary>Connects.</summary>
    /// <exception cref="SpeechException">It was refused, or nobody answered.</exception>
    public static async Task<DeepgramSocket> ConnectAsync(DeepgramSpeakOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new DeepgramSocket(time);
        connection._socket.Options.CollectHttpResponseDetails = true;

        // A key from a file or the environment easily ends in a line break.
        connection._socket.Options.SetRequestHeader("Authorization", $"Token {options.ApiKey?.Trim()}");
        var address = new Uri($"{options.BaseAddress.AbsoluteUri.TrimEnd('/')}/v1/speak?model={options.Voice}&encoding=linear16&sample_rate={options.SampleRate}");
        try
        {
            await connection._socket.ConnectAsync(address, cancellationToken);
            return connection;
        }
        catch (Exception error)
        {
            var status = (int)connection._socket.HttpStatusCode;
            connection.Dispose();
            if (error is not WebSocketException)
            {
                throw;
            }

            throw status >= 400
                ? new SpeechException(SpeechException.KindOf(status), $"Deepgram answered with HTTP {status}.")
                : new SpeechException(SpeechErrorKind.Unavailable, "Deepgram cannot be reached.", error);
        }
    }

    /// <summary>Asks for a text to be spoken; then <see cref="ReadAsync"/> to its end.</summary>
    public async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        (_heard, _flushes) = (false, _flushes + 1);
        await SendAsync(JsonSerializer.SerializeToUtf8Bytes(new SpeakMessage("Speak", text), SpeakJson.Default.SpeakMessage), cancellationToken);
        await SendAsync("""{"type":"Flush"}"""u8.ToArray(), cancellationToken);
    }

    /// <summary>The next audio; empty when the text is over. The memory is valid until the next call.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(int sampleRate, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (isAudio, message) = await ReceiveAsync(cancellationToken);
            if (!isAudio)
            {
                if (IsEnd(message.Span))
                {
                    _used = _time.GetTimestamp();
                    return default;
                }
            }
            else if (message.Length > 0)
            {
                var audio = _heard ? message : PcmParts.WithoutHeader(message, sampleRate, DeepgramTextToSpeech.Title);
                _heard = true;
                if (audio.Length > 0)
                {
                    return audio;
                }
            }
        }
    }

    /// <summary>Tells Deepgram to drop what it was asked for; afterwards another text can be spoken.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await SendAsync("""{"type":"Clear"}"""u8.ToArray(), cancellationToken);
        while (true)
        {
            var (isAudio, message) = await ReceiveAsync(cancellationToken);
            if (!isAudio && TypeOf(message.Span) == "Cleared")
            {
                (_wasCleared, _used) = (true, _time.GetTimestamp());
                return;
            }
        }
    }

    /// <summary>Closes at once.</summary>
    public void Dispose()
    {
        _socket.Dispose();

        // A receive that still waited fails by this; that is expected, and observed here as nobody waits for it any more.
        _ = _receiving?.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Whether a message of Deepgram's says that the text is over.</summary>
    private bool IsEnd(ReadOnlySpan<byte> message)
    {
        switch (TypeOf(message))
        {
            case "Flushed":
                // One without sound, after a text was dropped, may be the end of the dropped one.
                var isStale = !_heard && _wasCleared;
                _wasCleared = false;
                return !isStale;
            case "Warning":
                // Its limits come as warnings, and no audio follows.
                throw new SpeechException(SpeechErrorKind.RateLimited, "Deepgram sent a warning.");
            case "Error":
                throw new SpeechException(SpeechErrorKind.Unavailable, "Deepgram sent an error.");
            default:
                return false;
        }
    }

    private static string? TypeOf(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, SpeakJson.Default.SpeakMessage)?.Type;
        }
        catch (JsonException)
        {
            throw new SpeechException(SpeechErrorKind.Protocol, "Deepgram sent something that is not JSON.");
        }
    }

    private async Task SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw Broken(error);
        }
    }

    /// <summary>A part of an audio message, or a whole other one.</summary>
    private async Task<(bool IsAudio, ReadOnlyMemory<byte> Message)> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            try
            {
                // Without the token: a receive that is cancelled breaks the connection, which is to speak again.
                _receiving ??= _socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), CancellationToken.None);
                var received = await _receiving.WaitAsync(cancellationToken);
                _receiving = null;
                length += received.Count;
                if (received.MessageType == WebSocketMessageType.Binary)
                {
                    return (true, _buffer.AsMemory(0, length));
                }

                if (received.MessageType == WebSocketMessageType.Close)
                {
                    throw Broken(null);
                }

                if (received.EndOfMessage)
                {
                    return (false, _buffer.AsMemory(0, length));
                }
            }
            catch (Exception error) when (error is WebSocketException or ObjectDisposedException)
            {
                throw Broken(error);
            }

            if (length == _buffer.Length)
            {
                throw new SpeechException(SpeechErrorKind.Protocol, "Deepgram sent a message that is too long.");
            }
        }
    }

    private SpeechException Broken(Exception? error) => new(SpeechErrorKind.Unfinished, $"Deepgram closed the connection ({(int?)_socket.CloseStatus ?? 0}).", error);
}
