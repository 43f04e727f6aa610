using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>Reads a request of the Messages API and refuses what the API refuses, with its sentences.</summary>
internal static partial class AnthropicRequest
{
    internal static Prompt Read(JsonElement body, string version, int inputTokens)
    {
        Require(body, "model", JsonValueKind.String);
        Require(body, "max_tokens", JsonValueKind.Number);
        Require(body, "messages", JsonValueKind.Array);
        AnthropicSettings.Check(body, version);
        CheckTools(body.Get("tools"));
        if (body.Get("system").Items().Any(IsEmptyText))
        {
            throw Reject("system: text content blocks must be non-empty");
        }

        var messages = body.Get("messages").Items().ToList();
        CheckMessages(messages, body.Get("tools"));
        return new Prompt(
            body.Get("model").AsString()!,
            AnthropicTurns.TextOf(body.Get("system")),
            AnthropicTurns.Read(messages),
            body.Get("tool_choice").Get("type").AsString() == "none" ? [] : Declared(body.Get("tools")),
            body.Get("stream").IsTrue(),
            inputTokens);
    }

    private static void Require(JsonElement body, string field, JsonValueKind kind)
    {
        if (body.Get(field).IsMissing())
        {
            throw Reject($"{field}: Field required");
        }

        if (body.Get(field).ValueKind != kind)
        {
            throw Reject($"{field}: Input should be a valid {(kind == JsonValueKind.String ? "string" : kind == JsonValueKind.Number ? "integer" : "list")}");
        }

        if (kind == JsonValueKind.Number && (!body.Get(field).TryGetInt32(out var number) || number < 1))
        {
            throw Reject($"{field}: Input should be greater than or equal to 1");
        }
    }

