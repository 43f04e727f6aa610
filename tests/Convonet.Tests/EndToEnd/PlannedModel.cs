using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Tests.EndToEnd;

/// <summary>Plays the steps of a plan, then says that it is done.</summary>
internal sealed class PlannedModel(string provider, IReadOnlyList<StepPlan> steps, ObservedTime time) : IChatModel
{
    private static readonly StepPlan Done = new([Saying.Word], Ending.Normal);

    private readonly ConcurrentQueue<StepPlan> _steps = new(steps);

    public string Provider => provider;

    public string Model => $"{provider}-1";

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var step = _steps.TryDequeue(out var planned) ? planned : Done;
        var calls = 0;
        foreach (var saying in step.Says)
        {
            await Task.Yield();
            if (CallOf(saying) is var (name, arguments))
            {
                var id = request.CallId(calls++);
                yield return new ModelUpdate.ToolCallStarted(id, name);
                yield return new ModelUpdate.ToolArgumentsDelta(id, arguments);
                yield return new ModelUpdate.ToolCallReady(new ToolCall(id, name, arguments));
            }
            else
            {
                yield return Say(saying);
            }
        }

        if (step.Ending == Ending.InsideACall)
        {
            yield return new ModelUpdate.ToolCallStarted(request.CallId(calls), "echo");
        }

        if (await EndAsync(step.Ending, calls > 0, cancellationToken) is { } reason)
        {
            yield return new ModelUpdate.Completed(reason);
        }
    }

    private static ModelUpdate Say(Saying saying) => saying switch
    {
        Saying.Empty => new ModelUpdate.TextDelta(""),
        Saying.Blank => new ModelUpdate.TextDelta("\n"),
        Saying.Word => new ModelUpdate.TextDelta("Word. "),
        Saying.Paragraph => new ModelUpdate.TextDelta("A whole paragraph.\n\n"),
        Saying.Signed => new ModelUpdate.TextDelta("signed", new ProviderData("one", "{}")),
        Saying.Usage => new ModelUpdate.Usage(3, 4),
        _ => throw new ArgumentOutOfRangeException(nameof(saying), saying, "It is no saying."),
    };

    private static (string Name, string Arguments)? CallOf(Saying saying) => saying switch
    {
        Saying.CallEcho => ("echo", """{"text":"x"}"""),
        Saying.CallThatThrows => ("throw", "{}"),
        Saying.CallThatHangs => ("hang", "{}"),
        Saying.CallWithBadJson => ("echo", """{"text":"""),
        Saying.CallWithBadArguments => ("echo", """{"text":5}"""),
        Saying.CallOfUnknownTool => ("no_such_tool", ""),
        _ => null,
    };

    private async Task<FinishReason?> EndAsync(Ending ending, bool called, CancellationToken cancellationToken)
    {
        switch (ending)
        {
            case Ending.Silence:
                await time.PassAsync(cancellationToken);
                return null;
            case Ending.BrokenOff:
                return null;
            case Ending.Unreachable or Ending.Unauthorized or Ending.Protocol:
                throw new ModelException(Enum.Parse<ModelErrorKind>(ending.ToString()), "The plan says so.");
            case Ending.Busy or Ending.BusyForLong:
                throw new ModelException(ModelErrorKind.RateLimited, "The plan says so.", ending == Ending.Busy ? TimeSpan.Zero : TimeSpan.FromMinutes(1));
            case Ending.Bug:
                throw new InvalidOperationException("The plan says so.");
            default:
                return ending switch
                {
                    Ending.Stop => FinishReason.Stop,
                    Ending.MaxTokens or Ending.InsideACall => FinishReason.MaxTokens,
                    Ending.Blocked => FinishReason.Blocked,
                    Ending.Malformed => FinishReason.MalformedToolCall,
                    _ => called ? FinishReason.ToolCalls : FinishReason.Stop,
                };
        }
    }
}
