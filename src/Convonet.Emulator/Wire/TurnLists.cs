using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>OpenAI sends calls and results one by one; a turn holds all of a step.</summary>
internal static class TurnLists
{
    internal static void AddResult(this List<Turn> turns, PromptResult result)
    {
        if (turns is [.., Turn.Results last])
        {
            turns[^1] = new Turn.Results([.. last.Items, result]);
        }
        else
        {
            turns.Add(new Turn.Results([result]));
        }
    }

    internal static void AddModel(this List<Turn> turns, string text, PromptCall? call)
    {
        var calls = call is null ? Array.Empty<PromptCall>() : [call];
        if (turns is [.., Turn.Model last])
        {
            turns[^1] = new Turn.Model(last.Text + text, [.. last.Calls, .. calls]);
        }
        else
        {
            turns.Add(new Turn.Model(text, calls));
        }
    }
}
