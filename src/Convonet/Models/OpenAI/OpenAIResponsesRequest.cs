using System.Runtime.CompilerServices;
using System.Text.Json;
using Convonet.Models.Http;
using Microsoft.Extensions.AI;

namespace Convonet.Models.OpenAI;

/// <summary>
/// Writes a <see cref="ModelRequest"/> for the Responses API. Nothing is stored there and no id of an earlier answer is sent: the whole
/// conversation is ours, and any other provider may have taken part in it. The SDK's own types for it would copy all of the history.
/// </summary>
/// <seealso href="https://developers.openai.com/api/reference/resources/responses"/>
internal static class OpenAIResponsesRequest
{
    /// <summary>The declarations, made once a tool.</summary>
    private static readonly ConditionalWeakTable<AIFunctionDeclaration, byte[]> Declared = [];

    /// <summary>The request, for the SDK to send.</summary>
    public static PooledJsonBody Create(ModelRequest request, OpenAIOptions options) =>
        new(PooledJsonContent.Create((request, options), static (json, state) => Write(json, state.request, state.options)));

    private static void Write(Utf8JsonWriter json, ModelRequest request, OpenAIOptions options)
    {
        json.WriteStartObject();
        json.WriteString("model", options.Model);
        json.WriteBoolean("stream", true);
        json.WriteBoolean("store", false);
        json.WriteNumber("max_output_tokens", options.MaxOutputTokens);
        if (options.Temperature is { } temperature)
        {
            json.WriteNumber("temperature", temperature);
        }

        if (options.EffectiveReasoningEffort is { } effort)
        {
            json.WriteStartObject("reasoning");
            json.WriteString("effort", effort);
            json.WriteEndObject();
        }

        if (OpenAIPromptCache.KeyFor(request, options) is { } key)
        {
            json.WriteString("prompt_cache_key", key);
        }

        // In this field they cannot be marked.
        var (hasInstructions, isMarked) = (!string.IsNullOrWhiteSpace(request.SystemPrompt), OpenAIPromptCache.TakesMarks(options));
        if (hasInstructions && !isMarked)
        {
            json.WriteString("instructions", request.SystemPrompt);
        }

        WriteTools(json, request);
        json.WriteStartArray("input");
        if (hasInstructions && isMarked)
        {
            WriteMessage(json, "developer", request.SystemPrompt, isMarked: true);
        }

        WriteHistory(json, request, isMarked);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ModelRequest request)
    {
        if (request.Tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools");
        foreach (var tool in request.Tools)
        {
            json.WriteRawValue(Declared.GetValue(tool, Declare), skipInputValidation: true);
        }

        json.WriteEndArray();
        if (request.ToolChoice == ToolChoice.None)
        {
            json.WriteString("tool_choice", "none");
        }
    }

    // Strict is the API's default here, and refuses schemas with optional properties.
    private static byte[] Declare(AIFunctionDeclaration tool)
    {
        using var declared = new MemoryStream();
        using (var json = new Utf8JsonWriter(declared))
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteString("name", tool.Name);
            if (OpenAITools.Description(tool) is { } description)
            {
                json.WriteString("description", description);
            }

            json.WriteBoolean("strict", false);
            json.WritePropertyName("parameters");
            json.WriteRawValue(OpenAITools.Parameters(tool));
            json.WriteEndObject();
        }

        return declared.ToArray();
    }

    private static void WriteHistory(Utf8JsonWriter json, ModelRequest request, bool isMarked)
    {
        var (newest, end) = (request.NewestMessage, request.History.Count - 1);
        var marked = isMarked ? OpenAIPromptCache.FirstMarked(request.History) : end;
        foreach (var (index, item) in request.History.Index())
        {
            if (index == newest && request.Moment.Length > 0)
            {
                WriteMessage(json, "developer", request.Moment);
            }

            switch (item)
            {
                case HistoryItem.UserMessage user:
                    WriteMessage(json, "user", user.Text, index >= marked && index < end);
                    break;
                case HistoryItem.AssistantMessage assistant:
                    WriteAssistant(json, assistant.Parts);
                    break;
                case HistoryItem.ToolResults results:
                    foreach (var result in results.Results)
                    {
                        WriteItem(json, "function_call_output", result.CallId);
                        json.WriteString("output", OpenAITools.Output(result));
                        json.WriteEndObject();
                    }

                    break;
            }
        }
    }

    private static void WriteAssistant(Utf8JsonWriter json, IReadOnlyList<AssistantPart> parts)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case AssistantPart.Text { Value.Length: > 0 } text:
                    WriteMessage(json, "assistant", text.Value);
                    break;
                case AssistantPart.ToolUse { Call: var call }:
                    WriteItem(json, "function_call", call.Id);
                    json.WriteString("name", call.Name);
                    json.WriteString("arguments", ToolArguments.ObjectOrEmpty(call.Arguments).GetRawText());
                    json.WriteEndObject();
                    break;
            }
        }
    }

    private static void WriteItem(Utf8JsonWriter json, string type, string callId)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("call_id", callId);
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string text, bool isMarked = false)
    {
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteString("role", role);
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", role == "assistant" ? "output_text" : "input_text");
        json.WriteString("text", text);
        if (role == "assistant")
        {
            json.WriteStartArray("annotations");
            json.WriteEndArray();
        }

        if (isMarked)
        {
            OpenAIPromptCache.Mark(json);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
