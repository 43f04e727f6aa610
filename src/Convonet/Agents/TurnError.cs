using Convonet.Models;

namespace Convonet.Agents;

/// <summary>Why a turn did not succeed, for people.</summary>
/// <param name="Code">A fixed word for programs.</param>
/// <param name="Message">A sentence for people; never an exception's text.</param>
/// <param name="Retryable">Whether asking again may help.</param>
public sealed record TurnError(string Code, string Message, bool Retryable)
{
    internal static readonly TurnError Blocked = new("blocked", "The model's safety filter stopped this answer.", false);
    internal static readonly TurnError Stalled = new("stalled", "The model fell silent in the middle of its answer. Please try again.", true);
    internal static readonly TurnError NoAnswer = new("stalled", "The model did not answer in time. Please try again.", true);
    internal static readonly TurnError TimedOut = new("timed_out", "This took too long, so I stopped. Please try again, perhaps in smaller steps.", true);
    internal static readonly TurnError EmptyAnswer = new("empty_answer", "The model gave no answer. Please try again.", true);
    internal static readonly TurnError CutOff = new("truncated", "The answer was cut off before it could begin. Please ask for less at once.", true);
    internal static readonly TurnError MalformedToolCall = new("malformed_tool_call", "The model got tangled up while using a tool. Please try again.", true);
    internal static readonly TurnError NotKept = new("storage_unavailable", "Your answer could not be kept. Please try again in a moment.", true);
    internal static readonly TurnError Interrupted = new("interrupted", "The server stopped several times while it worked on this. Please ask again.", true);
    internal static readonly TurnError BudgetSpent = new("budget_spent", "You have used up what there is for today. It begins anew tomorrow.", false);
    internal static readonly TurnError Internal = new("internal", "Something went wrong on our side. Please try again.", true);

    /// <summary>What people are told of a provider's failure.</summary>
    internal static TurnError Of(ModelErrorKind kind) => kind switch
    {
        ModelErrorKind.Unreachable => new("unreachable", "The assistant's model cannot be reached right now. Please try again in a moment.", true),
        ModelErrorKind.Unauthorized => new("unauthorized", "The assistant's model refused its key. Please tell whoever runs this server.", false),
        ModelErrorKind.InvalidRequest => new("invalid_request", "The model did not accept the request. A new conversation may help.", false),
        ModelErrorKind.RateLimited => new("rate_limited", "The assistant gets too many questions right now. Please try again in a moment.", true),
        ModelErrorKind.Overloaded => new("overloaded", "The assistant is overloaded right now. Please try again in a moment.", true),
        ModelErrorKind.ServerError => new("provider_error", "The assistant's model failed. Please try again.", true),
        ModelErrorKind.Unfinished => new("unfinished", "The answer broke off. Please try again.", true),
        _ => new("provider_error", "The assistant's model sent something unreadable. Please try again.", true),
    };
}
