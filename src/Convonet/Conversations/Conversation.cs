using System.Threading.Channels;
using Convonet.Agents;
using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>One conversation: its history, its provider, its turns one after the other, and the numbered log of what clients are told.</summary>
/// <remarks>
/// All commands enter by one bounded queue and are carried out one at a time; the running turn goes on beside it and comes back to the
/// queue when it has ended. Clients come and go without touching the turn.
/// </remarks>
public sealed class Conversation : IAsyncDisposable
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
    private readonly Task _loop;
    private RunningTurn? _running;
    private ProviderEntry _provider;
    private int _lastTurn;
    private long _lastUsed;

    /// <summary>Starts a conversation.</summary>
    public Conversation(string id, ConversationServices services)
    {
        Id = id;
        _services = services;
        _provider = services.Models.Default;
        _lastUsed = services.Time.GetTimestamp();

        // Turns outlive the request that began the conversation: its trace and its log scopes are not theirs.
        using var apart = ExecutionContext.SuppressFlow();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Unguessable: whoever knows it may follow the conversation.</summary>
    public string Id { get; }

    /// <summary>What clients are told.</summary>
    public EventLog Events { get; } = new();

    /// <summary>What a restart of the newest turn needs.</summary>
    public InMemoryTurnJournal Journal { get; } = new();

    /// <summary>Held while an event and what a snapshot shows of it are written, so that the two never differ.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>What models are told of the conversation; the running turn alone touches it.</summary>
    internal List<HistoryItem> History { get; } = [];

    /// <summary>The provider of the next turn.</summary>
    public ProviderEntry Provider => Volatile.Read(ref _provider);

    /// <summary>How long nobody has been connected and no turn has run.</summary>
    public TimeSpan IdleTime => Events.WatcherCount > 0 || Volatile.Read(ref _running) is not null
        ? TimeSpan.Zero
        : _services.Time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>Calls <paramref name="wake"/> after each event, until the result is disposed; the conversation is in use meanwhile.</summary>
    /// <param name="wake">Must be quick, must not throw, and must not use the conversation.</param>
    public IDisposable Follow(Action wake) => new Follower(this, Events.Watch(wake));

    /// <summary>Makes a turn of a message; it runs when those before it have ended.</summary>
    /// <param name="clientMsgId">The client's id of the message; the same id never makes a second turn.</param>
    /// <param name="text">What the user said.</param>
    /// <param name="cancellationToken">Stops waiting for the reply.</param>
    public async Task<SubmitReply> SubmitAsync(string clientMsgId, string text, CancellationToken cancellationToken = default)
    {
        var reply = NewReply<SubmitReply>();
        await _commands.Writer.WriteAsync(new ConversationCommand.Submit(clientMsgId, text, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Stops the running turn at once.</summary>
    /// <param name="turn">Only this turn, running or waiting; null stops the running one.</param>
    /// <param name="cancellationToken">Stops waiting for a place in the queue.</param>
    public ValueTask CancelAsync(int? turn = null, CancellationToken cancellationToken = default) =>
        _commands.Writer.WriteAsync(new ConversationCommand.Cancel(turn), cancellationToken);

    /// <summary>Chooses the provider of the turns that begin after it.</summary>
    /// <returns>False when there is no such provider.</returns>
    public async Task<bool> SetProviderAsync(string provider, CancellationToken cancellationToken = default)
    {
        var reply = NewReply<bool>();
        await _commands.Writer.WriteAsync(new ConversationCommand.SetProvider(provider, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The conversation as it stands: its newest turns, and the number of the last event that they contain.</summary>
    public async Task<SessionEvent.Snapshot> SnapshotAsync(CancellationToken cancellationToken = default)
    {
        var reply = NewReply<SessionEvent.Snapshot>();
        await _commands.Writer.WriteAsync(new ConversationCommand.TakeSnapshot(reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Cancels what runs and ends the conversation.</summary>
    public async ValueTask DisposeAsync()
    {
        _commands.Writer.TryComplete();
        await _loop;
    }

    private static TaskCompletionSource<T> NewReply<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        await foreach (var command in _commands.Reader.ReadAllAsync())
        {
            await CarryOutAsync(command);
        }

        while (_waiting.TryDequeue(out var turn))
        {
            Drop(turn);
        }

        if (_running is { } running)
        {
            running.Stop();
            await running.Task;
            running.Dispose();
        }
    }

    private async ValueTask CarryOutAsync(ConversationCommand command)
    {
        switch (command)
        {
            case ConversationCommand.Submit submit:
                submit.Reply.TrySetResult(Accept(submit));
                break;
            case ConversationCommand.Cancel cancel:
                Stop(cancel.Turn);
                break;
            case ConversationCommand.SetProvider set:
                set.Reply.TrySetResult(Choose(set.Provider));
                break;
            case ConversationCommand.TakeSnapshot take:
                take.Reply.TrySetResult(Snapshot());
                break;
            case ConversationCommand.TurnEnded:
                await _running!.Task;
                _running.Dispose();
                Touch();
                _running = null;
                StartNext();
                break;
        }
    }

    private SubmitReply Accept(ConversationCommand.Submit submit)
    {
        if (_seenIds.TryGetValue(submit.ClientMsgId, out var known))
        {
            return new(SubmitKind.Duplicate, known);
        }

        if (_waiting.Count >= _services.Options.MaxWaitingMessages)
        {
            return new(SubmitKind.Busy, 0);
        }

        var turn = new TurnRecord(++_lastTurn, submit.ClientMsgId, submit.Text);
        Remember(turn);
        lock (Gate)
        {
            ForgetOldTurns();
            _turns.Add(turn);
            Events.Append(new SessionEvent.Accepted(turn.ClientMsgId, turn.Number, turn.User, _provider.Name, Id));
        }

        _waiting.Enqueue(turn);
        StartNext();
        return new(SubmitKind.Accepted, turn.Number);
    }

    /// <summary>Bounds what a snapshot shows. Only turns that have ended go, so nothing that is still told is forgotten.</summary>
    private void ForgetOldTurns()
    {
        var length = _turns.Sum(turn => (long)turn.Length);
        while (_turns is [{ Outcome: not null } oldest, ..] && (_turns.Count >= SnapshotTurns || length > SnapshotChars))
        {
            length -= oldest.Length;
            _turns.RemoveAt(0);
        }
    }

    private void Remember(TurnRecord turn)
    {
        _seenIds.Add(turn.ClientMsgId, turn.Number);
        _seenOrder.Enqueue(turn.ClientMsgId);
        if (_seenOrder.Count > RememberedMessages)
        {
            _seenIds.Remove(_seenOrder.Dequeue());
        }
    }

    private void StartNext()
    {
        if (_running is null && _waiting.TryDequeue(out var turn))
        {
            _running = new RunningTurn(this, _services, turn, _provider);
        }
    }

    private void Stop(int? number)
    {
        if (number is null || number == _running?.Number)
        {
            _running?.Stop();
        }
        else if (_waiting.FirstOrDefault(turn => turn.Number == number) is { } dropped)
        {
            var others = _waiting.Where(turn => turn != dropped).ToArray();
            _waiting.Clear();
            Array.ForEach(others, _waiting.Enqueue);
            Drop(dropped);
        }
    }

    /// <summary>Ends a turn that never began.</summary>
    private void Drop(TurnRecord turn)
    {
        lock (Gate)
        {
            new TurnEvents(Events, turn, _services.Models, _services.Time).EndUnstarted(_provider.Model);
        }
    }

    private SessionEvent.Snapshot Snapshot()
    {
        lock (Gate)
        {
            return new(Id, Events.Epoch, Events.Head, _provider.Name, [.. _turns.Select(turn => turn.View())]);
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

    private void Touch() => Volatile.Write(ref _lastUsed, _services.Time.GetTimestamp());

    private bool Choose(string provider)
    {
        if (_services.Models.Find(provider) is not { } found)
        {
            return false;
        }

        Volatile.Write(ref _provider, found);
        Events.Append(new SessionEvent.Status("provider", $"{ProviderTitle.Of(found.Name)} answers from now on.", Provider: found.Name));
        return true;
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
