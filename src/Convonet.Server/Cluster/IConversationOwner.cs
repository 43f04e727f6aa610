using Convonet.Models;

namespace Convonet.Server.Cluster;

/// <summary>The owner of one conversation, asked from another node. Its key is the conversation's id; where it is active, there the conversation is in memory.</summary>
/// <remarks>Every answer is null when this user has no such conversation there.</remarks>
[Alias("convonet.owner")]
internal interface IConversationOwner : IGrainWithStringKey
{
    /// <summary>Where the conversation is; it is loaded if it is not in memory yet.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="begins">Whether it may be new.</param>
    /// <remarks>Asked again until the caller has no time left: a node that has just died must not cost more than the others need to agree on it.</remarks>
    [ResponseTimeout("00:00:02")]
    Task<OwnerPlace?> OpenAsync(string user, bool begins);

    /// <summary>The events after a number; when there are none yet, the answer waits for them.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="epoch">Epoch of the number.</param>
    /// <param name="after">The number.</param>
    /// <param name="hold">How long the answer waits at most; the caller waits little longer than that, too.</param>
    [ResponseTimeout("00:00:15")]
    Task<EventBatch?> ReadAsync(string user, int epoch, long after, TimeSpan hold);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.SubmitAsync"/>.</summary>
    [ResponseTimeout("00:00:10")]
    Task<SubmitAnswer?> SubmitAsync(string user, Message message);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.ConfirmAsync"/>.</summary>
    [ResponseTimeout("00:00:05")]
    Task<bool?> ConfirmAsync(string user, string callId, bool yes);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.CancelAsync"/>.</summary>
    /// <returns>True.</returns>
    [ResponseTimeout("00:00:05")]
    Task<bool?> CancelAsync(string user, int? turn);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.InterruptAsync"/> and <see cref="Convonet.Conversations.IConversation.LoseAsync"/>.</summary>
    /// <returns>True.</returns>
    [ResponseTimeout("00:00:05")]
    Task<bool?> HeardAsync(string user, int turn, int heard, bool stops);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.NoteUsed"/>.</summary>
    [ResponseTimeout("00:00:05")]
    Task NoteUsedAsync(string user, int turn, List<SpeechUse> used);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.Guess"/>.</summary>
    [ResponseTimeout("00:00:05")]
    Task GuessAsync(string user, string? text);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.SetProviderAsync"/>.</summary>
    [ResponseTimeout("00:00:10")]
    Task<bool?> SetProviderAsync(string user, string provider);

    /// <summary>See <see cref="Convonet.Conversations.IConversation.SnapshotAsync"/>; as JSON.</summary>
    [ResponseTimeout("00:00:05")]
    Task<byte[]?> SnapshotAsync(string user);

    /// <summary>Another node reaches the store, and has found that this owner's node perhaps does not. Where that is so for its node too, it lets go of the conversation: it cannot keep what it shows.</summary>
    /// <returns>Whether it does.</returns>
    [ResponseTimeout("00:00:02")]
    Task<bool> LeaveAsync();

    /// <summary>Does nothing. Whoever waits for it has a place for the owner, which behind a death can take as long as the opening may.</summary>
    [ResponseTimeout("00:00:02")]
    Task PlaceAsync();

    /// <summary>See <see cref="Convonet.Conversations.IConversationDirectory.ForgetAsync"/>.</summary>
    [ResponseTimeout("00:00:10")]
    Task ForgetAsync(string user);
}

/// <summary>Where a conversation is.</summary>
/// <param name="Silo">The node.</param>
/// <param name="Epoch">Epoch of its event numbers.</param>
/// <param name="Past">Number of the last event that its log does not have any more.</param>
/// <param name="Provider">The provider of its next turn.</param>
/// <param name="IsEmpty">Whether nothing was ever said in it.</param>
[GenerateSerializer, Alias("convonet.place")]
internal sealed record OwnerPlace(string Silo, int Epoch, long Past, string Provider, bool IsEmpty)
{
    /// <summary>None: its node has no room for the conversation now.</summary>
    public static OwnerPlace Full { get; } = new("", 0, 0, "", false) { IsFull = true };

    /// <summary>Whether this is <see cref="Full"/>.</summary>
    [Id(0)]
    public bool IsFull { get; init; }
}

/// <summary>Events of a conversation, one after the other.</summary>
/// <param name="Epoch">Epoch of their numbers.</param>
/// <param name="IsWhole">Whether it follows what was asked for without a gap; where it does not, nothing is in it.</param>
/// <param name="Frames">The events in wire format.</param>
/// <param name="IsBusy">Whether more is to be expected soon.</param>
[GenerateSerializer, Alias("convonet.events")]
internal sealed record EventBatch(int Epoch, bool IsWhole, List<byte[]> Frames, bool IsBusy)
{
    /// <summary>Of a conversation that was deleted.</summary>
    public static EventBatch Deleted(int epoch) => new(epoch, false, [], false) { IsDeleted = true };

    /// <summary>Whether there will be no more, because its user deleted the conversation.</summary>
    [Id(0)]
    public bool IsDeleted { get; init; }
}

/// <summary>What a user says.</summary>
[GenerateSerializer, Alias("convonet.message")]
internal sealed record Message(string ClientMsgId, string Text, bool IsVoice, int WhenBusy);

/// <summary>What became of a message.</summary>
[GenerateSerializer, Alias("convonet.answer")]
internal sealed record SubmitAnswer(int Kind, int Turn, TimeSpan? RetryAfter);

/// <summary>What was heard or spoken.</summary>
[GenerateSerializer, Alias("convonet.speech_use")]
internal sealed record SpeechUse(int Kind, string Engine, int Calls, int UntoldCalls, long Characters, TimeSpan Sound, decimal? Cost)
{
    public static SpeechUse Of(Used used) => new((int)used.Kind, used.Provider, used.Calls, used.UntoldCalls, used.Characters, used.Sound, used.Cost);

    public Used ToUsed() => new((UsageKind)Kind, Engine, "") { Calls = Calls, UntoldCalls = UntoldCalls, Characters = Characters, Sound = Sound, Cost = Cost };
}
