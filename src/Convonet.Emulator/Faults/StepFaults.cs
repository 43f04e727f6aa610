using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Faults;

/// <summary>Faults that change what the model says. Those that add calls leave alone an answer to tool results, so that a turn comes to its end.</summary>
internal static class StepFaults
{
    private const int MaxHugeBytes = 64 * 1024 * 1024;
    private const int MaxCalls = 256;

    internal static IReadOnlyList<ScriptStep> Apply(
        IReadOnlyList<ScriptStep> steps, IReadOnlyList<Fault> faults, Prompt prompt, EmulatedApi api, Func<string> newCallId)
    {
        foreach (var fault in faults)
        {
            steps = (fault.Name, IsFirst(prompt)) switch
            {
                ("empty", _) => [],
                ("malformed", _) when api == EmulatedApi.Gemini => [Script.End(Finish.MalformedCall)],
                ("malformed", _) => [Script.RawCall(Tool(fault, prompt).Name, "{\"title\": \"buy milk\", \"due")],
                ("maxtokens", _) => CutOff(steps, Tool(fault, prompt)),
                ("calls", true) => [.. Enumerable.Range(1, Math.Min(fault.Number("n", 3), MaxCalls)).Select(i => Sample(Tool(fault, prompt), i))],
                ("flood", _) => [.. steps.TakeWhile(step => step is not ScriptStep.CallStep), Flood(Sample(Tool(fault, prompt), 1))],
                ("huge", true) => [Huge(Tool(fault, prompt), Math.Min(fault.Number("bytes", 1_000_000), MaxHugeBytes))],
                ("dupids", true) => WithIds(AtLeastTwo(steps, Tool(fault, prompt)), newCallId()),
                ("noids", _) => WithIds(steps, ""),
                _ => steps,
            };
        }

        return steps;
    }

    private static bool IsFirst(Prompt prompt) => prompt.Turns is not [.., Turn.Results];

    private static DeclaredTool Tool(Fault fault, Prompt prompt) =>
        fault.Text("tool") is { } name
            ? prompt.Tools.FirstOrDefault(tool => tool.Name == name) ?? new DeclaredTool(name, default)
            : prompt.Tools.Count > 0 ? prompt.Tools[0] : new DeclaredTool("get_time", default);

    private static List<ScriptStep> CutOff(IReadOnlyList<ScriptStep> steps, DeclaredTool tool)
    {
        var before = steps.TakeWhile(step => step is not ScriptStep.CallStep and not ScriptStep.FinishStep).ToList();
        return [.. before, steps.OfType<ScriptStep.CallStep>().FirstOrDefault() ?? Sample(tool, 1), Script.End(Finish.MaxTokens)];
    }

    private static IReadOnlyList<ScriptStep> AtLeastTwo(IReadOnlyList<ScriptStep> steps, DeclaredTool tool) =>
        steps.OfType<ScriptStep.CallStep>().Count() >= 2 ? steps : [Sample(tool, 1), Sample(tool, 2)];

    private static List<ScriptStep> WithIds(IReadOnlyList<ScriptStep> steps, string id) =>
        [.. steps.Select(step => step is ScriptStep.CallStep call ? call with { Id = id } : step)];

    /// <summary>A call whose arguments fit the tool's schema: each required property, or the first one when none is required.</summary>
    private static ScriptStep.CallStep Sample(DeclaredTool tool, int number)
    {
        var required = tool.Parameters.Get("required").Items().Select(item => item.AsString()).ToList();
        var arguments = new JsonObject();
        foreach (var property in tool.Parameters.Get("properties").Properties())
        {
            if (required.Contains(property.Name) || (required.Count == 0 && arguments.Count == 0))
            {
                arguments[property.Name] = SampleValue(property.Value, number);
            }
        }

        return new ScriptStep.CallStep(tool.Name, WireJson.Text(arguments));
    }

    private static JsonNode? SampleValue(JsonElement schema, int number) => schema.Get("type").AsString()?.ToLowerInvariant() switch
    {
        "integer" or "number" => number,
        "boolean" => true,
        "array" => new JsonArray(),
        "object" => new JsonObject(),
        _ when schema.Get("enum").Items().FirstOrDefault().AsString() is { } first => first,
        _ when schema.Get("format").AsString() == "date-time" => "2026-01-01T12:00:00",
        _ => $"sample {number}",
    };

    private static ScriptStep.FloodStep Flood(ScriptStep.CallStep call) => new(call.Name, call.Arguments);

    private static ScriptStep.CallStep Huge(DeclaredTool tool, int bytes)
    {
        var name = tool.Parameters.Get("properties").Properties()
            .Where(property => property.Value.Get("type").AsString()?.ToLowerInvariant() == "string")
            .Select(property => property.Name).FirstOrDefault() ?? "text";
        return new ScriptStep.CallStep(tool.Name, WireJson.Text(new JsonObject { [name] = new string('x', bytes) }));
    }
}
