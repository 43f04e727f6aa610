namespace Convonet.Conversations;

/// <summary>What clients, and the conversation's own turn, ask of a conversation.</summary>
internal abstract record ConversationCommand
{
    private ConversationCommand()
    {
    }

    /// <summary>It will not be carried out: whoever waits for an answer is told.</summary>
    public virtual void Fail(Exception why)
    {
    }

    public sealed record Submit(UserInput Input, TaskCompletionSource<SubmitReply> Reply) : ConversationCommand
    {
        public override void Fail(Exception why) => Reply.TrySetException(why);
    }

    public sealed record Confirm(string CallId, bool Yes, TaskCompletionSource<bool> Reply) : ConversationCommand
    {
        public override void Fail(Exception why) => Reply.TrySetException(why);
    }

    public sealed record Cancel(int? Turn) : ConversationCommand;

    /// <summary>The user heard the answer only so far, and hears no more of it.</summary>
    public sealed record Interrupt(int Turn, int Heard, bool Stops) : ConversationCommand;

    /// <summary>The user is probably saying this; null when that was wrong.</summary>
    public sealed record Guess(string? Text) : ConversationCommand;

    /// <summary>The beginning of the history was summed up.</summary>
    public sealed record Summarized(KeptSummary Summary) : ConversationCommand;

    public sealed record SetProvider(string Provider, TaskCompletionSource<bool> Reply) : ConversationCommand
    {
        public override void Fail(Exception why) => Reply.TrySetException(why);
    }

    public sealed record TakeSnapshot(TaskCompletionSource<SessionEvent.Snapshot> Reply) : ConversationCommand
    {
        public override void Fail(Exception why) => Reply.TrySetException(why);
    }

    /// <summary>The running turn has written its terminal event.</summary>
    public sealed record TurnEnded : ConversationCommand;
}

/// <summary>What a user says.</summary>
/// <param name="ClientMsgId">The client's id of it; the same id never makes a second turn.</param>
/// <param name="Text">The words.</param>
/// <param name="IsVoice">Whether they were spoken, and so may have been misheard.</param>
/// <param name="WhenBusy">What is to become of it while a turn runs or waits.</param>
public sealed record UserInput(string ClientMsgId, string Text, bool IsVoice = false, WhenBusy WhenBusy = WhenBusy.Queue);

/// <summary>What becomes of a message that comes while a turn runs or waits.</summary>
public enum WhenBusy
{
    /// <summary>It waits for its turn.</summary>
    Queue,

    /// <summary>What runs and waits is cancelled as soon as the message is kept.</summary>
    Interrupt,

    /// <summary>It is not taken.</summary>
    Reject,
}

/// <summary>What became of a message.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Turn">Its turn; 0 when it was refused.</param>
/// <param name="RetryAfter">When to try again, where that is known.</param>
public readonly record struct SubmitReply(SubmitKind Kind, int Turn, TimeSpan? RetryAfter = null);

/// <summary>What can become of a message.</summary>
public enum SubmitKind
{
    /// <summary>It is a turn now, running or waiting.</summary>
    Accepted,

    /// <summary>This id was accepted before; nothing new happens.</summary>
    Duplicate,

    /// <summary>Too many messages wait already.</summary>
    Busy,

    /// <summary>A turn runs or waits, and the message was to be taken only if none does.</summary>
    TurnRunning,

    /// <summary>The process, or the user, has as many turns as it may (<see cref="AdmissionOptions"/>).</summary>
    Overloaded,

    /// <summary>It could not be kept, so it was not taken.</summary>
    NotKept,
}
