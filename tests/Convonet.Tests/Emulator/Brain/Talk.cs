using System.Text.Json;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Scripts;

namespace Convonet.Tests.Emulator.Brain;

/// <summary>A conversation with the demo model on Sunday, 22 November 2026, 21:46.</summary>
internal sealed class Talk
{
    internal static readonly string[] AllTools =
    [
        "create_todo", "get_todos", "complete_todo", "delete_todo", "create_reminder", "get_reminders", "create_calendar_event", "get_calendar_events", "get_time",
    ];

    private readonly List<Turn> _turns = [];
    private readonly string[] _tools;

    internal Talk(params string[] tools) => _tools = tools.Length == 0 ? AllTools : tools;

    /// <summary>The calls that the model asks for after the sentence, as <c>name{arguments}</c>.</summary>
    internal static string[] CallsFor(string sentence) => new Talk().User(sentence).Calls();

    internal Talk User(string text)
    {
        _turns.Add(new Turn.User(text));
        return this;
    }

    /// <summary>Runs the model's calls: each gets the next of the results.</summary>
    internal Talk Results(params object[] results)
    {
        var steps = Steps().ToList();
        var calls = steps.OfType<ScriptStep.CallStep>()
            .Select((call, i) => new PromptCall($"call_{_turns.Count}_{i}", call.Name, JsonElement.Parse(call.Arguments))).ToList();
        Assert.Equal(results.Length, calls.Count);
        _turns.Add(new Turn.Model(TextOf(steps), calls));
        _turns.Add(new Turn.Results([.. calls.Zip(results).Select(pair =>
            new PromptResult(pair.First.Id, pair.First.Name, JsonSerializer.SerializeToElement(pair.Second), IsError: false))]));
        return this;
    }

    internal string Text() => TextOf(Steps());

    internal string[] Calls() => [.. Steps().OfType<ScriptStep.CallStep>().Select(call => call.Name + call.Arguments)];

    internal IReadOnlyList<ScriptStep> Steps()
    {
        var tools = _tools.Select(name => new DeclaredTool(name, default)).ToList();
        return DemoBrain.Answer(new Prompt("demo", "You are helpful.\nNow: 2026-11-22T21:46+01:00", _turns, tools, Stream: true, InputTokens: 1), DateTimeOffset.UnixEpoch);
    }

    private static string TextOf(IEnumerable<ScriptStep> steps) => string.Concat(steps.OfType<ScriptStep.SayStep>().Select(say => say.Text)).Trim();
}
