using System.Net.Sockets;
using System.Net.WebSockets;

namespace Convonet.Client;

/// <summary>One connection after the other.</summary>
public sealed partial class ConvonetClient
{
    /// <summary>A connection that lasted this long makes the next wait short again.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);

    private ConnectionState _state = ConnectionState.Closed;
    private Link? _link;

    /// <summary>Ends the connection, or the attempt, when what is awaited does not come.</summary>
    private CancellationTokenSource? _deadline;

    /// <summary>Ends the wait for the next attempt.</summary>
    private TaskCompletionSource? _waiting;

    private long _connectedAt;
    private long _goneAt;
    private TimeSpan _staysAway;

    /// <summary>Runs until the client is closed, or the server does not let it in.</summary>
    private async Task RunAsync()
    {
        Exception? end = null;
        try
        {
            while (true)
            {
                await WaitAsync(await ConnectOnceAsync().ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client was closed.
        }
        catch (Exception error)
        {
            // The border: whoever reads the events gets it.
            end = error;
        }

        _events.Writer.TryComplete(end);
        _speech.Writer.TryComplete(end);
        Enter(new(ConnectionState.Closed, Error: end));
    }

    /// <summary>Connects and stays as long as that lasts.</summary>
    /// <returns>What went wrong; null when the server closed, or said that it would.</returns>
    private async Task<Exception?> ConnectOnceAsync()
    {
        try
        {
            await ServeAsync().ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return _staysAway > TimeSpan.Zero ? null : new TimeoutException("The server did not answer in time.");
        }
        catch (Exception error) when (error is WebSocketException or IOException or SocketException or HttpRequestException && !_stop.IsCancellationRequested)
        {
            return error;
        }
        catch (ConvonetException error) when (error.IsOfAddress && (_connected is not null || _hadSession))
        {
            // The server was there, perhaps for the program before this one, so it is whatever stands in front of it that answers meanwhile.
            return error;
        }
        finally
        {
            _stop.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task ServeAsync()
    {
        using var deadline = new CancellationTokenSource(AnswerTime, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, deadline.Token);
        Enter(new(ConnectionState.Connecting));
        var accessToken = _options.AccessToken is null ? null : await _options.AccessToken(either.Token).ConfigureAwait(false);
        var link = new Link(await _options.OpenAsync(_options.Address, accessToken, either.Token).ConfigureAwait(false), _options.MaxMessageBytes);
        try
        {
            lock (_gate)
            {
                (_link, _deadline) = (link, deadline);
            }

            while (await link.ReceiveAsync(either.Token).ConfigureAwait(false) is { Type: not WebSocketMessageType.Close } message)
            {
                if (message.Type == WebSocketMessageType.Binary)
                {
                    TakeSpeech(message.Bytes);
                }
                else
                {
                    await TakeAsync(message.Bytes).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                (_link, _deadline, _isAsking) = (null, null, false);
                _resend.Clear();
            }

            await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits before the next attempt: for longer each time, and never shorter than the server has asked for. Clients that are sent away together do not come back together.</summary>
    private async Task WaitAsync(Exception? error)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TimeSpan wait;
        lock (_gate)
        {
            if (_state == ConnectionState.Online && _options.Time.GetElapsedTime(_connectedAt) >= Steady)
            {
                _backOff.Reset();
            }

            wait = _backOff.Next() + StaysAway();
            _waiting = woken;
        }

        var over = Task.Delay(wait, _options.Time, either.Token);
        Enter(new(ConnectionState.Waiting, wait, error));
        try
        {
            await Task.WhenAny(over, woken.Task).ConfigureAwait(false);
            _stop.Token.ThrowIfCancellationRequested();
        }
        finally
        {
            lock (_gate)
            {
                _waiting = null;
                _staysAway = TimeSpan.Zero;
            }

            await either.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What is left of the time for which the server does not want to be asked.</summary>
    private TimeSpan StaysAway()
    {
        var left = _staysAway - _options.Time.GetElapsedTime(_goneAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Probe()
    {
        if (_state == ConnectionState.Waiting && StaysAway() == TimeSpan.Zero)
        {
            _waiting?.TrySetResult();
        }
        else if (_state == ConnectionState.Online && !_isAsking && _link is not { IsUploading: true })
        {
            AskForMissed(ProbeTime);
        }
    }

    private void Expect(TimeSpan limit) => _deadline?.CancelAfter(limit);

    private void Enter(ConnectionStatus status)
    {
        lock (_gate)
        {
            _state = status.State;
        }

        ConnectionChanged?.Invoke(this, status);
    }
}
