using System.Runtime.CompilerServices;
using System.Text.Json;
using Convonet.Models.Http;
using Microsoft.Extensions.AI;

namespace Convonet.Models.Claude;

/// <summary>Writes a <see cref="ModelRequest"/> as the Messages API wants it. The SDK's own types for it would copy all of the history.</summary>
/// <seealso href="https://platform.claude.com/docs/en/api/messages"/>
internal static class ClaudeRequest
{
    /// <summary>The declarations, made once a tool.</summary>
    private static readonly ConditionalWeakTable<AIFunctionDeclaration, Declaration> Declared = [];

    /// <summary>The request's body.</summary>
    public static PooledJsonContent Create(ModelRequest request, ClaudeOptions options) =>
        PooledJsonContent.Create((request, options), static (json, state) => Write(json, state.request, state.options));

    private static void Write(Utf8JsonWriter json, ModelRequest request, ClaudeOptions options)
    {
        json.WriteStartObject();
        json.WriteString("model", options.Model);
        json.WriteNumber("max_tokens", options.MaxOutputTokens);
        json.WriteBoolean("stream", true);
        if ((options.Thinking ?? (options.Model == ClaudeOptions.DefaultModel ? "disabled" : null)) is { } thinking)
        {
            json.WriteStartObject("thinking");
            json.WriteString("type", thinking);
            json.WriteEndObject();
        }

        // Tools and instructions are the same in every step of a conversation, and are cached.
        WriteTools(json, request);
        if (!string.IsNullOrWhiteSpace(request.SystemPrompt))
        {
            json.WriteStartArray("system");
            ClaudeMessages.WriteText(json, request.SystemPrompt, isMarked: true);
            json.WriteEndArray();
        }

        Messages(request).Write(json);
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ModelRequest request)
    {
        var tools = request.Tools;
        if (tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools");
        for (var i = 0; i < tools.Count; i++)
        {
            var declared = Declared.GetValue(tools[i], static tool => new(Declare(tool, isMarked: false), Declare(tool, isMarked: true)));
            json.WriteRawValue(i == tools.Count - 1 ? declared.Last : declared.Plain, skipInputValidation: true);
        }

        json.WriteEndArray();

        // The API refuses a choice without tools.
        if (request.ToolChoice == ToolChoice.None)
        {
            json.WriteStartObject("tool_choice");
            json.WriteString("type"u8, "none"u8);
            json.WriteEndObject();
        }
    }

    private static byte[] Declare(AIFunctionDeclaration tool, bool isMarked)
    {
        using var declared = new MemoryStream();
        using (var json = new Utf8JsonWriter(declared))
        {
            json.WriteStartObject();
            json.WriteString("name", tool.Name);
            if (!string.IsNullOrEmpty(tool.Description))
            {
                json.WriteString("description", tool.Description);
            }

            json.WriteStartObject("input_schema");
            WriteSchema(json, tool.JsonSchema);
            json.WriteEndObject();
            ClaudeMessages.End(json, isMarked);
        }

        return declared.ToArray();
    }

    // The API wants an object with properties, be they none.
    private static void WriteSchema(Utf8JsonWriter json, JsonElement schema)
    {
        json.WriteString("type"u8, "object"u8);
        var hasProperties = false;
        if (schema.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in schema.EnumerateObject().Where(static property => !property.NameEquals("type"u8)))
            {
                property.WriteTo(json);
                hasProperties |= property.NameEquals("properties"u8);
            }
        }

        if (!hasProperties)
        {
            json.WriteStartObject("properties");
            json.WriteEndObject();
        }
    }

    // What earlier turns said is the same in each step of this one, and what this one has said so far in its next step: both are cached. The time stands between them.
    private static ClaudeMessages Messages(ModelRequest request)
    {
        var history = request.History;
        var messages = new ClaudeMessages();
        var (turn, newest) = (TurnStart(history), request.NewestMessage);
        for (var i = 0; i < history.Count; i++)
        {
            if (i == newest)
            {
                messages.MarkEnd();
                messages.AddUser(request.Moment);
            }

            switch (history[i])
            {
                case HistoryItem.UserMessage user:
                    messages.AddUser(user.Text);
                    break;
                case HistoryItem.AssistantMessage assistant:
                    foreach (var part in assistant.Parts)
                    {
                        AddPart(messages, part, withThinking: i >= turn);
                    }

                    break;
                case HistoryItem.ToolResults results:
                    foreach (var result in results.Results)
                    {
                        messages.AddResult(result);
                    }

                    break;
            }
        }

        if (history is [.., HistoryItem.ToolResults])
        {
            messages.MarkEnd();
        }

        return messages;
    }

    // Where the running turn begins. Thinking is bound to the system prompt that it was thought under, and the next turn's differs.
    private static int TurnStart(IReadOnlyList<HistoryItem> history)
    {
        var start = history.Count;
        while (start > 0 && history[start - 1] is not HistoryItem.UserMessage)
        {
            start--;
        }

        return start;
    }

    private static void AddPart(ClaudeMessages messages, AssistantPart part, bool withThinking)
    {
        // A thinking block: it comes before what it led to.
        if (withThinking && part.ProviderData is { Provider: ClaudeChatModel.ProviderName } data)
        {
            messages.AddThinking(data.Json);
        }

        switch (part)
        {
            case AssistantPart.Text text:
                messages.AddAssistant(text.Value);
                break;
            case AssistantPart.ToolUse { Call: var call }:
                messages.AddCall(call);
                break;
        }
    }

    /// <param name="Plain">As it stands among others.</param>
    /// <param name="Last">With the mark that all until here is to be cached.</param>
    private sealed record Declaration(byte[] Plain, byte[] Last);
}
