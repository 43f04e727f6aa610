namespace Convonet.Conversations;

/// <summary>What clients, and the conversation's own turn, ask of a conversation.</summary>
internal abstract record ConversationCommand
{
    private ConversationCommand()
    {
    }

    public sealed record Submit(UserInput Input, TaskCompletionSource<SubmitReply> Reply) : ConversationCommand;

    public sealed record Confirm(string CallId, bool Yes, TaskCompletionSource<bool> Reply) : ConversationCommand;

    public sealed record Cancel(int? Turn) : ConversationCommand;

    /// <summary>The user heard the answer only so far, and hears no more of it.</summary>
    public sealed record Interrupt(int Turn, int Heard, bool Stops) : ConversationCommand;

    public sealed record SetProvider(string Provider, TaskCompletionSource<bool> Reply) : ConversationCommand;

    public sealed record TakeSnapshot(TaskCompletionSource<SessionEvent.Snapshot> Reply) : ConversationCommand;

    /// <summary>The running turn has written its terminal event.</summary>
    public sealed record TurnEnded : ConversationCommand;
}

/// <summary>What a user says.</summary>
/// <param name="ClientMsgId">The client's id of it; the same id never makes a second turn.</param>
/// <param name="Text">The words.</param>
/// <param name="IsVoice">Whether they were spoken, and so may have been misheard.</param>
public sealed record UserInput(string ClientMsgId, string Text, bool IsVoice = false);

/// <summary>What became of a message.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Turn">Its turn; 0 when it was refused.</param>
public readonly record struct SubmitReply(SubmitKind Kind, int Turn);

/// <summary>What can become of a message.</summary>
public enum SubmitKind
{
    /// <summary>It is a turn now, running or waiting.</summary>
    Accepted,

    /// <summary>This id was accepted before; nothing new happens.</summary>
    Duplicate,

    /// <summary>Too many messages wait already.</summary>
    Busy,

    /// <summary>It could not be kept, so it was not taken.</summary>
    NotKept,
}
