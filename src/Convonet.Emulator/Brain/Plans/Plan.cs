using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>What is to be done for one thing that the user wants.</summary>
/// <param name="Calls">Calls that are still to make.</param>
/// <param name="Reply">What to say when no call is left; empty for nothing.</param>
/// <param name="IsAtOnce">Whether it needs no result, and is said in the first step.</param>
/// <param name="Lead">What to say before the calls, when there are no others.</param>
internal sealed record Plan(IReadOnlyList<ScriptStep.CallStep> Calls, string Reply, bool IsAtOnce = false, string Lead = "")
{
    /// <summary>Nothing in this step: something else has to come first.</summary>
    internal static readonly Plan Wait = new([], "");

    internal static Plan Say(string reply) => new([], reply);

    internal static Plan AtOnce(string reply) => new([], reply, IsAtOnce: true);

    internal static Plan Unable(string ability) => AtOnce($"I have no tool here to {ability}.");
}
