using System.Text.Json;
using static Convonet.Emulator.Wire.JsonKinds;

namespace Convonet.Emulator.Wire;

/// <summary>Checks everything of a request of the Messages API that is neither messages nor tools, <see href="https://platform.claude.com/docs/en/api/messages"/>.</summary>
internal static class AnthropicSettings
{
    /// <summary>The first version without sampling parameters, <see href="https://platform.claude.com/docs/en/api/versioning"/>.</summary>
    private const string VersionWithoutSampling = "2026-10-21";

    private const int MinThinkingBudget = 1024;

    private static readonly KnownFields RequestFields = new(
        (Text, ["model", "service_tier", "speed", "inference_geo", "user_profile_id", "workspace_id"]),
        (Integer, ["max_tokens"]),
        (Flag, ["stream"]),
        (Text | List, ["system"]),
        (List, ["messages", "tools", "stop_sequences", "mcp_servers"]),
        (Text | JsonKinds.Object, ["container", "fallback_credit_token"]),
        (JsonKinds.Object, ["metadata", "thinking", "tool_choice", "output_config", "output_format", "cache_control", "context_management"]),
        (Any, ["billing_policy", "compaction", "diagnostics", "fallbacks", "thread"]));

    private static readonly KnownFields SamplingFields = new((Number, ["temperature", "top_p"]), (Integer, ["top_k"]));

    private static readonly KnownFields MetadataFields = new((Text, ["user_id"]));

    private static readonly Dictionary<string, KnownFields> Thinking = new()
    {
        ["disabled"] = new((Text, ["type"])),
        ["enabled"] = new((Text, ["type", "display"]), (Integer, ["budget_tokens"])),
        ["adaptive"] = new((Text, ["type", "display"])),
        ["between_tools"] = new((Text, ["type"])),
    };

    private static readonly Dictionary<string, KnownFields> ToolChoices = new()
    {
        ["auto"] = new((Text, ["type"]), (Flag, ["disable_parallel_tool_use"])),
        ["any"] = new((Text, ["type"]), (Flag, ["disable_parallel_tool_use"])),
        ["tool"] = new((Text, ["type", "name"]), (Flag, ["disable_parallel_tool_use"])),
        ["none"] = new((Text, ["type"])),
    };

    internal static void Check(JsonElement body, string version)
    {
        var samples = string.CompareOrdinal(version, VersionWithoutSampling) < 0;
        foreach (var (field, expected) in RequestFields.Wrong(body))
        {
            if (!samples || SamplingFields.Find(field.Name) is null)
            {
                throw Wrong(field.Name, expected);
            }
        }

        if (samples)
        {
            CheckSampling(body);
        }

        CheckFields(body.Get("metadata"), MetadataFields, "metadata");
        CheckThinking(body);
        CheckToolChoice(body);
    }

    private static void CheckSampling(JsonElement body)
    {
        foreach (var (field, expected) in SamplingFields.Wrong(body))
        {
            if (expected is not null)
            {
                throw Wrong(field.Name, expected);
            }
        }

        foreach (var name in (string[])["temperature", "top_p"])
        {
            if (!body.Get(name).IsMissing() && body.Get(name).GetDouble() is < 0 or > 1)
            {
                throw Reject($"{name}: range: 0..1");
            }
        }
    }

    private static void CheckThinking(JsonElement body)
    {
        var thinking = body.Get("thinking");
        if (thinking.IsMissing())
        {
            return;
        }

        var type = CheckTagged(thinking, Thinking, "thinking");
        if (type == "enabled")
        {
            CheckBudget(thinking.Get("budget_tokens"), body.Get("max_tokens").GetInt32());
        }

        if (type is "enabled" or "adaptive" && !body.Get("temperature").IsMissing() && body.Get("temperature").GetDouble() is not 1)
        {
            throw Reject("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.");
        }
    }

    private static void CheckBudget(JsonElement budget, int maxTokens)
    {
        if (budget.IsMissing())
        {
            throw Reject("thinking.enabled.budget_tokens: Field required");
        }

        if (budget.GetDouble() < MinThinkingBudget)
        {
            throw Reject($"thinking.enabled.budget_tokens: Input should be greater than or equal to {MinThinkingBudget}");
        }

        if (budget.GetDouble() >= maxTokens)
        {
            throw Reject("`max_tokens` must be greater than `thinking.budget_tokens`.");
        }
    }

    private static void CheckToolChoice(JsonElement body)
    {
        var choice = body.Get("tool_choice");
        if (choice.IsMissing())
        {
            return;
        }

        var type = CheckTagged(choice, ToolChoices, "tool_choice");
        if (type == "tool" && choice.Get("name").IsMissing())
        {
            throw Reject("tool_choice.tool.name: Field required");
        }

        if (!body.Get("tools").Items().Any())
        {
            throw Reject("tool_choice may only be specified while providing tools.");
        }

        if (type == "tool" && !body.Get("tools").Items().Any(tool => tool.Get("name").AsString() == choice.Get("name").AsString()))
        {
            throw Reject($"Tool '{choice.Get("name").AsString()}' not found in provided tools");
        }
    }

    /// <summary>Checks an object whose <c>type</c> says which fields it has.</summary>
    private static string CheckTagged(JsonElement element, Dictionary<string, KnownFields> tags, string path)
    {
        if (element.Get("type").IsMissing())
        {
            throw Reject($"{path}.type: Field required");
        }

        if (element.Get("type").AsString() is not { } type || !tags.TryGetValue(type, out var known))
        {
            throw Reject($"{path}: Input tag '{element.Get("type")}' found using 'type' does not match any of the expected tags: "
                + string.Join(", ", tags.Keys.Select(tag => $"'{tag}'")));
        }

        CheckFields(element, known, $"{path}.{type}");
        return type;
    }

    private static void CheckFields(JsonElement element, KnownFields known, string path)
    {
        foreach (var (field, expected) in known.Wrong(element))
        {
            throw Wrong($"{path}.{field.Name}", expected);
        }
    }

    private static RejectedException Wrong(string path, JsonKinds? expected) => Reject($"{path}: " + expected switch
    {
        null => "Extra inputs are not permitted",
        Integer => "Input should be a valid integer",
        Number => "Input should be a valid number",
        Flag => "Input should be a valid boolean",
        List => "Input should be a valid list",
        JsonKinds.Object => "Input should be an object",
        _ => "Input should be a valid string",
    });

    private static RejectedException Reject(string message) => new(new Rejection(400, message));
}
