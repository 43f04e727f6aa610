using System.Text.Json;

namespace Convonet.Tools;

/// <summary>What came of a tool call. Each call has exactly one.</summary>
/// <param name="CallId">Id of the call.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Content">What the model reads: the result, or one sentence on what went wrong.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="Data">The result as JSON for clients, when the tool returned an object or an array.</param>
/// <param name="Limit">The time limit that ended it, for <see cref="ToolOutcome.Timeout"/>.</param>
public sealed record ToolResult(
    string CallId,
    string Name,
    ToolOutcome Outcome,
    string Content,
    TimeSpan Elapsed,
    JsonElement? Data = null,
    TimeSpan? Limit = null)
{
    /// <summary>What the model reads of a call that acts outside the store and of which nobody knows how it ended.</summary>
    public const string PerhapsDone = "It is not known whether it took effect. Do not repeat it.";

    /// <summary>Whether the model must be told that this is an error.</summary>
    public bool IsError => Outcome != ToolOutcome.Ok;

    /// <summary>The result of a call of which no result is there.</summary>
    public static ToolResult NotKnown(ToolCall call) => new(call.Id, call.Name, ToolOutcome.Unknown, "It is not known what came of this call.", TimeSpan.Zero);

    /// <summary>The result of a call that asked once more for what this one did.</summary>
    public ToolResult RepeatedAs(ToolCall call) => this with { CallId = call.Id, Content = $"Already done in this turn, not done again: {Content}", Elapsed = TimeSpan.Zero };
}

/// <summary>How a tool call ended.</summary>
public enum ToolOutcome
{
    /// <summary>It returned a result.</summary>
    Ok,

    /// <summary>It could not run, or failed.</summary>
    Error,

    /// <summary>Its own limit or the turn's limit fired.</summary>
    Timeout,

    /// <summary>The user stopped the turn, or did not allow the call.</summary>
    Cancelled,

    /// <summary>It was started, and it is not known whether it took effect. It is not tried again.</summary>
    Unknown,
}
