using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Transport;

namespace Convonet.Server.Cluster;

/// <summary>
/// A conversation whose owner is another node: a copy of its event log that follows the owner's, and its commands. One for all connections of this node; the copy
/// is as long as the owner's, so that a client may resume here what it began there.
/// </summary>
internal sealed partial class RemoteConversation : IConversation, IAsyncDisposable
{
    /// <summary>How long the owner may keep an answer back while a turn runs: so much without news is enough to look.</summary>
    internal static readonly TimeSpan BusyHold = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it may while nothing is to be expected.</summary>
    internal static readonly TimeSpan IdleHold = TimeSpan.FromSeconds(10);

    /// <summary>How much later than it was asked to an owner answers that lives.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(750);

    /// <summary>Between two tries to find the owner.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IConversationOwner _owner;
    private readonly Func<CancellationToken, Task<bool>> _reachesStore;
    private readonly ChatModels _models;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _following;
    private volatile bool _isSuperseded;
    private volatile bool _isDeleted;
    private volatile bool _isBusy;
    private volatile bool _isEmpty;
    private ProviderEntry _provider;
    private long _lastUsed;

    public RemoteConversation(string id, string user, OwnerPlace place, IConversationOwner owner, Func<CancellationToken, Task<bool>> reachesStore, ChatModels models, TimeProvider time, ILogger logger)
    {
        (Id, User, _owner, _reachesStore, _models, _time, _logger) = (id, user, owner, reachesStore, models, time, logger);
        (_isEmpty, _isBusy, _provider) = (place.IsEmpty, true, models.Find(place.Provider) ?? models.Default);
        _lastUsed = time.GetTimestamp();
        Events = new EventLog(place.Epoch, past: place.Past);
        using var apart = ExecutionContext.SuppressFlow();
        _following = Task.Run(FollowOwnerAsync);
    }

    public string Id { get; }

    public string User { get; }

    public EventLog Events { get; }

    public ProviderEntry Provider => Volatile.Read(ref _provider);

    public bool IsEmpty => _isEmpty;

    /// <summary>False: the turn goes on at its owner, whatever becomes of this process.</summary>
    public bool IsBusy => false;

    public bool IsSuperseded => _isSuperseded;

    public bool IsDeleted => _isDeleted;

    /// <summary>Done when it has what the owner had when it was opened, or is superseded.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>How long nobody has followed it here.</summary>
    public TimeSpan IdleTime => Events.WatcherCount > 0 ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    public IDisposable Follow(Action wake, Action? goOn = null)
    {
        Volatile.Write(ref _lastUsed, _time.GetTimestamp());
        return Events.Watch(wake, goOn);
    }

    public async Task<SubmitReply> SubmitAsync(UserInput input, CancellationToken cancellationToken = default)
    {
        var answer = await AskAsync(_owner.SubmitAsync(User, new(input.ClientMsgId, input.Text, input.IsVoice, (int)input.WhenBusy)), cancellationToken);
        if (answer.Kind == (int)SubmitKind.NotKept && await _reachesStore(cancellationToken) && await AskAsync(LeaveAsync(), cancellationToken))
        {
            // Only its owner's node does not reach the store: where the conversation goes on, the message is taken.
            Supersede();
            throw new ChannelClosedException();
        }

        _isEmpty = false;
        return new((SubmitKind)answer.Kind, answer.Turn, answer.RetryAfter);
    }

    public async Task<bool> ConfirmAsync(string callId, bool yes, CancellationToken cancellationToken = default) =>
        await AskAsync(_owner.ConfirmAsync(User, callId, yes), cancellationToken);

    public async ValueTask CancelAsync(int? turn = null, CancellationToken cancellationToken = default) =>
        await AskAsync(_owner.CancelAsync(User, turn), cancellationToken);

    public async ValueTask InterruptAsync(int turn, int heard, CancellationToken cancellationToken = default) =>
        await AskAsync(_owner.HeardAsync(User, turn, heard, stops: true), cancellationToken);

    public async ValueTask LoseAsync(int turn, int heard, CancellationToken cancellationToken = default) =>
        await AskAsync(_owner.HeardAsync(User, turn, heard, stops: false), cancellationToken);

    public void NoteUsed(int turn, IReadOnlyList<Used> used) => _owner.NoteUsedAsync(User, turn, [.. used.Select(SpeechUse.Of)]).Ignore();

