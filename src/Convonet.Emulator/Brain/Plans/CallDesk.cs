using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>What may be called, and what has been called since the user last spoke.</summary>
internal sealed class CallDesk(IReadOnlyList<DeclaredTool> tools, Ledger ledger)
{
    private static readonly Dictionary<string, string> Leads = new()
    {
        [Tools.CreateTodo] = "Sure, I'll put that on your list.",
        [Tools.CreateTeamTodo] = "Sure, I'll put that on the team's list.",
        [Tools.GetTodos] = "Let me look at your list.",
        [Tools.CreateReminder] = "I'll make a note of that.",
        [Tools.GetReminders] = "Let me look at your reminders.",
        [Tools.CreateEvent] = "I'll put that on your calendar.",
        [Tools.GetEvents] = "Let me look at your calendar.",
        [Tools.GetAgenda] = "Let me see what is planned.",
        [Tools.FindFreeTime] = "Let me look for a gap.",
        [Tools.GetTeams] = "Let me look at your teams.",
        [Tools.GetMembers] = "Let me see who is in it.",
        [Tools.SearchUsers] = "Let me see who that is.",
    };

    internal bool Has(string tool) => Find(tool) is not null;

    /// <summary>What to say before a call of the tool.</summary>
    internal static string LeadOf(string tool) => Leads.GetValueOrDefault(tool, "One moment.");

    /// <summary>Says what came of a call, or makes it.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="ability">What it is for, after "I have no tool here to".</param>
    /// <param name="reply">What to say of its result.</param>
    /// <param name="arguments">Arguments; those without a value, or that the tool does not know, are left out.</param>
    internal Plan Use(string tool, string ability, Func<Executed, string> reply, params IReadOnlyList<(string Name, JsonNode? Value)> arguments) =>
        (Done(tool, arguments) ?? ledger.TakeAny(tool)) is { } done ? Plan.Say(reply(done)) : Ask(tool, ability, arguments);

    /// <summary>As <see cref="Use"/> for a tool that reads: only this very question counts as asked.</summary>
    internal Plan Read(string tool, string ability, Func<Executed, string> reply, params IReadOnlyList<(string Name, JsonNode? Value)> arguments) =>
        Done(tool, arguments) is { } done ? Plan.Say(reply(done)) : Ask(tool, ability, arguments);

    /// <summary>The call with these arguments, if it has been made.</summary>
    internal Executed? Done(string tool, params IReadOnlyList<(string Name, JsonNode? Value)> arguments) =>
        Find(tool) is null ? null : ledger.Take(tool, JsonElement.Parse(Call(tool, arguments).Arguments));

    /// <summary>
    /// A call of this turn that changes the same thing in the same way: same id, same parameters. The values may differ, because they may depend on
    /// what the thing was before.
    /// </summary>
    internal Executed? DoneLike(string tool, IReadOnlyList<(string Name, JsonNode? Value)> arguments)
    {
        var wanted = JsonElement.Parse(Call(tool, arguments).Arguments);
        return ledger.Take(tool, made => JsonElement.DeepEquals(made.Get("id"), wanted.Get("id"))
            && made.Properties().Select(property => property.Name).ToHashSet().SetEquals(wanted.Properties().Select(property => property.Name)));
    }

    internal Plan Ask(string tool, string ability, params IReadOnlyList<(string Name, JsonNode? Value)> arguments) =>
        Has(tool) ? new Plan([Call(tool, arguments)], "", Lead: LeadOf(tool)) : Plan.Unable(ability);

    /// <summary>A call with the arguments that have a value and that the tool declares.</summary>
    internal ScriptStep.CallStep Call(string tool, params IReadOnlyList<(string Name, JsonNode? Value)> arguments)
    {
        var known = Find(tool)!.Parameters.Get("properties").Properties().Select(property => property.Name).ToHashSet();
        var json = new JsonObject();
        foreach (var (name, value) in arguments.Where(argument => argument.Value is not null && (known.Count == 0 || known.Contains(argument.Name))))
        {
            json[name] = value!.DeepClone();
        }

        return new ScriptStep.CallStep(tool, WireJson.Text(json));
    }

    private DeclaredTool? Find(string name) => tools.FirstOrDefault(tool => tool.Name == name);
}
