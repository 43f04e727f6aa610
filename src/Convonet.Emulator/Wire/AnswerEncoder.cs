using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Wire;

/// <summary>Turns one answer into one provider's events. An encoder serves one answer and keeps what it said for the closing events.</summary>
internal abstract class AnswerEncoder(Prompt prompt)
{
    private int _outputCharacters;

    /// <summary>Comment or event that keeps the connection alive and says nothing.</summary>
    internal virtual string Ping => ": keep-alive\n\n";

    /// <summary>Bytes that stand where an event's JSON should.</summary>
    internal abstract string BadJson { get; }

    protected Prompt Prompt { get; } = prompt;

    /// <summary>Tokens said so far, about four characters each.</summary>
    protected int OutputTokens => (_outputCharacters + 3) / 4;

    /// <summary>Events before anything is said.</summary>
    internal abstract IEnumerable<WireEvent> Begin();

    /// <summary>A piece of text.</summary>
    internal abstract IEnumerable<WireEvent> Text(string delta);

    /// <summary>Text whose events were made otherwise: the closing events count and repeat it.</summary>
    internal virtual void Said(string text) => Count(text);

    /// <summary>Calls that the model makes in one go.</summary>
    internal abstract IEnumerable<WireEvent> Calls(IReadOnlyList<AnswerCall> calls);

    /// <summary>The events that end the answer, the provider's own end marker last.</summary>
    internal abstract IEnumerable<WireEvent> End(Finish reason);

    /// <summary>The prompt itself was blocked: everything of the answer, from its first byte.</summary>
    internal virtual IEnumerable<WireEvent> BlockedPrompt() => [.. Begin(), .. End(Finish.Safety)];

    /// <summary>An error after HTTP 200, in the stream. Nothing follows it.</summary>
    /// <param name="kind">Which of the provider's errors; null for its usual one.</param>
    internal abstract IEnumerable<WireEvent> Error(string? kind);

    /// <summary>The answer of a request that is not streamed, after everything was said.</summary>
    internal abstract JsonObject Whole(Finish reason);

    /// <summary>An id in the provider's form.</summary>
    internal abstract string NewCallId();

    protected void Count(string said) => _outputCharacters += said.Length;

    /// <summary>Cuts the text into pieces of a fixed size, at least one, without cutting a surrogate pair.</summary>
    protected static IEnumerable<string> Pieces(string text, int size)
    {
        var start = 0;
        do
        {
            var end = Math.Min(start + size, text.Length);
            if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            {
                end++;
            }

            yield return text[start..end];
            start = end;
        }
        while (start < text.Length);
    }
}

/// <summary>One event of a stream as it goes over the wire.</summary>
/// <param name="Text">The event's lines, the empty line that ends it included.</param>
/// <param name="IsContent">Whether it carries something that the model says: faults count these.</param>
internal readonly record struct WireEvent(string Text, bool IsContent);

/// <summary>A call that goes out.</summary>
/// <param name="Id">Its id; empty for none.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments as they go out.</param>
/// <param name="CutOff">The answer ends inside the arguments.</param>
internal sealed record AnswerCall(string Id, string Name, string Arguments, bool CutOff)
{
    /// <summary>The part of the arguments that goes out.</summary>
    internal string Sent => CutOff ? Arguments[..(Arguments.Length / 2)] : Arguments;
}
