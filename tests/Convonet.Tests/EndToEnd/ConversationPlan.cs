using CsCheck;

namespace Convonet.Tests.EndToEnd;

/// <summary>What happens in a random conversation.</summary>
/// <param name="First">The steps of the chosen model, over all turns.</param>
/// <param name="Fallback">The steps of the model to fall back to; null when there is none.</param>
/// <param name="CancelAfter">For each turn, how many of its events pass before the user stops it; 99 for never.</param>
internal sealed record ConversationPlan(IReadOnlyList<StepPlan> First, IReadOnlyList<StepPlan>? Fallback, IReadOnlyList<int> CancelAfter)
{
    public static Gen<ConversationPlan> Random { get; } = Gen.Select(
        StepPlan.Random.Array[1, 10],
        Gen.Select(Gen.Bool, StepPlan.Random.Array[0, 6], (there, steps) => there ? steps : null),
        Gen.OneOf(Gen.Const(99), Gen.Const(99), Gen.Int[0, 12]).Array[1, 4],
        (first, fallback, cancel) => new ConversationPlan(first, fallback, cancel));

    /// <summary>The plan in words, for a failure's report.</summary>
    public override string ToString() =>
        $"first: [{string.Join(", ", First)}]; fallback: {(Fallback is null ? "none" : $"[{string.Join(", ", Fallback)}]")}; cancel after: [{string.Join(", ", CancelAfter)}]";
}

/// <summary>One step of a model: what it says, and how its stream ends.</summary>
internal sealed record StepPlan(IReadOnlyList<Saying> Says, Ending Ending)
{
    public static Gen<StepPlan> Random { get; } = Gen.Select(
        Gen.Int[0, Enum.GetValues<Saying>().Length - 1].Select(value => (Saying)value).Array[0, 5],
        Gen.OneOf(Gen.Const(0), Gen.Const(0), Gen.Int[0, Enum.GetValues<Ending>().Length - 1]).Select(value => (Ending)value),
        (says, ending) => new StepPlan(says, ending));

    public override string ToString() => $"{string.Join(' ', Says)} {Ending}".Trim();
}

/// <summary>What a model can say.</summary>
internal enum Saying
{
    Empty,
    Blank,
    Word,
    Paragraph,
    Signed,
    Usage,
    CallEcho,
    CallThatThrows,
    CallThatHangs,
    CallWithBadJson,
    CallWithBadArguments,
    CallOfUnknownTool,
}

/// <summary>How a model's stream can end.</summary>
internal enum Ending
{
    Normal,
    Stop,
    MaxTokens,
    Blocked,
    Malformed,
    InsideACall,
    BrokenOff,
    Silence,
    Unreachable,
    Unauthorized,
    Busy,
    BusyForLong,
    Protocol,
    Bug,
}
