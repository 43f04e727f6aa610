using System.Threading.Channels;
using Convonet.Models;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>One conversation: its history, its provider, its turns one after the other, and the numbered log of what clients are told.</summary>
/// <remarks>
/// All commands enter by one bounded queue and are carried out one at a time; the running turn goes on beside it and comes back to the
/// queue when it has ended. Clients come and go without touching the turn.
/// </remarks>
public sealed partial class Conversation : IConversation, IAsyncDisposable
{
    private const int CommandCapacity = 64;
    private const int RememberedMessages = 1000;
    private const int SnapshotTurns = 100;
    private const int SnapshotChars = 1_000_000;

    private readonly Channel<ConversationCommand> _commands = Channel.CreateBounded<ConversationCommand>(CommandCapacity);
    private readonly ConversationServices _services;
    private readonly List<TurnRecord> _turns = [];
    private readonly Queue<TurnRecord> _waiting = [];
    private readonly Dictionary<string, int> _seenIds = new(StringComparer.Ordinal);
    private readonly Queue<string> _seenOrder = [];
    private readonly Dictionary<string, int> _unsure = new(StringComparer.Ordinal);
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _keptTurns;
    private readonly Task _loop;
    private RunningTurn? _running;
    private ProviderEntry _provider;
    private int _lastTurn;
    private long _lastUsed;
    private volatile bool _isKept;

