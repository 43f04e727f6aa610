using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain;

/// <summary>The calls since the user last spoke, with their results. What is taken is spoken for.</summary>
internal sealed class Ledger
{
    private readonly List<Executed> _left;

    private Ledger(List<Executed> executed)
    {
        _left = executed;
        IsEmpty = executed.Count == 0;
    }

    /// <summary>Whether the model has not called anything yet.</summary>
    internal bool IsEmpty { get; }

    /// <summary>Calls that no request of the user explains.</summary>
    internal IReadOnlyList<Executed> Left => _left;

    internal static Ledger Of(IReadOnlyList<Turn> turns)
    {
        var executed = new List<Executed>();
        IReadOnlyList<PromptCall> asked = [];
        foreach (var turn in turns)
        {
            switch (turn)
            {
                case Turn.User:
                    executed.Clear();
                    break;
                case Turn.Model model:
                    asked = model.Calls;
                    break;
                case Turn.Results results:
                    executed.AddRange(results.Items.Select((result, i) => new Executed(CallOf(asked, result, i), new ToolData(result))));
                    break;
            }
        }

        return new Ledger(executed);
    }

    /// <summary>The first call of the tool that is left; it is taken.</summary>
    internal Executed? Take(string tool, Func<PromptCall, bool>? match = null)
    {
        var index = _left.FindIndex(executed => executed.Call.Name == tool && match?.Invoke(executed.Call) != false);
        if (index < 0)
        {
            return null;
        }

        var found = _left[index];
        _left.RemoveAt(index);
        return found;
    }

    private static PromptCall CallOf(IReadOnlyList<PromptCall> asked, PromptResult result, int index) =>
        asked.FirstOrDefault(call => call.Id.Length > 0 && call.Id == result.CallId)
        ?? (index < asked.Count ? asked[index] : new PromptCall(result.CallId, result.Name, default));
}

/// <summary>A call and what came of it.</summary>
internal sealed record Executed(PromptCall Call, ToolData Data);
