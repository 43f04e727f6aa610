using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Convonet.Speech.Recognition.Deepgram;

/// <summary>The speech of one connection on Deepgram's listen socket; the socket may break and is made anew, with the audio that was not settled.</summary>
internal sealed partial class DeepgramSession : IRecognitionSession
{
    /// <summary>Deepgram closes a connection after 10 s without a message, and asks for one every 3 to 5 s.</summary>
    /// <see href="https://developers.deepgram.com/docs/audio-keep-alive"/>
    internal static readonly TimeSpan KeepAliveAfter = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly DeepgramListenOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TranscriptFeed _feed = new();
    private readonly ReplayBuffer _audio = new();
    private readonly HeardUtterances _heard;
    private readonly Lock _lock = new();
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _tick;
    private readonly Task _running;
    private int _reconnects;
    private long _answeredAt;
    private long _unanswered;
    private long _sent;
    private volatile bool _isClosing;

    /// <summary>Goes on from an open connection.</summary>
    internal DeepgramSession(ListenSocket socket, DeepgramListenOptions options, ILogger logger, TimeProvider time)
    {
        (_options, _logger, _time) = (options, logger, time);
        _heard = new HeardUtterances(_feed, _audio);
        _tick = time.CreateTimer(static session => ((DeepgramSession)session!).OnTick(), this, Tick, Tick);
        _running = Task.Run(() => RunAsync(socket));
    }

    public void Push(ReadOnlyMemory<byte> audio, TimeSpan position)
    {
        RecognitionLimits.Check(audio.Span);
        _feed.ThrowIfFailed();
        lock (_lock)
        {
            _audio.Add(audio, position);
        }

        _changed.Writer.TryWrite(true);
    }

    public int FinishUtterance()
    {
        _feed.ThrowIfFailed();
        int finished;
        lock (_lock)
        {
            finished = _heard.Finish(_time.GetTimestamp(), _audio.End - _sent);
        }

        _changed.Writer.TryWrite(true);
        return finished;
    }

    public IAsyncEnumerable<Transcript> ReadAsync(CancellationToken cancellationToken = default) => _feed.ReadAsync(cancellationToken);

    /// <summary>Says goodbye to Deepgram, for at most a second.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        _changed.Writer.TryWrite(true);
        _feed.Complete();
        try
        {
            await _running.WaitAsync(CloseLimit, _time);
        }
        catch (TimeoutException)
        {
            await _stop.CancelAsync();
            await _running;
        }