    /// <summary>Starts a conversation, or goes on with one that was kept: turns that had not ended run on.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="user">Whose it is; its tools act for nobody else.</param>
    /// <param name="services">What it needs.</param>
    /// <param name="kept">What was kept of it.</param>
    public Conversation(string id, string user, ConversationServices services, KeptConversation? kept = null)
    {
        Id = id;
        User = user;
        _services = services;
        Aside = new UsageTally(services.Prices);
        _logger = services.LoggerFactory.CreateLogger<Conversation>();
        _provider = kept is null ? services.Models.Default : services.Models.Find(kept.Provider) ?? services.Models.Default;
        _lastUsed = services.Time.GetTimestamp();
        _isKept = kept is not null;
        Events = new EventLog(kept?.Epoch ?? 1, past: kept is null ? 0 : 1);
        _keptTurns = kept?.LastTurn ?? 0;

        // Turns outlive the request that began the conversation: its trace and its log scopes are not theirs.
        using var apart = ExecutionContext.SuppressFlow();
        if (kept is not null)
        {
            Restore(kept);
        }

        _loop = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public string User { get; }

    /// <inheritdoc/>
    public EventLog Events { get; }

    /// <summary>Done when the turns that were kept unfinished have ended, or the conversation has.</summary>
    internal Task CaughtUp => _caughtUp.Task;

    /// <summary>Held while an event and what a snapshot shows of it are written, so that the two never differ.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>What is used beside the turns: by answers that were begun too early, and by summaries. The turn that ends next keeps it.</summary>
    internal UsageTally Aside { get; }

    /// <summary>What models are told of the conversation; the running turn alone touches it.</summary>
    internal List<HistoryItem> History { get; } = [];

    /// <inheritdoc/>
    public bool IsEmpty => Volatile.Read(ref _lastTurn) == 0;

    /// <inheritdoc/>
    public ProviderEntry Provider => Volatile.Read(ref _provider);

    /// <inheritdoc/>
    public bool IsBusy
    {
        get
        {
            lock (Gate)
            {
                return _turns.Exists(static turn => turn.Outcome is null);
            }
        }
    }

    /// <summary>How long nobody has been connected and no turn has run.</summary>
    public TimeSpan IdleTime => Events.WatcherCount > 0 || Volatile.Read(ref _running) is not null || FirstUnkept() is not null
        ? TimeSpan.Zero
        : _services.Time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <inheritdoc/>
    public IDisposable Follow(Action wake, Action? goOn = null) => new Follower(this, Events.Watch(wake, goOn));

    /// <summary>Makes a turn of a message; it runs when those before it have ended.</summary>
    /// <param name="clientMsgId">The client's id of the message; the same id never makes a second turn.</param>
    /// <param name="text">What the user said.</param>
    /// <param name="cancellationToken">Stops waiting for the reply.</param>
    public Task<SubmitReply> SubmitAsync(string clientMsgId, string text, CancellationToken cancellationToken = default) =>
        SubmitAsync(new UserInput(clientMsgId, text), cancellationToken);

    /// <inheritdoc/>
    public async Task<SubmitReply> SubmitAsync(UserInput input, CancellationToken cancellationToken = default)
    {
        var reply = NewReply<SubmitReply>();
        await _commands.Writer.WriteAsync(new ConversationCommand.Submit(input, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> ConfirmAsync(string callId, bool yes, CancellationToken cancellationToken = default)
    {
        var reply = NewReply<bool>();
        await _commands.Writer.WriteAsync(new ConversationCommand.Confirm(callId, yes, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask CancelAsync(int? turn = null, CancellationToken cancellationToken = default)
    {
        StopAtOnce(turn);
        return _commands.Writer.WriteAsync(new ConversationCommand.Cancel(turn), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask InterruptAsync(int turn, int heard, CancellationToken cancellationToken = default)
    {
        StopAtOnce(turn);
        return _commands.Writer.WriteAsync(new ConversationCommand.Interrupt(turn, heard, Stops: true), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask LoseAsync(int turn, int heard, CancellationToken cancellationToken = default) =>
        _commands.Writer.WriteAsync(new ConversationCommand.Interrupt(turn, heard, Stops: false), cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> SetProviderAsync(string provider, CancellationToken cancellationToken = default)
    {
        var reply = NewReply<bool>();
        await _commands.Writer.WriteAsync(new ConversationCommand.SetProvider(provider, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SessionEvent.Snapshot> SnapshotAsync(CancellationToken cancellationToken = default)
    {
        var reply = NewReply<SessionEvent.Snapshot>();
        await _commands.Writer.WriteAsync(new ConversationCommand.TakeSnapshot(reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the conversation. Where turns are kept for the next process, what runs is left to it; otherwise it is cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        _commands.Writer.TryComplete();
        await _loop;
    }

    private static TaskCompletionSource<T> NewReply<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        NoteCaughtUp();
        await foreach (var command in _commands.Reader.ReadAllAsync())
        {
            await CarryOutOrLeaveAsync(command);
            NoteCaughtUp();
        }

        _headStart?.Dispose();
        if (!_services.Store.IsDurable)
        {
            while (_waiting.TryDequeue(out var turn))
            {
                await DropAsync(turn);
            }
        }

        if (_running is { } running)
        {
            (_services.Store.IsDurable ? (Action)running.Abandon : running.Stop)();
            await running.Task;
            running.Dispose();
            _running = null;
        }

        _turns.ForEach(turn => turn.Place?.Dispose());
        _caughtUp.TrySetResult();
        await _ended.CancelAsync();
        await _tryingAgain;
        await KeepEndsAtLastAsync();

        if (_services.Usage is { } log)
        {
            // What was told to end just now, too.
            Aside.PassOn(used => log.Note(new UsageOwner(User, Id, null), tally => tally.Take(used)));
        }

        // Not waited for: a library may ignore that it was told to end.
        _services.Graph.Strays.Adopt(_summarizing, "A summary");
    }

    /// <summary>Turns run in their order.</summary>
    private void NoteCaughtUp()
    {
        if (_running is null || _running.Number > _keptTurns)
        {
            _caughtUp.TrySetResult();
        }
    }

    private async ValueTask CarryOutAsync(ConversationCommand command)
    {
        switch (command)
        {
            case ConversationCommand.Submit submit:
                submit.Reply.TrySetResult(await AcceptAsync(Unprotected.Of(submit.Input)));
                break;
            case ConversationCommand.Cancel cancel:
                await StopAsync(cancel.Turn);
                break;
            case ConversationCommand.Interrupt interrupt:
                await CutAsync(interrupt);
                break;
            case ConversationCommand.Guess guess:
                await GuessAsync(guess.Text);
                break;
            case ConversationCommand.Summarized summarized:
                await TakeSummaryAsync(summarized.Summary);
                break;
            case ConversationCommand.Confirm confirm:
                confirm.Reply.TrySetResult(_running?.Confirm(confirm.CallId, confirm.Yes) is true);
                break;
            case ConversationCommand.SetProvider set:
                await ChooseAsync(set);
                break;
            case ConversationCommand.TakeSnapshot take:
                take.Reply.TrySetResult(Snapshot());
                break;
            case ConversationCommand.TurnEnded:
                await _running!.Task;
                _running.Dispose();
                Touch();
                _running = null;
                ForgetSummarized();
                TryAgainLater();
                CutHistory();
                Summarize();
                StartNext();
                break;
        }
    }

    private SessionEvent.Snapshot Snapshot()
    {
        lock (Gate)
        {
            return new(Id, Events.Epoch, Events.Head, _provider.Name, [.. _turns.Select(turn => turn.View(_services.Time))]);
        }
    }

    /// <summary>Called by the running turn as its last act.</summary>
    internal async Task TurnEndedAsync()
    {
        try
        {
            await _commands.Writer.WriteAsync(new ConversationCommand.TurnEnded());
        }
        catch (ChannelClosedException)
        {
            // The conversation ends and waits for the turn itself.
        }
    }

    private sealed class Follower(Conversation conversation, IDisposable watch) : IDisposable
    {
        public void Dispose()
        {
            // In this order: between the two the conversation must not look as if it had been idle all the time.
            conversation.Touch();
            watch.Dispose();
        }
    }
}
