using System.Globalization;
using System.Runtime.CompilerServices;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Chaos.Child;

/// <summary>
/// A model without a network. It sees from the history what has been asked for in this turn, and asks for what is left of the first group that is not complete:
/// so it goes on properly wherever the process before it was killed, as a real model does.
/// </summary>
internal sealed class WorkingModel(ProcessLog log, bool repeats) : IChatModel
{
    private const int LongestPauseMs = 4;

    public string Provider => "chaos";

    public string Model => "working";

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (history, begun) = CutOff.Read(request);
        var (message, calls, results) = Read(request, history);
        log.Write("ask", $"{message} {request.StepId[(request.StepId.LastIndexOf('_') + 1)..]}");
        await PauseAsync(cancellationToken);
        var left = Left(Work.Of(message, repeats), calls, results);
        if (left.Count == 0)
        {
            foreach (var text in CutOff.Rest(begun, ["All of ", $"{message} is done. "]))
            {
                yield return new ModelUpdate.TextDelta(text);
                await PauseAsync(cancellationToken);
            }

            yield return new ModelUpdate.Completed(FinishReason.Stop);
            yield break;
        }

        foreach (var text in CutOff.Rest(begun, ["Working. "]))
        {
            yield return new ModelUpdate.TextDelta(text);
        }

        for (var ordinal = 0; ordinal < left.Count; ordinal++)
        {
            var (tool, arguments) = left[ordinal];
            yield return new ModelUpdate.ToolCallStarted(request.CallId(ordinal), tool);
            await PauseAsync(cancellationToken);
            yield return new ModelUpdate.ToolCallReady(new ToolCall(request.CallId(ordinal), tool, arguments));
        }

        yield return new ModelUpdate.Completed(FinishReason.ToolCalls);
    }

    private static async Task PauseAsync(CancellationToken cancellationToken) => await Task.Delay(Random.Shared.Next(LongestPauseMs + 1), cancellationToken);

    /// <summary>The calls of the first group that has not been asked for completely.</summary>
    private static List<(string Tool, string Arguments)> Left(IReadOnlyList<WorkItem> work, List<ToolCall> calls, List<ToolResult> results)
    {
        var asked = calls.Select(call => (call.Name, call.Arguments)).ToList();
        foreach (var group in work.GroupBy(item => item.Group))
        {
            var left = group.Select(item => (item.Tool, Arguments: item.Arguments(results))).Where(call => !asked.Remove(call)).ToList();
            if (left.Count > 0)
            {
                return left;
            }
        }

        return [];
    }

    /// <summary>The newest message, and the turn so far. What no provider would take is written down.</summary>
    private (string Message, List<ToolCall> Calls, List<ToolResult> Results) Read(ModelRequest request, IEnumerable<HistoryItem> history)
    {
        var (message, calls, results) = ("", new List<ToolCall>(), new List<ToolResult>());
        string[] open = [];
        foreach (var item in history)
        {
            if (open.Length > 0 != item is HistoryItem.ToolResults)
            {
                log.Write("invalid", string.Create(CultureInfo.InvariantCulture, $"{request.StepId}: {item.GetType().Name} after {open.Length} open calls"));
            }

            switch (item)
            {
                case HistoryItem.UserMessage user:
                    (message, calls, results) = (Work.MessageOf(user.Text), [], []);
                    break;
                case HistoryItem.AssistantMessage said:
                    var asked = said.Parts.OfType<AssistantPart.ToolUse>().Select(part => part.Call).ToArray();
                    open = [.. asked.Select(call => call.Id)];
                    calls.AddRange(asked);
                    break;
                case HistoryItem.ToolResults ended:
                    if (!open.SequenceEqual(ended.Results.Select(result => result.CallId)))
                    {
                        log.Write("invalid", $"{request.StepId}: the results are not those of the calls");
                    }

                    open = [];
                    results.AddRange(ended.Results);
                    break;
            }
        }

        return (message, calls, results);
    }
}
