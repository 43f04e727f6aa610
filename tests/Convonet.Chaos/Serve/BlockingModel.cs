using Convonet.Models;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Chaos.Serve;

/// <summary>Takes its time; asked to block, it calls tools that hold their thread.</summary>
/// <param name="slow">Answers what is to be under way for a while.</param>
/// <param name="quick">Answers messages that begin with "message".</param>
internal sealed class BlockingModel(IChatModel slow, IChatModel quick) : IChatModel
{
    /// <summary>Begin of the messages that make it.</summary>
    public const string Block = "block";

    /// <summary>Calls of a message.</summary>
    public const int Calls = 16;

    /// <summary>How long each of them holds its thread.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    /// <summary>The tool.</summary>
    public static readonly AIFunction Tool = ToolFactory.Create(Sleep, "block_thread", "Holds its thread.", new ToolTraits { Effect = ToolEffect.None });

    public string Provider => slow.Provider;

    public string Model => slow.Model;

    public IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, CancellationToken cancellationToken = default) => (request.History[^1] as HistoryItem.UserMessage)?.Text switch
    {
        { } text when text.StartsWith(Block, StringComparison.Ordinal) => CallsOf(request).ToAsyncEnumerable(),
        { } text when text.StartsWith("message", StringComparison.Ordinal) => quick.StreamAsync(request, cancellationToken),
        _ => slow.StreamAsync(request, cancellationToken),
    };

    private static IEnumerable<ModelUpdate> CallsOf(ModelRequest request)
    {
        for (var ordinal = 0; ordinal < Calls; ordinal++)
        {
            yield return new ModelUpdate.ToolCallStarted(request.CallId(ordinal), "block_thread");
            yield return new ModelUpdate.ToolCallReady(new ToolCall(request.CallId(ordinal), "block_thread", "{}"));
        }

        yield return new ModelUpdate.Completed(FinishReason.ToolCalls);
    }

    private static string Sleep()
    {
        Thread.Sleep(Time); // it blocks its thread: that is the fault
        return "Done.";
    }
}
