using Convonet.Conversations;
using Convonet.Server.Transport;
using Orleans.Concurrency;

namespace Convonet.Server.Cluster;

/// <summary>Answers for the conversation, which is in this node's memory. On its own node nobody asks here: connections there use the conversation itself.</summary>
/// <remarks>
/// It is active at one node at a time as far as the cluster can tell; that two nodes never write is the fence's work, in the store. What it does runs on the thread pool: work that is bound to an
/// activation ends with it, wherever it stands, and would keep for ever what it held.
/// </remarks>
[Reentrant, OwnerPlacement]
internal sealed class ConversationOwner(LocalConversationDirectory directory, NodeLease lease, MembershipChanges changes, ILocalSiloDetails silo, IHostApplicationLifetime lifetime, TimeProvider time) : Grain, IConversationOwner
{
    /// <summary>What a batch may have beyond its first event, so that no answer is larger than what a connection may queue.</summary>
    private const int BatchBytes = 128 * 1024;

    /// <summary>How often it is looked whether the conversation is still in memory.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(2);

    /// <summary>How long a conversation that is let go of because nothing can be kept here may take to end, before another node goes on with it: what is late is refused by the fence.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether it was told to let go of the conversation: until it has, nobody is to find that here.</summary>
    private volatile bool _leaves;

