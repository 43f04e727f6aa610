using System.Text.Json;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>Takes the conversation out of messages that were found to be in order.</summary>
internal static class AnthropicTurns
{
    internal static List<Turn> Read(List<JsonElement> messages)
    {
        var turns = new List<Turn>();
        var names = new Dictionary<string, string>();
        foreach (var message in messages)
        {
            var blocks = Blocks(message);
            var texts = blocks.Where(block => block.Get("type").AsString() == "text").Select(block => block.Get("text").AsString() ?? "");
            if (RoleOf(message) == "assistant")
            {
                var calls = blocks.Where(block => block.Get("type").AsString() == "tool_use")
                    .Select(block => new PromptCall(block.Get("id").AsString()!, block.Get("name").AsString()!, block.Get("input"))).ToList();
                calls.ForEach(call => names[call.Id] = call.Name);
                turns.Add(new Turn.Model(string.Concat(texts), calls));
                continue;
            }

            var results = blocks.Where(block => block.Get("type").AsString() == "tool_result").Select(block => ToResult(block, names)).ToList();
            if (results.Count > 0)
            {
                turns.Add(new Turn.Results(results));
            }

            // Two messages of the user in a row come as one, of two blocks.
            turns.AddRange(texts.Where(text => text.Length > 0).Select(text => new Turn.User(text)));
        }

        return turns;
    }

    private static PromptResult ToResult(JsonElement block, Dictionary<string, string> names)
    {
        var id = block.Get("tool_use_id").AsString()!;
        return new PromptResult(id, names.GetValueOrDefault(id, ""), WireJson.ParseOrString(TextOf(block.Get("content"))), block.Get("is_error").IsTrue());
    }

    /// <summary>The blocks of a message; a plain string is one text block.</summary>
    internal static List<JsonElement> Blocks(JsonElement message) => message.Get("content") is { ValueKind: JsonValueKind.String } text
        ? [JsonSerializer.SerializeToElement(new { type = "text", text = text.GetString() })]
        : [.. message.Get("content").Items()];

    internal static string TextOf(JsonElement content) =>
        content.AsString() ?? string.Join('\n', content.Items().Select(block => block.Get("text").AsString()));

    internal static string RoleOf(JsonElement message) => message.Get("role").AsString() ?? "";
}
