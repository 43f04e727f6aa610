using System.Text.Json;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>The calls since the user last spoke, with their results. What is taken is spoken for.</summary>
internal sealed class Ledger
{
    private readonly List<Executed> _executed;
    private readonly HashSet<Executed> _taken = new(ReferenceEqualityComparer.Instance);

    private Ledger(List<Executed> executed) => _executed = executed;

    /// <summary>Whether the model has not called anything yet.</summary>
    internal bool IsEmpty => _executed.Count == 0;

    /// <summary>Calls that no request of the user explains.</summary>
    internal IEnumerable<Executed> Left => _executed.Where(executed => !_taken.Contains(executed));

    internal static Ledger Of(IReadOnlyList<Turn> turns) => new([.. All(turns.Skip(turns.ToList().FindLastIndex(turn => turn is Turn.User) + 1))]);

    /// <summary>All calls in these turns with their results, in order.</summary>
    internal static IEnumerable<Executed> All(IEnumerable<Turn> turns)
    {
        IReadOnlyList<PromptCall> asked = [];
        foreach (var turn in turns)
        {
            if (turn is Turn.Model model)
            {
                asked = model.Calls;
            }
            else if (turn is Turn.Results results)
            {
                foreach (var executed in results.Items.Select((result, i) => new Executed(CallOf(asked, result, i), new ToolData(result))))
                {
                    yield return executed;
                }
            }
        }
    }

    /// <summary>The call with these arguments. The same call is made once however often it is asked for, so it may be taken more than once.</summary>
    internal Executed? Take(string tool, JsonElement arguments) => Take(tool, made => JsonElement.DeepEquals(made, arguments));

    /// <summary>The first call with arguments such as these.</summary>
    internal Executed? Take(string tool, Func<JsonElement, bool> match) =>
        Taken(_executed.Find(executed => executed.Call.Name == tool && executed.Call.Arguments.ValueKind == JsonValueKind.Object && match(executed.Call.Arguments)));

    /// <summary>The first call of the tool that is left.</summary>
    internal Executed? TakeAny(string tool) => Taken(Left.FirstOrDefault(executed => executed.Call.Name == tool));

    private Executed? Taken(Executed? found)
    {
        if (found is not null)
        {
            _taken.Add(found);
        }

        return found;
    }

    private static PromptCall CallOf(IReadOnlyList<PromptCall> asked, PromptResult result, int index) =>
        asked.FirstOrDefault(call => call.Id.Length > 0 && call.Id == result.CallId)
        ?? (index < asked.Count ? asked[index] : new PromptCall(result.CallId, result.Name, default));
}

/// <summary>A call and what came of it.</summary>
internal sealed record Executed(PromptCall Call, ToolData Data);
