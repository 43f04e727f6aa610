using System.Text.Json;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Scripts;

/// <summary>
/// Scripts as JSON: <c>{"scripts":[{"api":"gemini","times":1,"faults":"…","steps":[{"say":"Hello"},{"call":"get_time","arguments":{}}]}]}</c>.
/// </summary>
public static class ScriptFile
{
    /// <summary>Reads the scripts of a file's text.</summary>
    /// <exception cref="FormatException">The text is not JSON, or a step or a setting is not known.</exception>
    public static IReadOnlyList<Script> Parse(string json)
    {
        try
        {
            var scripts = JsonElement.Parse(json).Get("scripts");
            return scripts.ValueKind == JsonValueKind.Array
                ? [.. scripts.EnumerateArray().Select(ToScript)]
                : throw new FormatException("A script file has to be an object with an array \"scripts\".");
        }
        catch (JsonException error)
        {
            throw new FormatException($"The script file is not JSON: {error.Message}", error);
        }
    }

    private static Script ToScript(JsonElement script)
    {
        var apis = EmulatedApi.All;
        if (script.Get("api").AsString() is { } name && !Enum.TryParse(name, ignoreCase: true, out apis))
        {
            throw new FormatException($"There is no api '{name}'. There are: {string.Join(", ", Enum.GetNames<EmulatedApi>())}.");
        }

        var faults = script.Get("faults").AsString();
        Faults.Fault.ParseAll(faults);
        return new Script([.. script.Get("steps").Items().Select(ToStep)])
        {
            Apis = apis,
            Times = script.Get("times") is { ValueKind: JsonValueKind.Number } times ? times.GetInt32() : 1,
            Faults = faults,
        };
    }

    private static ScriptStep ToStep(JsonElement step) => step.Properties().Select(property => property.Name).FirstOrDefault() switch
    {
        "say" => Script.Say(Text(step, "say")),
        "piece" => Script.Piece(Text(step, "piece")),
        "stamps" when step.Get("stamps").TryGetInt32(out var count) => Script.Stamps(count, TimeSpan.FromMilliseconds(step.Get("gap_ms") is { ValueKind: JsonValueKind.Number } gap ? gap.GetDouble() : 0)),
        "call" => new ScriptStep.CallStep(Text(step, "call"), ArgumentsOf(step), step.Get("id").AsString()),
        "gate" => Script.Gate(Text(step, "gate")),
        "delay_ms" when step.Get("delay_ms").TryGetInt32(out var ms) => Script.Delay(TimeSpan.FromMilliseconds(ms)),
        "fault" => Script.Fault(Text(step, "fault")),
        "finish" => Script.End(Text(step, "finish") switch
        {
            "normal" => Finish.Normal,
            "max_tokens" => Finish.MaxTokens,
            "safety" => Finish.Safety,
            "malformed_call" => Finish.MalformedCall,
            var other => throw new FormatException($"There is no finish '{other}'."),
        }),
        var name => throw new FormatException($"A step cannot begin with '{name}'. It begins with say, piece, stamps, call, gate, delay_ms, fault or finish."),
    };

    /// <summary>An object goes out as JSON; a string goes out as it is.</summary>
    private static string ArgumentsOf(JsonElement step) => step.Get("arguments") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Undefined } => "{}",
        var json => json.GetRawText(),
    };

    private static string Text(JsonElement step, string name) =>
        step.Get(name).AsString() ?? throw new FormatException($"\"{name}\" of a step has to be a string.");
}
