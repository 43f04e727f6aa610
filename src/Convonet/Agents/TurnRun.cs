using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Convonet.Models;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.Logging;

namespace Convonet.Agents;

/// <summary>Something that happened while a turn runs: from a model attempt, from the tools, or a bare wake-up (null).</summary>
internal readonly record struct Signal(object? Source, object? Payload);

/// <summary>What a running turn's nodes share: the one inbox that everything enters by, the time limits, the text so far.</summary>
/// <remarks>
/// The nodes read the inbox one signal at a time, so the turn is single-threaded whatever runs beside it. Time limits and the user's
/// cancel set a flag and wake the reader; a flag cannot be lost in a full inbox, as a message could.
/// </remarks>
internal sealed class TurnRun : IDisposable
{
    /// <summary>Bounds what a model or the tools may be ahead of the turn; past it they wait.</summary>
    private const int InboxCapacity = 256;

    /// <summary>Characters from which on text that waits is a piece of its own.</summary>
    private const int MostTogether = 4_000;

    private readonly Channel<Signal> _inbox = Channel.CreateBounded<Signal>(new BoundedChannelOptions(InboxCapacity) { SingleReader = true });
    private readonly Bell _bell = new();
    private readonly StringBuilder _together = new();
    private readonly SilenceTimer _watchdog;
    private readonly PausableTimer _execution;
    private readonly PausableTimer? _textCompletion;
    private readonly CancellationTokenRegistration _cancellation;
    private int _said;
    private volatile bool _cancelled;
    private volatile bool _expired;
    private volatile bool _textExpired;
    private volatile bool _userHearsNothing;

    public TurnRun(AgentTurn turn, AgentOptions options, TimeProvider time, StrayTasks strays, ILogger logger, CancellationToken cancellationToken)
    {
        Turn = turn;
        Text = new StringBuilder(turn.Shown);
        _said = Text.Length;
        Options = options;
        Time = time;
        Strays = strays;
        Logger = logger;
        _watchdog = new SilenceTimer(time, options.Watchdog, () => { _userHearsNothing = true; Wake(); });
        _execution = new PausableTimer(time, options.Execution, () => { _expired = true; Wake(); });
        if (options.TextCompletion > options.Execution)
        {
            _textCompletion = new PausableTimer(time, options.TextCompletion, () => { _textExpired = true; Wake(); });
        }

        _cancellation = cancellationToken.Register(() => { _cancelled = true; Wake(); });
    }

    public AgentTurn Turn { get; }

    public AgentOptions Options { get; }

    public TimeProvider Time { get; }

    public StrayTasks Strays { get; }

    public ILogger Logger { get; }

    /// <summary>Whether something waits to be taken.</summary>
    public bool HasSignals => _inbox.Reader.Count > 0;

    /// <summary>All text shown in this turn.</summary>
    public StringBuilder Text { get; }

    /// <summary>Whether a model has said more than a turn may have of text.</summary>
    public bool IsFull { get; private set; }

    public ModelUpdate.Usage Usage { get; private set; } = new(0, 0);

    /// <summary>The user stopped the turn.</summary>
    public bool IsCancelled => _cancelled;

    /// <summary>The execution limit has passed: nothing starts any more.</summary>
    public bool IsExpired => _expired;

    /// <summary>Not even text that flows may go on.</summary>
    public bool IsTextExpired => _textExpired || (_expired && _textCompletion is null);

    /// <summary>
    /// The next signal. Also returns, with an empty signal, when a flag was raised. Text that waits behind text of the same source comes with it: what has to wait
    /// costs one event, one frame and one place in the log together, and what could go at once is never held.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Signal> NextAsync()
    {
        Signal signal;
        while (!_inbox.Reader.TryRead(out signal))
        {
            await _bell.WaitAsync();
        }

        return signal.Payload is ModelUpdate.TextDelta { ProviderData: null } && IsFollowed(signal.Source) ? Together(signal) : signal;
    }

    /// <summary>Takes the next signal if it is there and tells of a call of this source.</summary>
    public bool TryTakeCall(object source, out Signal signal)
    {
        signal = default;
        return _inbox.Reader.TryPeek(out var next) && next.Source == source && next.Payload is ModelUpdate.ToolCallStarted or ModelUpdate.ToolCallReady && _inbox.Reader.TryRead(out signal);
    }

    /// <summary>Wakes the reader so that it looks at the flags. A full inbox needs no wake-up: its reader is on the way.</summary>
    public void Wake()
    {
        _inbox.Writer.TryWrite(default);
        _bell.Ring();
    }

    /// <summary>Leaves a signal; when the inbox is full it waits for room.</summary>
    /// <exception cref="ChannelClosedException">The turn has ended.</exception>
    public ValueTask PostAsync(Signal signal, CancellationToken cancellationToken)
    {
        var posted = _inbox.Writer.WriteAsync(signal, cancellationToken);
        _bell.Ring();
        return posted;
    }

