using System.Text.Json;
using static Convonet.Emulator.Wire.JsonKinds;

namespace Convonet.Emulator.Wire;

/// <summary>Checks everything of a request to OpenAI that is neither messages nor tools.</summary>
internal static class OpenAISettings
{
    private const int MaxTemperature = 2;
    private const int MinResponseTokens = 16;

    private static readonly KnownFields ChatFields = new(
        (Text, ["model", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "service_tier", "verbosity"]),
        (Integer, ["max_completion_tokens", "max_tokens", "n", "seed", "top_logprobs"]),
        (Number, ["temperature", "top_p", "frequency_penalty", "presence_penalty"]),
        (Flag, ["stream", "store", "logprobs", "parallel_tool_calls"]),
        (List, ["messages", "tools", "functions", "modalities"]),
        (Text | List, ["stop"]),
        (Text | JsonKinds.Object, ["tool_choice", "function_call"]),
        (JsonKinds.Object, ["audio", "logit_bias", "metadata", "prediction", "prompt_cache_options", "response_format", "stream_options", "web_search_options"]),
        (Any, ["moderation"]));

    private static readonly KnownFields ChatStreamFields = new((Flag, ["include_usage", "include_obfuscation"]));

    private static readonly KnownFields ResponsesFields = new(
        (Text, ["model", "instructions", "previous_response_id", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier", "truncation"]),
        (Integer, ["max_output_tokens", "max_tool_calls", "top_logprobs"]),
        (Number, ["temperature", "top_p"]),
        (Flag, ["stream", "store", "background", "parallel_tool_calls"]),
        (List, ["tools", "include", "context_management"]),
        (Text | List, ["input"]),
        (Text | JsonKinds.Object, ["tool_choice", "conversation"]),
        (JsonKinds.Object, ["metadata", "prompt", "prompt_cache_options", "reasoning", "stream_options", "text"]),
        (Any, ["moderation"]));

    private static readonly KnownFields ResponsesStreamFields = new((Flag, ["include_obfuscation"]));
    private static readonly KnownFields ReasoningFields = new((Text, ["effort", "summary", "generate_summary", "context", "mode"]));
    private static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    private static readonly string[] ToolChoices = ["none", "auto", "required"];

    internal static void CheckChat(JsonElement body)
    {
        // This API words unknown fields of the request itself differently from those inside its objects, and names all of them.
        var unknown = ChatFields.Wrong(body).Where(wrong => wrong.Expected is null).Select(wrong => wrong.Field.Name).ToList();
        if (unknown.Count > 0)
        {
            throw new RejectedException(new Rejection(400, $"Unrecognized request argument{(unknown.Count > 1 ? "s" : "")} supplied: {string.Join(", ", unknown)}"));
        }

        CheckFields(body, ChatFields, "");
        CheckFields(body.Get("stream_options"), ChatStreamFields, "stream_options.");
        CheckSampling(body);
        CheckMinimum(body, "max_tokens", 1);
        CheckMinimum(body, "max_completion_tokens", 1);
        CheckValue(body.Get("reasoning_effort"), Efforts, "reasoning_effort");
        CheckValue(body.Get("tool_choice"), ToolChoices, "tool_choice");
        if (!body.Get("tool_choice").IsMissing() && !body.Get("tools").Items().Any())
        {
            throw Reject("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", null);
        }
    }

    internal static void CheckResponses(JsonElement body)
    {
        CheckFields(body, ResponsesFields, "");
        CheckFields(body.Get("stream_options"), ResponsesStreamFields, "stream_options.");
        CheckFields(body.Get("reasoning"), ReasoningFields, "reasoning.");
        CheckSampling(body);
        CheckMinimum(body, "max_output_tokens", MinResponseTokens);
        CheckValue(body.Get("reasoning").Get("effort"), Efforts, "reasoning.effort");
        CheckValue(body.Get("tool_choice"), ToolChoices, "tool_choice");

        // Unlike chat completions, this API takes the choices that ask for nothing when there are no tools.
        var choice = body.Get("tool_choice");
        if (!choice.IsMissing() && choice.AsString() is not ("auto" or "none") && !body.Get("tools").Items().Any())
        {
            throw Reject($"Tool choice '{choice.AsString() ?? choice.Get("type").AsString()}' must be specified with 'tools' parameter.", "tool_choice", null);
        }
    }

    private static void CheckFields(JsonElement element, KnownFields known, string prefix)
    {
        foreach (var (field, expected) in known.Wrong(element))
        {
            var path = prefix + field.Name;
            throw expected is { } kinds
                ? Reject($"Invalid type for '{path}': expected {Expected(kinds)}, but got {Given(field.Value)} instead.", path, "invalid_type")
                : Reject($"Unknown parameter: '{path}'.", path, "unknown_parameter");
        }
    }

    private static void CheckSampling(JsonElement body)
    {
        CheckRange(body, "temperature", MaxTemperature);
        CheckRange(body, "top_p", 1);
    }

    private static void CheckRange(JsonElement body, string name, int max)
    {
        var value = body.Get(name);
        if (!value.IsMissing() && value.GetDouble() > max)
        {
            throw Reject($"Invalid '{name}': decimal above maximum value. Expected a value <= {max}, but got {value} instead.", name, "decimal_above_max_value");
        }

        if (!value.IsMissing() && value.GetDouble() < 0)
        {
            throw Reject($"Invalid '{name}': decimal below minimum value. Expected a value >= 0, but got {value} instead.", name, "decimal_below_min_value");
        }
    }

    private static void CheckMinimum(JsonElement body, string name, int min)
    {
        var value = body.Get(name);
        if (!value.IsMissing() && value.GetDouble() < min)
        {
            throw Reject($"Invalid '{name}': integer below minimum value. Expected a value >= {min}, but got {value} instead.", name, "integer_below_min_value");
        }
    }

    private static void CheckValue(JsonElement value, string[] allowed, string path)
    {
        if (value.AsString() is { } text && !allowed.Contains(text))
        {
            var others = string.Join(", ", allowed.SkipLast(1).Select(name => $"'{name}'"));
            throw Reject($"Invalid value: '{text}'. Supported values are: {others}, and '{allowed[^1]}'.", path, "invalid_value");
        }
    }

    private static string Expected(JsonKinds kinds) => kinds switch
    {
        Text => "a string",
        Integer => "an integer",
        Number => "a decimal",
        Flag => "a boolean",
        List => "an array",
        JsonKinds.Object => "an object",
        Text | List => "one of a string or array",
        _ => "one of a string or object",
    };

    private static string Given(JsonElement value) => KnownFields.KindsOf(value) switch
    {
        Text => "a string",
        Number => "a decimal number",
        Number | Integer => "an integer",
        Flag => "a boolean",
        List => "an array",
        _ => "an object",
    };

    private static RejectedException Reject(string message, string param, string? code) => new(new Rejection(400, message) { Param = param, Code = code });
}
