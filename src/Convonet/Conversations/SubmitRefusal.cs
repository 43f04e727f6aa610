namespace Convonet.Conversations;

/// <summary>What a client is told of a message that was not taken.</summary>
public static class SubmitRefusal
{
    /// <summary>The error event; null when the message was taken, now or before.</summary>
    /// <param name="reply">What became of it.</param>
    /// <param name="clientMsgId">The client's id of it.</param>
    public static SessionEvent.Refused? Refusal(this SubmitReply reply, string clientMsgId) => reply.Kind switch
    {
        SubmitKind.Busy => new("busy", "Too many messages wait already. Please wait for an answer.", clientMsgId),
        SubmitKind.TurnRunning => new("turn_running", "The answer before is not finished, so this message was not taken.", clientMsgId),
        SubmitKind.Overloaded => new("overloaded", "Too many answers are under way, so this was not taken. Please try again in a moment.", clientMsgId, (long?)reply.RetryAfter?.TotalMilliseconds),
        SubmitKind.NotKept => new("storage_unavailable", "This could not be kept, so it was not taken. Please send it again in a moment.", clientMsgId),
        _ => null,
    };
}
