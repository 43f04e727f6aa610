using Convonet.Conversations;
using Convonet.Server.Transport;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Convonet.Server.Cluster;

/// <summary>Answers for the conversation, which is in this node's memory. On its own node nobody asks here: connections there use the conversation itself.</summary>
/// <remarks>It is active at one node at a time as far as the cluster can tell; that two nodes never write is the fence's work, in the store.</remarks>
[Reentrant, PreferLocalPlacement]
internal sealed class ConversationOwner(LocalConversationDirectory directory, ILocalSiloDetails silo, TimeProvider time) : Grain, IConversationOwner
{
    /// <summary>What a batch may have beyond its first event, so that no answer is larger than what a connection may queue.</summary>
    private const int BatchBytes = 128 * 1024;

    /// <summary>How often it is looked whether the conversation is still in memory.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(2);

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(static (owner, _) => owner.StayAsync(), this, new GrainTimerCreationOptions(Look, Look) { Interleave = true });
        return Task.CompletedTask;
    }

    /// <summary>The conversation may begin elsewhere now, so it ends here.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => directory.ReleaseAsync(Id);

    public async Task<OwnerPlace?> OpenAsync(string user, bool begins)
    {
        var found = await directory.FindAsync(Id, user);
        if (found is null && begins)
        {
            found = await directory.StartAsync(Id, user);
        }

        return found is null ? null : new(silo.SiloAddress.ToParsableString(), found.Events.Epoch, found.Events.Past, found.Provider.Name, found.IsEmpty);
    }

    public async Task<EventBatch?> ReadAsync(string user, int epoch, long after, TimeSpan hold)
    {
        if (await directory.FindAsync(Id, user) is not { } conversation)
        {
            return null;
        }

        var log = conversation.Events;
        if (log.Epoch != epoch || !log.Reaches(after))
        {
            return new EventBatch(log.Epoch, false, [], conversation.IsBusy);
        }

        await AwaitNewsAsync(conversation, after, hold);
        return conversation.IsSuperseded ? null : new EventBatch(epoch, log.Reaches(after), Frames(log, after), conversation.IsBusy);
    }

    public async Task<SubmitAnswer?> SubmitAsync(string user, Message message) =>
        await directory.FindAsync(Id, user) is { } conversation
            && await conversation.SubmitAsync(new UserInput(message.ClientMsgId, message.Text, message.IsVoice, (WhenBusy)message.WhenBusy)) is var reply
            ? new((int)reply.Kind, reply.Turn, reply.RetryAfter)
            : null;

    public async Task<bool?> ConfirmAsync(string user, string callId, bool yes) =>
        await directory.FindAsync(Id, user) is { } conversation ? await conversation.ConfirmAsync(callId, yes) : null;

    public async Task<bool?> CancelAsync(string user, int? turn)
    {
        if (await directory.FindAsync(Id, user) is not { } conversation)
        {
            return null;
        }

        await conversation.CancelAsync(turn);
        return true;
    }

    public async Task<bool?> HeardAsync(string user, int turn, int heard, bool stops)
    {
        if (await directory.FindAsync(Id, user) is not { } conversation)
        {
            return null;
        }

        await (stops ? conversation.InterruptAsync(turn, heard) : conversation.LoseAsync(turn, heard));
        return true;
    }

    public async Task GuessAsync(string user, string? text) => (await directory.FindAsync(Id, user))?.Guess(text);

    public async Task<bool?> SetProviderAsync(string user, string provider) =>
        await directory.FindAsync(Id, user) is { } conversation ? await conversation.SetProviderAsync(provider) : null;

    public async Task<byte[]?> SnapshotAsync(string user) =>
        await directory.FindAsync(Id, user) is { } conversation ? EventJson.Encode(await conversation.SnapshotAsync()) : null;

    public Task ForgetAsync(string user) => directory.ForgetAsync(Id, user);

    private async Task AwaitNewsAsync(Conversation conversation, long after, TimeSpan hold)
    {
        var news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var follower = conversation.Follow(() => news.TrySetResult());
        if (conversation.Events.Head > after || conversation.IsSuperseded)
        {
            return;
        }

        try
        {
            await news.Task.WaitAsync(hold, time);
        }
        catch (TimeoutException)
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
