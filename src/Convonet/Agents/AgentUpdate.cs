using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>One thing that happened in a turn, in the order in which it happened.</summary>
public abstract record AgentUpdate
{
    private AgentUpdate()
    {
    }

    /// <summary>Text to append to the answer.</summary>
    public sealed record TextDelta(string Text) : AgentUpdate;

    /// <summary>The model is writing a call; its arguments are not complete.</summary>
    public sealed record ToolAsked(string CallId, string Name) : AgentUpdate;

    /// <summary>A call is complete and starts. Exactly one <see cref="ToolFinished"/> follows.</summary>
    public sealed record ToolStarted(ToolCall Call) : AgentUpdate;

    /// <summary>A running tool tells how it is getting on; without a message the user has just allowed it to run.</summary>
    public sealed record ToolProgress(string CallId, string Name, string? Message) : AgentUpdate;

    /// <summary>A call waits for the user's yes.</summary>
    /// <param name="Call">The call; it has not started.</param>
    /// <param name="Limit">How long it waits. Without an answer it is not run.</param>
    public sealed record ToolConfirmation(ToolCall Call, TimeSpan Limit) : AgentUpdate;

    /// <summary>A call ended.</summary>
    public sealed record ToolFinished(ToolResult Result) : AgentUpdate;

    /// <summary>Something worth telling the user that is not part of the answer.</summary>
    /// <param name="Code">What it is.</param>
    /// <param name="Message">A sentence for people.</param>
    /// <param name="Provider">The provider that works on the turn from now on.</param>
    public sealed record Status(StatusCode Code, string Message, string Provider) : AgentUpdate;

    /// <summary>The last update of every turn, whatever happened.</summary>
    /// <param name="Outcome">How the turn ended.</param>
    /// <param name="Error">What went wrong, for people; null when nothing did or the user stopped it.</param>
    /// <param name="Model">The model that spoke last.</param>
    /// <param name="Usage">Tokens of all model calls of the turn.</param>
    public sealed record Completed(TurnOutcome Outcome, TurnError? Error, IChatModel Model, ModelUpdate.Usage Usage) : AgentUpdate;
}

/// <summary>Kinds of <see cref="AgentUpdate.Status"/>.</summary>
public enum StatusCode
{
    /// <summary>Nothing reached the user for a while; the turn goes on.</summary>
    Waiting,

    /// <summary>The same provider is asked again.</summary>
    Retrying,

    /// <summary>Another provider takes over.</summary>
    Fallback,
}