    private static void CheckTools(JsonElement tools)
    {
        var names = new HashSet<string>();
        foreach (var (i, tool) in tools.Items().Index())
        {
            var name = tool.Get("name").AsString() ?? "";
            if (!ToolName().IsMatch(name))
            {
                throw Reject($"tools.{i}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
            }

            if (!names.Add(name))
            {
                throw Reject("tools: Tool names must be unique.");
            }

            // Tools of the provider's own have a versioned type and no schema.
            if (tool.Get("type").AsString() is null or "custom" && tool.Get("input_schema").Get("type").AsString() != "object")
            {
                var field = tool.Get("input_schema").IsMissing() ? "input_schema" : "input_schema.type";
                throw Reject($"tools.{i}.custom.{field}: Field required");
            }
        }
    }

    private static void CheckMessages(List<JsonElement> messages, JsonElement tools)
    {
        if (messages.Count == 0)
        {
            throw Reject("messages: at least one message is required");
        }

        var seen = new HashSet<string>();
        for (var i = 0; i < messages.Count; i++)
        {
            CheckRole(messages, i);
            CheckBlocks(messages[i], i, seen);
            if (!tools.Items().Any() && AnthropicTurns.Blocks(messages[i]).Any(block => block.Get("type").AsString() is "tool_use" or "tool_result"))
            {
                throw Reject("Requests which include `tool_use` or `tool_result` blocks must define tools.");
            }

            CheckResults(messages, i);
        }

        if (AnthropicTurns.RoleOf(messages[^1]) != "user")
        {
            throw Reject("This model does not support assistant message prefill. The conversation must end with a user message.");
        }
    }

    private static void CheckRole(List<JsonElement> messages, int index)
    {
        if (AnthropicTurns.RoleOf(messages[index]) is not ("user" or "assistant"))
        {
            throw Reject($"messages.{index}.role: Input should be 'user' or 'assistant'");
        }

        if (index == 0 && AnthropicTurns.RoleOf(messages[0]) != "user")
        {
            throw Reject("messages: first message must use the \"user\" role");
        }
    }

    private static void CheckBlocks(JsonElement message, int index, HashSet<string> seen)
    {
        var content = message.Get("content");
        if (content.IsMissing())
        {
            throw Reject($"messages.{index}.content: Field required");
        }

        if (content.AsString() == "" || (content.ValueKind == JsonValueKind.Array && content.GetArrayLength() == 0))
        {
            throw Reject($"messages.{index}: all messages must have non-empty content except for the optional final assistant message");
        }

        foreach (var (i, block) in AnthropicTurns.Blocks(message).Index())
        {
            var path = $"messages.{index}.content.{i}";
            switch (block.Get("type").AsString())
            {
                case "text":
                    CheckText(block);
                    break;
                case "tool_use":
                    CheckToolUse(block, path, seen);
                    break;
                case "tool_result":
                    CheckToolResult(block, path);
                    break;
                case "thinking" or "redacted_thinking" or "image" or "document":
                    break;
                default:
                    throw Reject($"{path}: Input tag '{block.Get("type").AsString()}' found using 'type' does not match any of the expected tags");
            }
        }
    }

    private static void CheckText(JsonElement block)
    {
        if (IsEmptyText(block))
        {
            throw Reject("messages: text content blocks must be non-empty");
        }

        if (string.IsNullOrWhiteSpace(block.Get("text").AsString()))
        {
            throw Reject("messages: text content blocks must contain non-whitespace text");
        }
    }

    private static void CheckToolUse(JsonElement block, string path, HashSet<string> seen)
    {
        var id = block.Get("id").AsString() ?? "";
        if (!Id().IsMatch(id))
        {
            throw Reject($"{path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
        }

        if (!ToolName().IsMatch(block.Get("name").AsString() ?? ""))
        {
            throw Reject($"{path}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{{1,200}}$'");
        }

        if (!seen.Add(id))
        {
            throw Reject("messages: `tool_use` ids must be unique");
        }

        if (block.Get("input").ValueKind != JsonValueKind.Object)
        {
            throw Reject($"{path}.tool_use.input: Input should be a valid dictionary");
        }
    }

    private static void CheckToolResult(JsonElement block, string path)
    {
        if (block.Get("tool_use_id").IsMissing())
        {
            throw Reject($"{path}.tool_result.tool_use_id: Field required");
        }

        if (block.Get("is_error").IsTrue() && AnthropicTurns.TextOf(block.Get("content")).Length == 0)
        {
            throw Reject($"{path}.tool_result: content cannot be empty if `is_error` is true");
        }

        if (block.Get("content").Items().Any(IsEmptyText))
        {
            throw Reject("messages: text content blocks must be non-empty");
        }
    }

    private static void CheckResults(List<JsonElement> messages, int index)
    {
        // Results have to stand at the beginning of the message directly after the one with the calls.
        var asked = AnthropicTurns.RoleOf(messages[index]) == "assistant" ? Ids(messages[index], "tool_use", "id") : [];
        var leading = index + 1 < messages.Count
            ? AnthropicTurns.Blocks(messages[index + 1]).TakeWhile(block => block.Get("type").AsString() == "tool_result").Select(b => b.Get("tool_use_id").AsString()).ToList()
            : [];
        var missing = asked.Where(id => !leading.Contains(id)).ToList();
        if (missing.Count > 0)
        {
            throw Reject($"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", missing)}. "
                + "Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
        }

        var before = index > 0 && AnthropicTurns.RoleOf(messages[index - 1]) == "assistant" ? Ids(messages[index - 1], "tool_use", "id") : [];
        var answered = new HashSet<string>();
        foreach (var (i, block) in AnthropicTurns.Blocks(messages[index]).Index())
        {
            if (block.Get("type").AsString() != "tool_result")
            {
                continue;
            }

            var id = block.Get("tool_use_id").AsString() ?? "";
            if (!before.Contains(id))
            {
                throw Reject($"messages.{index}.content.{i}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
                    + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
            }

            if (!answered.Add(id))
            {
                throw Reject($"messages.{index}.content.{i}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}");
            }
        }
    }

    private static List<DeclaredTool> Declared(JsonElement tools) =>
        [.. tools.Items().Select(tool => new DeclaredTool(tool.Get("name").AsString()!, tool.Get("input_schema")))];

    private static bool IsEmptyText(JsonElement block) => block.Get("type").AsString() == "text" && string.IsNullOrEmpty(block.Get("text").AsString());

    private static List<string> Ids(JsonElement message, string type, string field) =>
        [.. AnthropicTurns.Blocks(message).Where(block => block.Get("type").AsString() == type).Select(block => block.Get(field).AsString() ?? "")];

    private static RejectedException Reject(string message) => new(new Rejection(400, message));

    [GeneratedRegex(@"^[a-zA-Z0-9_-]+\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,128}\z")]
    private static partial Regex ToolName();
}
