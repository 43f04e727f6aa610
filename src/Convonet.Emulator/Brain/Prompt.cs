using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Brain;

/// <summary>What a model is asked, free of any provider's form.</summary>
/// <param name="Model">The model's name, as it was asked for.</param>
/// <param name="System">The system prompt; empty for none.</param>
/// <param name="Turns">The conversation, oldest first.</param>
/// <param name="Tools">The tools that may be called: none when the request forbids calls.</param>
/// <param name="Stream">Whether the answer is streamed.</param>
/// <param name="InputTokens">An estimate of the request's size in tokens.</param>
internal sealed partial record Prompt(
    string Model, string System, IReadOnlyList<Turn> Turns, IReadOnlyList<DeclaredTool> Tools, bool Stream, int InputTokens)
{
    /// <summary>The user's name, if the system prompt tells it.</summary>
    internal string? UserName => CalledLine().Match(System) is { Success: true } line && WireJson.ParseOrString(line.Groups["name"].Value).AsString() is { Length: > 0 } name ? name : null;

    /// <summary>Takes the server's "Now: …" from among what the user said, or from before it, to the instructions.</summary>
    internal static (string System, List<Turn> Turns) Apart(string system, List<Turn> turns)
    {
        var apart = new List<Turn>(turns.Count);
        foreach (var turn in turns)
        {
            if (turn is Turn.User said && MomentLine().Match(said.Text) is { Success: true } line)
            {
                system += $"\n{line.Groups["moment"].Value}";
                if (line.Length < said.Text.Length)
                {
                    apart.Add(new Turn.User(said.Text[line.Length..]));
                }
            }
            else
            {
                apart.Add(turn);
            }
        }

        return (system, apart);
    }

    /// <summary>OpenAI chat: send the usage in a chunk of its own.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>The part of the input that a provider would take from its prompt cache: half of it from the second step on.</summary>
    public int CachedTokens => Apart(System, [.. Turns]).Turns.Count > 1 ? InputTokens / 2 : 0;

    [GeneratedRegex("""\bThe user is called (?<name>"(?:[^"\\]|\\.)*")""")]
    private static partial Regex CalledLine();

    [GeneratedRegex(@"^(?<moment>Now: \d{4}-\d\d-\d\dT\S+ \(\w+\)[^\n]*)(?:\n\n|\z)")]
    private static partial Regex MomentLine();
}

/// <summary>A tool that the request declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters' schema; undefined when it has none.</param>
internal sealed record DeclaredTool(string Name, JsonElement Parameters);

/// <summary>One turn of a conversation.</summary>
internal abstract record Turn
{
    private Turn()
    {
    }

    /// <summary>What the user said.</summary>
    internal sealed record User(string Text) : Turn;

    /// <summary>What the model said.</summary>
    internal sealed record Model(string Text, IReadOnlyList<PromptCall> Calls) : Turn;

    /// <summary>What the tools returned.</summary>
    internal sealed record Results(IReadOnlyList<PromptResult> Items) : Turn;
}

/// <summary>A tool call in the history.</summary>
internal sealed record PromptCall(string Id, string Name, JsonElement Arguments);

/// <summary>A tool's result in the history.</summary>
/// <param name="CallId">The call that it answers.</param>
/// <param name="Name">The tool.</param>
/// <param name="Content">What it returned: JSON, or a string.</param>
/// <param name="IsError">Whether it is flagged as an error, where the provider has such a flag.</param>
internal sealed record PromptResult(string CallId, string Name, JsonElement Content, bool IsError);
