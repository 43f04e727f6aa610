using Convonet.Tools;

namespace Convonet.Models;

/// <summary>One entry of a conversation's history, the same for every provider.</summary>
public abstract record HistoryItem
{
    private HistoryItem()
    {
    }

    /// <summary>Its size as far as a model reads it, in quarters of a token (<see cref="TokenEstimate"/>).</summary>
    internal abstract long Quarters { get; }

    /// <summary>What the user said.</summary>
    public sealed record UserMessage(string Text) : HistoryItem
    {
        internal override long Quarters => TokenEstimate.QuartersOf(Text);
    }

    /// <summary>What the model said in one step: text and tool calls in the order in which they came.</summary>
    public sealed record AssistantMessage(IReadOnlyList<AssistantPart> Parts) : HistoryItem
    {
        internal override long Quarters => Parts.Sum(static part => part.Quarters);
    }

    /// <summary>The results of the calls of the <see cref="AssistantMessage"/> before it: exactly one per call, in call order.</summary>
    public sealed record ToolResults(IReadOnlyList<ToolResult> Results) : HistoryItem
    {
        internal override long Quarters => Results.Sum(static result => TokenEstimate.QuartersOf(result.Content));
    }
}

/// <summary>One part of what a model said.</summary>
/// <param name="ProviderData">Opaque data of the provider that produced the part; other providers leave it out.</param>
public abstract record AssistantPart(ProviderData? ProviderData)
{
    /// <summary>Its size as far as a model reads it, in quarters of a token.</summary>
    internal long Quarters => (ProviderData is { } data ? TokenEstimate.QuartersOf(data.Json) : 0) + this switch
    {
        Text text => TokenEstimate.QuartersOf(text.Value),
        ToolUse use => TokenEstimate.QuartersOf(use.Call.Arguments),
        _ => 0,
    };

    /// <summary>Text; may be empty when only <see cref="ProviderData"/> has to go back.</summary>
    public sealed record Text(string Value, ProviderData? ProviderData = null) : AssistantPart(ProviderData);

    /// <summary>A tool call.</summary>
    public sealed record ToolUse(ToolCall Call) : AssistantPart(Call.ProviderData);
}