    private TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(static (owner, _) => owner.StayAsync(), this, new GrainTimerCreationOptions(Look, Look) { Interleave = true });
        return Task.CompletedTask;
    }

    /// <summary>The conversation may begin elsewhere now, so it ends here.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var id = Id;
        var released = Task.Run(() => directory.ReleaseAsync(id), CancellationToken.None);
        return lease.IsOver ? Task.WhenAny(released, Task.Delay(EndsWithin, time, CancellationToken.None)) : released;
    }

    public Task<OwnerPlace?> OpenAsync(string user, bool begins)
    {
        var id = Id;
        return Task.Run(async () =>
        {
            if (!begins && lease.IsOver && (_leaves || !directory.Holds(id)))
            {
                // A node that reaches the store goes on with it, and not this one.
                MigrateOnIdle();
                throw new InvalidOperationException("This node does not reach the store.");
            }

            Conversation? found;
            try
            {
                found = await directory.FindAsync(id, user);
            }
            catch (DirectoryFullException)
            {
                return OwnerPlace.Full;
            }

            if (found is null && begins)
            {
                found = await directory.StartAsync(id, user);
            }

            return found is null ? null
                : await LeavesAsync(found) ? throw new InvalidOperationException("This node stops; the conversation is free for another.")
                : new OwnerPlace(silo.SiloAddress.ToParsableString(), found.Events.Epoch, found.Events.Past, found.Provider.Name, found.IsEmpty);
        });
    }

    public Task<EventBatch?> ReadAsync(string user, int epoch, long after, TimeSpan hold) => WithAsync<EventBatch?>(user, null, async conversation =>
    {
        var log = conversation.Events;
        if (log.Epoch != epoch || !log.Reaches(after))
        {
            return new EventBatch(log.Epoch, false, [], conversation.IsBusy);
        }

        var left = Volatile.Read(ref _leaving).Task;
        if (_leaves && lease.IsOver)
        {
            return null;
        }

        await AwaitNewsAsync(conversation, after, left, hold);
        var leaves = left.IsCompleted || (log.Head == after && await LeavesAsync(conversation));
        return conversation.IsDeleted ? EventBatch.Deleted(epoch) : leaves || conversation.IsSuperseded ? null : new EventBatch(epoch, log.Reaches(after), Frames(log, after), conversation.IsBusy);
    });

    public Task<SubmitAnswer?> SubmitAsync(string user, Message message) => WithAsync<SubmitAnswer?>(user, null, async conversation =>
    {
        if (await LeavesAsync(conversation))
        {
            return null;
        }

        var submitting = conversation.SubmitAsync(new UserInput(message.ClientMsgId, message.Text, message.IsVoice, (WhenBusy)message.WhenBusy));
        do
        {
            await Task.WhenAny(submitting, Task.Delay(EndsWithin, time));
        }
        while (!submitting.IsCompleted && !lease.IsOver);

        // A node that does not reach the store need not wait for all its limits to say so. Should it be kept all the same, it is found by its id when it comes again.
        submitting.Ignore();
        var reply = submitting.IsCompleted ? await submitting : new SubmitReply(SubmitKind.NotKept, 0);
        return new((int)reply.Kind, reply.Turn, reply.RetryAfter);
    });

    public Task<bool?> ConfirmAsync(string user, string callId, bool yes) =>
        WithAsync<bool?>(user, null, async conversation => await conversation.ConfirmAsync(callId, yes));

    public Task<bool?> CancelAsync(string user, int? turn) => WithAsync<bool?>(user, null, async conversation =>
    {
        await conversation.CancelAsync(turn);
        return true;
    });

    public Task<bool?> HeardAsync(string user, int turn, int heard, bool stops) => WithAsync<bool?>(user, null, async conversation =>
    {
        await (stops ? conversation.InterruptAsync(turn, heard) : conversation.LoseAsync(turn, heard));
        return true;
    });

    public Task NoteUsedAsync(string user, int turn, List<SpeechUse> used) => WithAsync(user, false, conversation =>
    {
        conversation.NoteUsed(turn, [.. used.Select(static one => one.ToUsed())]);
        return Task.FromResult(true);
    });

    public Task GuessAsync(string user, string? text) => WithAsync(user, false, conversation =>
    {
        conversation.Guess(text);
        return Task.FromResult(true);
    });

    public Task<bool?> SetProviderAsync(string user, string provider) =>
        WithAsync<bool?>(user, null, async conversation => await conversation.SetProviderAsync(provider));

    public Task<byte[]?> SnapshotAsync(string user) =>
        WithAsync<byte[]?>(user, null, async conversation => EventJson.Encode(await conversation.SnapshotAsync()));

    public Task<bool> LeaveAsync()
    {
        if (!lease.IsOver)
        {
            return Task.FromResult(false);
        }

        _leaves = true;
        MigrateOnIdle();

        // Held reads would keep it here.
        Interlocked.Exchange(ref _leaving, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return Task.FromResult(true);
    }

    public Task PlaceAsync() => Task.CompletedTask;

    public Task ForgetAsync(string user)
    {
        var id = Id;
        return Task.Run(() => directory.ForgetAsync(id, user));
    }

    private Task<T> WithAsync<T>(string user, T none, Func<Conversation, Task<T>> use)
    {
        var id = Id;
        return Task.Run(async () => await FindAsync(id, user) is { } conversation ? await use(conversation) : none);
    }

    /// <summary>Where there is no room for it any more, whoever follows it has to look for it again.</summary>
    private async Task<Conversation?> FindAsync(string id, string user)
    {
        try
        {
            return await directory.FindAsync(id, user);
        }
        catch (DirectoryFullException)
        {
            return null;
        }
    }

    /// <summary>A node that stops keeps what runs, and lets go of what does not: it goes on at whatever node asks for it.</summary>
    private async Task<bool> LeavesAsync(Conversation conversation)
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested || conversation.IsBusy)
        {
            return false;
        }

        await directory.ReleaseAsync(conversation.Id);

        // Not only ended: whoever still believes it here would have it begin here again, and find no way out of that.
        MigrateOnIdle();
        return true;
    }

    /// <summary>Whoever waits is told at once when the node stops, another one goes, or this one lets go of the conversation: an answer that is kept back then would keep the activation from leaving, and with it all who look for the conversation.</summary>
    private async Task AwaitNewsAsync(Conversation conversation, long after, Task left, TimeSpan hold)
    {
        var (stopping, changed) = (lifetime.ApplicationStopping, changes.Next);
        if (stopping.IsCancellationRequested)
        {
            (stopping, hold) = (CancellationToken.None, RemoteConversation.BusyHold);
        }
        else if (changes.AreRecent && hold > RemoteConversation.BusyHold)
        {
            hold = RemoteConversation.BusyHold;
        }

        var news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var follower = conversation.Follow(() => news.TrySetResult());
        if (conversation.Events.Head > after || conversation.IsSuperseded)
        {
            return;
        }

        try
        {
            await Task.WhenAny(news.Task, left, changed).WaitAsync(hold, time, stopping);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            // No news is an answer too: the owner lives.
        }
    }

    private List<byte[]> Frames(EventLog log, long after)
    {
        List<byte[]> frames = [];
        for (var bytes = 0; bytes < BatchBytes && log.TryReadAfter(after, out var logged); after++)
        {
            frames.Add(EventJson.ForNode(logged, log.Epoch, time));
            bytes += frames[^1].Length;
        }

        return frames;
    }

    private Task StayAsync()
    {
        if (directory.Holds(Id))
        {
            DelayDeactivation(2 * Look);
        }

        return Task.CompletedTask;
    }
}
