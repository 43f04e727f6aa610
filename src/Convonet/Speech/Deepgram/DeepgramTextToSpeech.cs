using System.Runtime.CompilerServices;
using Convonet.Audio;

namespace Convonet.Speech.Deepgram;

/// <summary>Deepgram's Aura voices, by our own client for its speak socket. Connections are kept for the next piece; dispose the engine to close them.</summary>
/// <remarks>Samples come without a header, and no message tells their rate: one that was not asked for is noticed by the length of the speech.</remarks>
public sealed class DeepgramTextToSpeech : ITextToSpeech, IDisposable
{
    internal const string Title = "Deepgram";

    private const int MaxIdle = 8;

    private static readonly TimeSpan ClearLimit = TimeSpan.FromSeconds(1);

    private readonly Stack<DeepgramSocket> _idle = new();
    private readonly DeepgramSpeakOptions _options;
    private readonly TimeProvider _time;
    private bool _disposed;

    /// <summary>Creates the engine; connects to nothing yet.</summary>
    /// <param name="options">Key, address and voice.</param>
    /// <param name="time">The clock; the system's by default.</param>
    public DeepgramTextToSpeech(DeepgramSpeakOptions options, TimeProvider? time = null)
    {
        (_options, _time) = (options, time ?? TimeProvider.System);
        Format = new PcmFormat(options.SampleRate);
    }

    /// <inheritdoc/>
    public string Name => "deepgram";

    /// <inheritdoc/>
    public string Voice => _options.Voice;

    /// <inheritdoc/>
    public PcmFormat Format { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var spoken = new SpokenLength(text, Format, Title);
        var (socket, audio) = await BeginAsync(text, cancellationToken);
        var isOver = false;
        try
        {
            while (audio.Length > 0)
            {
                Check(socket, () => spoken.Add(audio.Length));
                yield return audio;
                audio = await ReadAsync(socket, cancellationToken);
            }

            Check(socket, spoken.End);
            isOver = true;
        }
        finally
        {
            await GiveBackAsync(socket, isOver);
        }
    }

    /// <summary>Connects, so that the next text pays no handshake. One that fails is not an error: the text will say so.</summary>
    public async Task WarmAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            Keep(await DeepgramSocket.ConnectAsync(_options, _time, cancellationToken));
        }
        catch (SpeechException)
        {
            // As above.
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        lock (_idle)
        {
            _disposed = true;
            while (_idle.TryPop(out var socket))
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>The first audio of a text. A kept connection that turns out to be closed is replaced.</summary>
    private async Task<(DeepgramSocket Socket, ReadOnlyMemory<byte> Audio)> BeginAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            var kept = TakeKept();
            var socket = kept ?? await DeepgramSocket.ConnectAsync(_options, _time, cancellationToken);
            try
            {
                await socket.SayAsync(text, cancellationToken);
                return (socket, await socket.ReadAsync(Format.SampleRate, cancellationToken));
            }
            catch (SpeechException error) when (kept is not null && error.Kind == SpeechErrorKind.Unfinished)
            {
                socket.Dispose();
            }
            catch (OperationCanceledException)
            {
                await GiveBackAsync(socket, isOver: false);
                throw;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>A connection that speaks at another rate goes on doing so, and is not kept.</summary>
    private static void Check(DeepgramSocket socket, Action check)
    {
        try
        {
            check();
        }
        catch (SpeechException)
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(DeepgramSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReadAsync(Format.SampleRate, cancellationToken);
        }
        catch (SpeechException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a connection; one in mid-text is told to drop it first, which is quicker for the next turn than another handshake.</summary>
    private async Task GiveBackAsync(DeepgramSocket socket, bool isOver)
    {
        if (!isOver && socket.IsUsable)
        {
            using var limit = new CancellationTokenSource(ClearLimit, _time);
            try
            {
                await socket.ClearAsync(limit.Token);
                isOver = true;
            }
            catch (Exception error) when (error is SpeechException or OperationCanceledException)
            {
                // Not kept then.
            }
        }

        if (isOver)
        {
            Keep(socket);
        }
        else
        {
            socket.Dispose();
        }
    }

    private DeepgramSocket? TakeKept()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var socket))
            {
                if (socket.IsUsable)
                {
                    return socket;
                }

                socket.Dispose();
            }

            return null;
        }
    }

    private void Keep(DeepgramSocket socket)
    {
        lock (_idle)
        {
            if (!_disposed && _idle.Count < MaxIdle && socket.IsUsable)
            {
                _idle.Push(socket);
                return;
            }
        }

        socket.Dispose();
    }
}
