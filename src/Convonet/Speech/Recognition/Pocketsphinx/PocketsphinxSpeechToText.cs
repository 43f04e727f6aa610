using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>
/// Recognition without a network, by pocketsphinx in this process. It is meant for one's own machine: it hears few voices at a time, and a person's
/// less well than the cloud engines do.
/// </summary>
/// <remarks>
/// Each decoder has a thread of its own, which takes one utterance after another from the line of sessions that have audio. A session whose sender
/// is silent for <see cref="PocketsphinxOptions.IdleLimit"/> leaves its decoder to the next; so push audio only while somebody speaks, with a little of
/// what was before. At most <see cref="MaxWaiting"/> sessions wait.
/// </remarks>
public sealed partial class PocketsphinxSpeechToText : ISpeechToText, IAsyncDisposable
{
    internal const int MaxWaiting = 256;

    private readonly PocketsphinxOptions _options;
    private readonly ILogger<PocketsphinxSpeechToText> _logger;
    private readonly TimeProvider _time;
    private readonly Channel<PocketsphinxSession> _line = Channel.CreateBounded<PocketsphinxSession>(MaxWaiting);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<PocketsphinxSession> _sessions = [];
    private readonly Lock _lock = new();
    private Thread[]? _threads;
    private bool _isDisposed;

    /// <summary>Creates the engine. Its models are loaded when the first session is opened.</summary>
    /// <param name="options">Where the models are, and how many decoders.</param>
    /// <param name="logger">Hears of decoders that fail.</param>
    /// <param name="time">The clock of the idle limit; the system's by default.</param>
    public PocketsphinxSpeechToText(PocketsphinxOptions options, ILogger<PocketsphinxSpeechToText> logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        (_options, _logger, _time) = (options, logger, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public string Name => "pocketsphinx";

    /// <inheritdoc/>
    public bool StreamsPartials => true;

    /// <inheritdoc/>
    public TimeSpan LongestClipPart => TimeSpan.FromSeconds(5);

    /// <summary>What to install before it can run here; null when nothing is missing.</summary>
    public static string? WhatIsMissing(PocketsphinxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var isThere = HasLibrary(PocketsphinxNative.Decoder) && HasLibrary(PocketsphinxNative.Base) && Directory.Exists(options.AcousticModel)
            && File.Exists(options.LanguageModel) && File.Exists(options.Dictionary);
        return isThere ? null : "pocketsphinx is not installed: apt-get install pocketsphinx pocketsphinx-en-us";
    }

    /// <inheritdoc/>
    public async Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default)
    {
        if (WhatIsMissing(_options) is { } missing)
        {
            throw new RecognitionException(RecognitionErrorKind.NotInstalled, missing);
        }

        StartThreads();
        try
        {
            await _loaded.Task.WaitAsync(_options.LoadLimit, _time, cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new RecognitionException(RecognitionErrorKind.Failed, $"pocketsphinx did not load within {_options.LoadLimit.TotalSeconds:0} s.", error);
        }

        var session = new PocketsphinxSession(this, _options.IdleLimit, _time);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _sessions.Add(session);
        }

        return session;
    }

    /// <summary>Ends the sessions that are open, and the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        PocketsphinxSession[] open;
        lock (_lock)
        {
            _isDisposed = true;
            open = [.. _sessions];
        }

        _line.Writer.TryComplete();
        foreach (var session in open)
        {
            session.Fail(new RecognitionException(RecognitionErrorKind.Failed, "The recogniser was shut down."));
        }

        // A frame is decoded in milliseconds; only the loading of a model takes longer.
        await Task.Run(() => Array.ForEach(_threads ?? [], thread => thread.Join(_options.LoadLimit)));
    }

    /// <summary>Puts a session with audio in line.</summary>
    /// <exception cref="RecognitionException">The line is full.</exception>
    internal void Decode(PocketsphinxSession session)
    {
        if (!_line.Writer.TryWrite(session) && !_isDisposed)
        {
            throw new RecognitionException(RecognitionErrorKind.Overloaded, $"More than {MaxWaiting} voices wait for a decoder.");
        }
    }

    internal void Forget(PocketsphinxSession session)
    {
        lock (_lock)
        {
            _sessions.Remove(session);
        }
    }

    private void StartThreads()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_threads is null)
            {
                _threads = [.. Enumerable.Range(0, _options.Decoders).Select(number => new Thread(Run) { IsBackground = true, Name = $"pocketsphinx {number}" })];
                Array.ForEach(_threads, thread => thread.Start());
            }
        }
    }

    /// <summary>One decoder's life. A decoder that failed is made anew; the session that it failed in has failed too.</summary>
    private void Run()
    {
        PocketsphinxDecoder? decoder = null;
        try
        {
            decoder = new PocketsphinxDecoder(_options);
            _loaded.TrySetResult();
            while (TakeNext() is { } session)
            {
                try
                {
                    decoder ??= new PocketsphinxDecoder(_options);
                    session.Decode(decoder);
                    if (session.StaysInLine())
                    {
                        Decode(session);
                    }
                }
                catch (RecognitionException failure)
                {
                    LogDecodingFailed(failure);
                    session.Fail(failure);
                    decoder?.Dispose();
                    decoder = null;
                }
            }
        }
        catch (RecognitionException failure)
        {
            _loaded.TrySetException(failure);
        }
        finally
        {
            decoder?.Dispose();
        }
    }

    /// <summary>Waits for a session; null when the engine is disposed.</summary>
    private PocketsphinxSession? TakeNext()
    {
        while (_line.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (_line.Reader.TryRead(out var session))
            {
                return session;
            }
        }

        return null;
    }

    private static bool HasLibrary(string name)
    {
        if (!NativeLibrary.TryLoad(name, typeof(PocketsphinxNative).Assembly, null, out var library))
        {
            return false;
        }

        NativeLibrary.Free(library);
        return true;
    }

    [LoggerMessage(LogLevel.Error, "A pocketsphinx decoder failed and is loaded anew.")]
    private partial void LogDecodingFailed(RecognitionException error);
}