        await _tick.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>The connections, one after another. It never throws: the reader gets the failure.</summary>
    private async Task RunAsync(ListenSocket socket)
    {
        try
        {
            while (true)
            {
                // Also one that is there only now that the session ends: it is told goodbye, and given back.
                using (socket)
                {
                    await ServeAsync(socket);
                }

                if (_isClosing)
                {
                    return;
                }

                socket = await ReconnectAsync();
            }
        }
        catch (RecognitionException failure)
        {
            _feed.Complete(failure);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Sends and receives until the connection breaks, or the session is disposed.</summary>
    private async Task ServeAsync(ListenSocket socket)
    {
        long first;
        lock (_lock)
        {
            _sent = first = _audio.Begin;
            _heard.Reconnected();
            (_answeredAt, _unanswered) = (_time.GetTimestamp(), 0);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task[] both = [SendAllAsync(socket, first, end.Token), ReceiveAllAsync(socket, first, end.Token)];
        var ended = await Task.WhenAny(both);
        await end.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var error = ended.Exception?.GetBaseException();
        if (error is RecognitionException { Kind: RecognitionErrorKind.Failed })
        {
            throw error;
        }

        if (!_isClosing)
        {
            LogConnectionBroke(error?.Message);
        }
    }

    /// <summary>Sends the audio from an offset on, tells Deepgram where utterances end, and keeps the connection open when there is no audio.</summary>
    private async Task SendAllAsync(ListenSocket socket, long offset, CancellationToken cancellationToken)
    {
        var sentAt = _time.GetTimestamp();
        while (!_isClosing)
        {
            switch (NextToSend(offset, out var audio))
            {
                case Sending.Audio:
                    sentAt = _time.GetTimestamp();
                    await socket.SendAsync(audio, cancellationToken);
                    offset += audio.Length;
                    break;
                case Sending.Finalize:
                    sentAt = _time.GetTimestamp();
                    await socket.SendTextAsync("""{"type":"Finalize"}"""u8.ToArray(), cancellationToken);
                    break;
                default:
                    if (_time.GetElapsedTime(sentAt) >= KeepAliveAfter)
                    {
                        await socket.SendTextAsync("""{"type":"KeepAlive"}"""u8.ToArray(), cancellationToken);
                        sentAt = _time.GetTimestamp();
                    }

                    await _changed.Reader.ReadAsync(cancellationToken);
                    break;
            }
        }

        await socket.SendTextAsync("""{"type":"CloseStream"}"""u8.ToArray(), cancellationToken);
    }

    private Sending NextToSend(long offset, out ReadOnlyMemory<byte> audio)
    {
        lock (_lock)
        {
            audio = default;
            if (_unanswered >= RecognitionLimits.BytesPerSecond && _time.GetElapsedTime(_answeredAt) >= _options.SilenceLimit)
            {
                throw new RecognitionException(RecognitionErrorKind.Unreachable, $"Deepgram said nothing about the audio for {_options.SilenceLimit.TotalSeconds:0} s.");
            }

            if (_heard.NextFinalize <= offset)
            {
                _heard.FinalizeSent(_time.GetTimestamp());
                return Sending.Finalize;
            }

            if (offset < _audio.Begin)
            {
                throw new RecognitionException(RecognitionErrorKind.Unreachable, "Deepgram did not take the audio of an utterance in time.");
            }

            if (!_audio.TryGet(offset, out audio))
            {
                return Sending.Nothing;
            }

            _answeredAt = _unanswered == 0 ? _time.GetTimestamp() : _answeredAt;
            _unanswered += audio.Length;
            _sent = offset + audio.Length;
            return Sending.Audio;
        }
    }

    private async Task ReceiveAllAsync(ListenSocket socket, long first, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await socket.ReceiveAsync(cancellationToken);
            lock (_lock)
            {
                if (message.Type == "Results")
                {
                    _heard.Hear(message, first);
                    _reconnects = 0;
                    _unanswered = 0;
                }
            }
        }
    }

    private async Task<ListenSocket> ReconnectAsync()
    {
        while (true)
        {
            if (_reconnects >= _options.MaxReconnects)
            {
                throw new RecognitionException(RecognitionErrorKind.Unreachable, $"Deepgram was connected to {_reconnects + 1} times without an answer.");
            }

            var pause = FirstPause * Math.Pow(2, _reconnects);
            _reconnects++;
            await Task.Delay(pause, _time, _stop.Token);
            try
            {
                return await ListenSocket.ConnectAsync(_options, _time, _stop.Token);
            }
            catch (RecognitionException failure) when (failure.Kind is RecognitionErrorKind.Unreachable or RecognitionErrorKind.Overloaded)
            {
                LogConnectionBroke(failure.Message);
            }
        }
    }

    private void OnTick()
    {
        int late;
        lock (_lock)
        {
            late = _heard.CloseOverdue((since, more) => _time.GetElapsedTime(since) >= _options.FinalLimit + more);
        }

        if (late > 0)
        {
            LogFinalLate(_options.FinalLimit);
        }

        _changed.Writer.TryWrite(true);
    }

    private enum Sending
    {
        Nothing,
        Audio,
        Finalize,
    }

    [LoggerMessage(LogLevel.Warning, "The connection to Deepgram broke; what was not settled is sent again. {Reason}")]
    private partial void LogConnectionBroke(string? reason);

    [LoggerMessage(LogLevel.Warning, "Deepgram gave no last transcript within {Limit}; what was heard until then counts.")]
    private partial void LogFinalLate(TimeSpan limit);
}
