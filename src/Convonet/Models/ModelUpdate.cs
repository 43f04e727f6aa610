using Convonet.Tools;

namespace Convonet.Models;

/// <summary>One streamed piece of a model's step.</summary>
public abstract record ModelUpdate
{
    private ModelUpdate()
    {
    }

    /// <summary>A piece of the answer's text.</summary>
    /// <param name="Text">Text to append; empty when only <paramref name="ProviderData"/> arrived.</param>
    /// <param name="ProviderData">Opaque data to send back with this text, such as a thought signature.</param>
    public sealed record TextDelta(string Text, ProviderData? ProviderData = null) : ModelUpdate
    {
        /// <summary>Whether there is nothing to see in it: empty, or only white space.</summary>
        public bool IsBlank => string.IsNullOrWhiteSpace(Text);
    }

    /// <summary>The model began to ask for a tool; its arguments are not complete yet.</summary>
    public sealed record ToolCallStarted(string Id, string Name) : ModelUpdate;

    /// <summary>A piece of a call's arguments (JSON text).</summary>
    public sealed record ToolArgumentsDelta(string Id, string Json) : ModelUpdate;

    /// <summary>A call is complete and can run, though the model may still be talking.</summary>
    public sealed record ToolCallReady(ToolCall Call) : ModelUpdate;

    /// <summary>Tokens of this step so far; a later one replaces an earlier one.</summary>
    /// <param name="InputTokens">Tokens read, cached ones included.</param>
    /// <param name="OutputTokens">Tokens written, reasoning included.</param>
    /// <param name="CachedInputTokens">Part of <paramref name="InputTokens"/> that came from the provider's cache.</param>
    /// <param name="CacheWriteTokens">Part of <paramref name="InputTokens"/> that was put into the provider's cache, where that has a price of its own.</param>
    public sealed record Usage(long InputTokens, long OutputTokens, long CachedInputTokens = 0, long CacheWriteTokens = 0) : ModelUpdate;

    /// <summary>The provider's own end marker: the last update of every stream that did not throw.</summary>
    /// <param name="Reason">Why the model stopped.</param>
    /// <param name="Detail">The provider's own word for it, for logs.</param>
    public sealed record Completed(FinishReason Reason, string? Detail = null) : ModelUpdate;
}

/// <summary>Why a model stopped.</summary>
public enum FinishReason
{
    /// <summary>It had said everything.</summary>
    Stop,

    /// <summary>It waits for the results of its tool calls.</summary>
    ToolCalls,

    /// <summary>It reached the limit of output tokens; a call that was not complete is dropped.</summary>
    MaxTokens,

    /// <summary>The provider's filter stopped the prompt or the answer.</summary>
    Blocked,

    /// <summary>It produced a tool call that the provider could not read.</summary>
    MalformedToolCall,
}
