using System.Text.Json;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>OpenAI's chat completions, <see href="https://platform.openai.com/docs/api-reference/chat"/>.</summary>
internal sealed class OpenAIChatFormat : OpenAIFormat
{
    private const int MaxIdLength = 40;

    internal override EmulatedApi Api => EmulatedApi.OpenAIChat;

    internal override Prompt Read(HttpRequest request, JsonElement body, int bodyBytes)
    {
        Require(body, "model");
        Require(body, "messages");
        OpenAISettings.CheckChat(body);
        CheckNotEmpty(body.Get("messages"), "messages");
        CheckNotEmpty(body.Get("tools"), "tools");
        foreach (var (i, tool) in body.Get("tools").Items().Index())
        {
            CheckFunction(tool.Get("function"), $"tools[{i}].function");
        }

        var messages = body.Get("messages").Items().ToList();
        for (var i = 0; i < messages.Count; i++)
        {
            CheckMessage(messages, i);
        }

        return new Prompt(
            body.Get("model").AsString() ?? "",
            string.Join('\n', messages.Where(IsSystem).Select(message => TextOf(message.Get("content")))),
            Turns(messages),
            body.Get("tool_choice").AsString() == "none" ? [] : Declared(body.Get("tools")),
            body.Get("stream").IsTrue(),
            TokensOf(bodyBytes))
        {
            IncludeUsage = body.Get("stream_options").Get("include_usage").IsTrue(),
        };
    }

    internal override AnswerEncoder Encode(Prompt prompt, JsonElement body, DateTimeOffset now) => new OpenAIChatEncoder(prompt, now);

    private static void CheckMessage(List<JsonElement> messages, int index)
    {
        var message = messages[index];
        var path = $"messages[{index}]";
        switch (RoleOf(message))
        {
            case "system" or "developer" or "user":
                CheckContent(message, path);
                break;
            case "assistant" when message.Get("tool_calls").IsMissing():
                CheckContent(message, path);
                break;
            case "assistant":
                CheckCalls(messages, index);
                break;
            case "tool":
                CheckContent(message, path);
                CheckToolMessage(messages, index);
                break;
            default:
                throw Reject(
                    $"Invalid value: '{RoleOf(message)}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
                    $"{path}.role", "invalid_value");
        }
    }

    private static void CheckContent(JsonElement message, string path)
    {
        var content = message.Get("content");
        if (content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            throw Reject("Invalid value for 'content': expected a string, got null.", $"{path}.content");
        }

        CheckNotEmpty(content, $"{path}.content");
        foreach (var (i, part) in content.Items().Index())
        {
            if (part.Get("type").AsString() == "text" && part.Get("text").AsString() is null)
            {
                throw Reject($"Missing required parameter: '{path}.content[{i}].text'.", $"{path}.content[{i}].text", "missing_required_parameter");
            }
        }
    }

    private static void CheckCalls(List<JsonElement> messages, int index)
    {
        var path = $"messages[{index}].tool_calls";
        CheckNotEmpty(messages[index].Get("tool_calls"), path);
        var ids = new List<string>();
        foreach (var (i, call) in messages[index].Get("tool_calls").Items().Index())
        {
            if (string.IsNullOrEmpty(call.Get("id").AsString()))
            {
                throw Reject($"Missing required parameter: '{path}[{i}].id'.", $"{path}[{i}].id", "missing_required_parameter");
            }

            CheckLength(call.Get("id").AsString(), MaxIdLength, $"{path}[{i}].id");
            var function = call.Get("function");
            if (call.Get("type").AsString() != "function")
            {
                throw Reject($"Missing required parameter: '{path}[{i}].type'.", $"{path}[{i}].type", "missing_required_parameter");
            }

            CheckName(function, $"{path}[{i}].function");
            if (function.Get("arguments").ValueKind != JsonValueKind.String)
            {
                throw Reject(
                    $"Invalid type for '{path}[{i}].function.arguments': expected a string, but got something else instead.",
                    $"{path}[{i}].function.arguments", "invalid_type");
            }

            ids.Add(call.Get("id").AsString()!);
        }

        var answered = messages.Skip(index + 1).TakeWhile(message => RoleOf(message) == "tool").Select(message => message.Get("tool_call_id").AsString()).ToList();
        var missing = ids.Where(id => !answered.Contains(id)).ToList();
        if (missing.Count > 0)
        {
            throw Reject(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
                + $"The following tool_call_ids did not have response messages: {string.Join(", ", missing)}",
                $"messages.[{Math.Min(index + 1 + answered.Count, messages.Count - 1)}].role");
        }
    }

    private static void CheckToolMessage(List<JsonElement> messages, int index)
    {
        var id = messages[index].Get("tool_call_id").AsString();
        if (id is null)
        {
            throw Reject($"Missing required parameter: 'messages[{index}].tool_call_id'.", $"messages[{index}].tool_call_id", "missing_required_parameter");
        }

        var asking = index - 1;
        while (asking >= 0 && RoleOf(messages[asking]) == "tool")
        {
            asking--;
        }

        if (asking < 0 || !messages[asking].Get("tool_calls").Items().Any(call => call.Get("id").AsString() == id))
        {
            throw Reject(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                $"messages.[{index}].role");
        }
    }

    private static List<Turn> Turns(List<JsonElement> messages)
    {
        var turns = new List<Turn>();
        var names = new Dictionary<string, string>();
        foreach (var message in messages.Where(message => !IsSystem(message)))
        {
            var text = TextOf(message.Get("content"));
            switch (RoleOf(message))
            {
                case "assistant":
                    var calls = message.Get("tool_calls").Items().Select(ToCall).ToList();
                    calls.ForEach(call => names[call.Id] = call.Name);
                    turns.Add(new Turn.Model(text, calls));
                    break;
                case "tool":
                    var id = message.Get("tool_call_id").AsString()!;
                    var result = new PromptResult(id, names.GetValueOrDefault(id, ""), WireJson.ParseOrString(text), IsError: false);
                    turns.AddResult(result);
                    break;
                default:
                    turns.Add(new Turn.User(text));
                    break;
            }
        }

        return turns;
    }

    private static PromptCall ToCall(JsonElement call) => new(
        call.Get("id").AsString()!,
        call.Get("function").Get("name").AsString()!,
        WireJson.ParseOrString(call.Get("function").Get("arguments").AsString()!));

    private static List<DeclaredTool> Declared(JsonElement tools) =>
        [.. tools.Items().Select(tool => new DeclaredTool(tool.Get("function").Get("name").AsString()!, tool.Get("function").Get("parameters")))];

    private static string TextOf(JsonElement content) =>
        content.AsString() ?? string.Concat(content.Items().Select(part => part.Get("text").AsString()));

    private static bool IsSystem(JsonElement message) => RoleOf(message) is "system" or "developer";

    private static string RoleOf(JsonElement message) => message.Get("role").AsString() ?? "";
}