    /// <summary>Leaves a signal if there is room.</summary>
    public void TryPost(Signal signal)
    {
        _inbox.Writer.TryWrite(signal);
        _bell.Ring();
    }

    /// <summary>Leaves a signal if there is room, and does not wake the reader yet: <see cref="GoOn"/> has to follow, or another signal.</summary>
    /// <returns>Whether there was.</returns>
    public bool TryLeave(Signal signal) => _inbox.Writer.TryWrite(signal);

    /// <summary>The turn goes on with what was left for it, within this call where it waits for that.</summary>
    public void GoOn() => _bell.RingHere();

    /// <summary>Waits, unless the turn ends before; whatever else arrives meanwhile belongs to no one any more.</summary>
    public async ValueTask DelayAsync(TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            return;
        }

        var over = false;
        using var timer = new SilenceTimer(Time, delay, () =>
        {
            Volatile.Write(ref over, true);
            Wake();
        });
        while (!Volatile.Read(ref over) && !_cancelled && !_expired)
        {
            await NextAsync();
        }
    }

    /// <summary>The user got something.</summary>
    public void UserHeard()
    {
        if (_userHearsNothing)
        {
            _userHearsNothing = false;
            _watchdog.Restart();
        }
        else
        {
            _watchdog.Touch();
        }
    }

    /// <summary>Whether a status is due because the user got nothing for a while; counts anew when it is.</summary>
    public bool TakeWatchdog()
    {
        if (!_userHearsNothing)
        {
            return false;
        }

        _userHearsNothing = false;
        _watchdog.Restart();
        return true;
    }

    /// <summary>The turn's time stands still until the result is disposed: a person thinks.</summary>
    public IDisposable StopTheClock()
    {
        var execution = _execution.Pause();
        var text = _textCompletion?.Pause();
        return new Pauses(execution, text);
    }

    /// <summary>What is taken of a piece of text, also of one that shows nothing: all, or as much as the turn may still have.</summary>
    public ModelUpdate.TextDelta Bounded(ModelUpdate.TextDelta delta)
    {
        var room = Math.Max(0, Options.MaxTextLength - _said);
        _said += Math.Min(room, delta.Text.Length);
        if (delta.Text.Length <= room)
        {
            return delta;
        }

        // Half a character cannot be sent, and a provider wants its data back with the whole text only.
        IsFull = true;
        return new(delta.Text[..(room > 0 && char.IsHighSurrogate(delta.Text[room - 1]) ? room - 1 : room)]);
    }

    /// <summary>A model call of the turn has ended.</summary>
    /// <param name="kind">What it was for.</param>
    /// <param name="model">The model.</param>
    /// <param name="call">What is known of it.</param>
    public void Add(UsageKind kind, IChatModel model, CallUse call)
    {
        Turn.Usage.Add(kind, model, call);
        if (call.Told is { } usage)
        {
            Usage = new(
                Usage.InputTokens + usage.InputTokens,
                Usage.OutputTokens + usage.OutputTokens,
                Usage.CachedInputTokens + usage.CachedInputTokens,
                Usage.CacheWriteTokens + usage.CacheWriteTokens);
        }
    }

    /// <summary>What the tools of this turn may know.</summary>
    public ToolContext ContextOf(CallKey key, ToolCall call, Action<string> report) =>
        new(call, Turn.Conversation, Turn.Number, report) { Key = key, Ledger = Turn.Journal };

    /// <summary>Stops the timers; whoever still writes to the inbox is told that nobody reads it.</summary>
    public void Dispose()
    {
        _cancellation.Dispose();
        _watchdog.Dispose();
        _execution.Dispose();
        _textCompletion?.Dispose();
        _inbox.Writer.TryComplete();
    }

    /// <summary>Whether plain text of this source waits.</summary>
    private bool IsFollowed(object? source) =>
        _inbox.Reader.TryPeek(out var next) && next.Source == source && next.Payload is ModelUpdate.TextDelta { ProviderData: null };

    private Signal Together(Signal first)
    {
        _together.Clear().Append(((ModelUpdate.TextDelta)first.Payload!).Text);
        while (_together.Length < MostTogether && IsFollowed(first.Source) && _inbox.Reader.TryRead(out var next))
        {
            _together.Append(((ModelUpdate.TextDelta)next.Payload!).Text);
        }

        return first with { Payload = new ModelUpdate.TextDelta(_together.ToString()) };
    }

    private sealed class Pauses(IDisposable execution, IDisposable? text) : IDisposable
    {
        public void Dispose()
        {
            execution.Dispose();
            text?.Dispose();
        }
    }
}
