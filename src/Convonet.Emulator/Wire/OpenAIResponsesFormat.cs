using System.Text.Json;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>OpenAI's responses, <see href="https://platform.openai.com/docs/api-reference/responses"/>. Nothing is stored.</summary>
internal sealed class OpenAIResponsesFormat : OpenAIFormat
{
    private const int MaxCallIdLength = 64;

    internal override EmulatedApi Api => EmulatedApi.OpenAIResponses;

    internal override Prompt Read(HttpRequest request, JsonElement body, int bodyBytes)
    {
        Require(body, "model");
        Require(body, "input");
        OpenAISettings.CheckResponses(body);
        CheckNotEmpty(body.Get("input"), "input");
        if (body.Get("previous_response_id").AsString() is { } previous)
        {
            throw Reject($"Previous response with id '{previous}' not found.", "previous_response_id", "previous_response_not_found");
        }

        foreach (var (i, tool) in body.Get("tools").Items().Index())
        {
            if (tool.Get("type").AsString() == "function")
            {
                CheckFunction(tool, $"tools[{i}]");
            }
        }

        var items = body.Get("input").Items().ToList();
        foreach (var (i, item) in items.Index())
        {
            CheckItem(item, $"input[{i}]");
        }

        CheckPairs(items);
        var system = items.Where(IsSystem).Select(item => TextOf(item.Get("content"))).Prepend(body.Get("instructions").AsString());
        return new Prompt(
            body.Get("model").AsString() ?? "",
            string.Join('\n', system.Where(text => !string.IsNullOrEmpty(text))),
            body.Get("input").AsString() is { } text ? [new Turn.User(text)] : Turns(items),
            body.Get("tool_choice").AsString() == "none" ? [] : Declared(body.Get("tools")),
            body.Get("stream").IsTrue(),
            TokensOf(bodyBytes));
    }

    internal override AnswerEncoder Encode(Prompt prompt, JsonElement body, DateTimeOffset now) => new OpenAIResponsesEncoder(prompt, body, now);

    private static void CheckItem(JsonElement item, string path)
    {
        switch (TypeOf(item))
        {
            case "message":
                CheckMessage(item, path);
                break;
            case "function_call":
                CheckId(item, path, "fc");
                CheckCallId(item, path);
                CheckName(item, path);
                RequireString(item, path, "arguments");
                break;
            case "function_call_output":
                CheckCallId(item, path);
                if (item.Get("output").ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
                {
                    throw Reject($"Missing required parameter: '{path}.output'.", $"{path}.output", "missing_required_parameter");
                }

                break;
            case "reasoning":
                CheckId(item, path, "rs");
                break;
            default:
                throw Reject($"Invalid value: '{TypeOf(item)}'.", path, "invalid_value");
        }
    }

    private static void CheckMessage(JsonElement item, string path)
    {
        var role = item.Get("role").AsString();
        if (role is not ("user" or "assistant" or "system" or "developer"))
        {
            throw Reject($"Invalid value: '{role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.", path, "invalid_value");
        }

        CheckId(item, path, "msg");
        if (item.Get("content").ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            throw Reject($"Missing required parameter: '{path}.content'.", $"{path}.content", "missing_required_parameter");
        }

        string[] supported = role == "assistant" ? ["output_text", "refusal"] : ["input_text", "input_image", "input_file"];
        foreach (var (i, part) in item.Get("content").Items().Index())
        {
            var type = part.Get("type").AsString();
            if (!supported.Contains(type))
            {
                throw Reject(
                    $"Invalid value: '{type}'. Supported values are: {string.Join(", ", supported.SkipLast(1).Select(name => $"'{name}'"))}, and '{supported[^1]}'.",
                    $"{path}.content[{i}]", "invalid_value");
            }

            CheckMark(part.Get("prompt_cache_breakpoint"), role == "assistant", $"{path}.content[{i}].prompt_cache_breakpoint");
        }
    }

    /// <summary>Where a beginning ends that is to be kept in the prompt cache: only what is asked can be marked, not what was answered.</summary>
    private static void CheckMark(JsonElement mark, bool isAnswer, string path)
    {
        if (!mark.IsMissing() && (isAnswer || mark.Get("mode").AsString() != "explicit"))
        {
            throw Reject($"Invalid '{path}'.", path, "invalid_value");
        }
    }

    private static void CheckId(JsonElement item, string path, string prefix)
    {
        if (item.Get("id").AsString() is { } id && !id.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw Reject($"Invalid '{path}.id': '{id}'. Expected an ID that begins with '{prefix}'.", $"{path}.id", "invalid_value");
        }
    }

    private static void CheckCallId(JsonElement item, string path)
    {
        RequireString(item, path, "call_id");
        CheckLength(item.Get("call_id").AsString(), MaxCallIdLength, $"{path}.call_id");
    }

    private static void RequireString(JsonElement item, string path, string name)
    {
        if (item.Get(name).AsString() is null)
        {
            throw Reject($"Missing required parameter: '{path}.{name}'.", $"{path}.{name}", "missing_required_parameter");
        }
    }

    private static void CheckPairs(List<JsonElement> items)
    {
        var open = new List<string>();
        foreach (var item in items)
        {
            var id = item.Get("call_id").AsString() ?? "";
            if (TypeOf(item) == "function_call")
            {
                open.Add(id);
            }
            else if (TypeOf(item) == "function_call_output" && !open.Remove(id))
            {
                throw Reject($"No tool call found for function call output with call_id {id}.", "input");
            }
        }

        if (open.Count > 0)
        {
            throw Reject($"No tool output found for function call {open[0]}.", "input");
        }
    }

    private static List<Turn> Turns(List<JsonElement> items)
    {
        var turns = new List<Turn>();
        var names = new Dictionary<string, string>();
        foreach (var item in items.Where(item => !IsSystem(item)))
        {
            var id = item.Get("call_id").AsString() ?? "";
            switch (TypeOf(item))
            {
                case "function_call":
                    names[id] = item.Get("name").AsString()!;
                    turns.AddModel("", new PromptCall(id, names[id], WireJson.ParseOrString(item.Get("arguments").AsString()!)));
                    break;
                case "function_call_output":
                    turns.AddResult(new PromptResult(id, names.GetValueOrDefault(id, ""), WireJson.ParseOrString(TextOf(item.Get("output"))), IsError: false));
                    break;
                case "message" when item.Get("role").AsString() == "assistant":
                    turns.AddModel(TextOf(item.Get("content")), null);
                    break;
                case "message":
                    turns.Add(new Turn.User(TextOf(item.Get("content"))));
                    break;
            }
        }

        return turns;
    }

    private static List<DeclaredTool> Declared(JsonElement tools) =>
    [
        .. tools.Items().Where(tool => tool.Get("type").AsString() == "function")
            .Select(tool => new DeclaredTool(tool.Get("name").AsString()!, tool.Get("parameters"))),
    ];

    /// <summary>A message may leave its type out.</summary>
    private static string TypeOf(JsonElement item) => item.Get("type").AsString() ?? (item.Get("role").IsMissing() ? "" : "message");

    private static bool IsSystem(JsonElement item) => item.Get("role").AsString() is "system" or "developer";

    private static string TextOf(JsonElement content) =>
        content.AsString() ?? string.Concat(content.Items().Select(part => part.Get("text").AsString()));
}
