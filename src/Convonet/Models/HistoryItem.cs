using Convonet.Tools;

namespace Convonet.Models;

/// <summary>One entry of a conversation's history, the same for every provider.</summary>
public abstract record HistoryItem
{
    private HistoryItem()
    {
    }

    /// <summary>Its characters, as far as a model reads them.</summary>
    internal abstract long Length { get; }

    /// <summary>What the user said.</summary>
    public sealed record UserMessage(string Text) : HistoryItem
    {
        internal override long Length => Text.Length;
    }

    /// <summary>What the model said in one step: text and tool calls in the order in which they came.</summary>
    public sealed record AssistantMessage(IReadOnlyList<AssistantPart> Parts) : HistoryItem
    {
        internal override long Length => Parts.Sum(static part => part.Length);
    }

    /// <summary>The results of the calls of the <see cref="AssistantMessage"/> before it: exactly one per call, in call order.</summary>
    public sealed record ToolResults(IReadOnlyList<ToolResult> Results) : HistoryItem
    {
        internal override long Length => Results.Sum(static result => (long)result.Content.Length);
    }
}

/// <summary>One part of what a model said.</summary>
/// <param name="ProviderData">Opaque data of the provider that produced the part; other providers leave it out.</param>
public abstract record AssistantPart(ProviderData? ProviderData)
{
    /// <summary>Its characters, as far as a model reads them.</summary>
    internal long Length => (ProviderData?.Json.Length ?? 0) + this switch
    {
        Text text => text.Value.Length,
        ToolUse use => use.Call.Arguments.Length,
        _ => 0,
    };

    /// <summary>Text; may be empty when only <see cref="ProviderData"/> has to go back.</summary>
    public sealed record Text(string Value, ProviderData? ProviderData = null) : AssistantPart(ProviderData);

    /// <summary>A tool call.</summary>
    public sealed record ToolUse(ToolCall Call) : AssistantPart(Call.ProviderData);
}