    /// <summary>Nobody waits for it: a guess that does not come is no loss.</summary>
    public void Guess(string? text) => _owner.GuessAsync(User, text).Ignore();

    public async Task<bool> SetProviderAsync(string provider, CancellationToken cancellationToken = default) =>
        await AskAsync(_owner.SetProviderAsync(User, provider), cancellationToken);

    public async Task<SessionEvent.Snapshot> SnapshotAsync(CancellationToken cancellationToken = default)
    {
        var snapshot = (SessionEvent.Snapshot)EventJson.Decode(await AskAsync(_owner.SnapshotAsync(User), cancellationToken)).Event;
        if (snapshot.Epoch != Events.Epoch)
        {
            Supersede();
            throw new ChannelClosedException();
        }

        // The copy may be behind it for a moment; whoever goes on from the snapshot's number must find that number here.
        await ReachAsync(snapshot.Seq, cancellationToken);
        return snapshot;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _following;
        _end.Dispose();
    }

    /// <exception cref="ChannelClosedException">The owner does not answer, or there is none: the conversation must be looked for again.</exception>
    private async Task<T> AskAsync<T>(Task<T?> asked, CancellationToken cancellationToken)
        where T : struct =>
        await AskAsync(Boxed(asked), cancellationToken) is T answer ? answer : throw new ChannelClosedException();

    private async Task<T> AskAsync<T>(Task<T?> asked, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            if (await asked.WaitAsync(cancellationToken) is { } answer)
            {
                return answer;
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogOwnerSilent(error);
        }

        Supersede();
        throw new ChannelClosedException();
    }

    private static async Task<object?> Boxed<T>(Task<T?> asked)
        where T : struct => await asked;

    private async Task<bool?> LeaveAsync() => await _owner.LeaveAsync();

    private async Task ReachAsync(long seq, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = Events.Watch(() =>
        {
            if (_isSuperseded || Events.Head >= seq)
            {
                reached.TrySetResult();
            }
        });
        if (Events.Head < seq && !_isSuperseded)
        {
            await reached.Task.WaitAsync(IdleHold, _time, cancellationToken);
        }

        if (Events.Head < seq)
        {
            throw new ChannelClosedException();
        }
    }

    private void Supersede()
    {
        _isSuperseded = true;
        _caughtUp.TrySetResult();
        Events.Ring();
    }

    private async Task FollowOwnerAsync()
    {
        try
        {
            while (!_isSuperseded)
            {
                await ReadOnceAsync();
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            Supersede();
        }
        catch (Exception error)
        {
            // The border: a fault of ours sends the connections to look for the conversation again.
            LogFollowingFailed(error);
            Supersede();
        }
    }

    private async Task ReadOnceAsync()
    {
        var hold = !_caughtUp.Task.IsCompleted ? TimeSpan.Zero : _isBusy ? BusyHold : IdleHold;
        EventBatch? batch;
        try
        {
            batch = await _owner.ReadAsync(User, Events.Epoch, Events.Head, hold).WaitAsync(hold + Grace, _time, _end.Token);
        }
        catch (Exception error) when (!_end.IsCancellationRequested)
        {
            // Perhaps it is dead, perhaps only slow: asked again, whoever is the owner by then answers.
            LogOwnerSilent(error);
            await Task.Delay(Pause, _time, _end.Token);
            return;
        }

        if (batch is not { IsWhole: true } || batch.Epoch != Events.Epoch)
        {
            _isDeleted = batch is { IsDeleted: true };
            Supersede();
            return;
        }

        _isBusy = batch.IsBusy;
        batch.Frames.ForEach(Append);
        if (batch.Frames.Count == 0 || hold > TimeSpan.Zero)
        {
            _caughtUp.TrySetResult();
        }
    }

    private void Append(byte[] frame)
    {
        var (sessionEvent, isSame) = EventJson.FromNode(frame, _time);
        if (sessionEvent is SessionEvent.Status { Code: "provider", Provider: { } provider } && _models.Find(provider) is { } chosen)
        {
            Volatile.Write(ref _provider, chosen);
        }

        _isEmpty &= sessionEvent is not SessionEvent.Accepted;
        Events.Append(sessionEvent, isSame ? frame : null);
    }

    [LoggerMessage(LogLevel.Information, "The owner of a conversation does not answer.")]
    private partial void LogOwnerSilent(Exception error);

    [LoggerMessage(LogLevel.Error, "A conversation could not be followed.")]
    private partial void LogFollowingFailed(Exception error);
}
