using System.Runtime.CompilerServices;
using System.Text.Json;
using Anthropic.Models.Messages;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Models.Claude;

/// <summary>Writes a <see cref="ModelRequest"/> as the Messages API wants it.</summary>
/// <seealso href="https://platform.claude.com/docs/en/api/messages"/>
internal static class ClaudeRequest
{
    private static readonly JsonElement ObjectType = JsonElement.Parse("\"object\"");
    private static readonly JsonElement NoProperties = JsonElement.Parse("{}");

    /// <summary>The declarations, made once a tool.</summary>
    private static readonly ConditionalWeakTable<AIFunctionDeclaration, Tool> Declared = [];

    /// <summary>The request's parameters; the SDK adds <c>stream</c>.</summary>
    public static MessageCreateParams Create(ModelRequest request, ClaudeOptions options) => new()
    {
        Model = options.Model,
        MaxTokens = options.MaxOutputTokens,
        Messages = Messages(request),
        System = System(request.SystemPrompt),
        Tools = Tools(request.Tools),
        ToolChoice = Choice(request),
        Thinking = Thinking(options),
    };

    // What earlier turns said is the same in each step of this one, and what this one has said so far in its next step: both are cached. The time stands between them.
    private static List<MessageParam> Messages(ModelRequest request)
    {
        var history = request.History;
        var messages = new ClaudeMessages();
        var (turn, newest) = (TurnStart(history), request.NewestMessage);
        for (var i = 0; i < history.Count; i++)
        {
            if (i == newest)
            {
                messages.MarkEnd();
                messages.AddUser(Text(request.Moment));
            }

            switch (history[i])
            {
                case HistoryItem.UserMessage user:
                    messages.AddUser(Text(user.Text));
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
                        messages.AddUser(Result(result));
                    }

                    break;
            }
        }

        if (history is [.., HistoryItem.ToolResults])
        {
            messages.MarkEnd();
        }

        return messages.ToList();
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
            messages.AddThinking(new ContentBlockParam(JsonElement.Parse(data.Json)));
        }

        messages.AddAssistant(part switch
        {
            AssistantPart.Text text => Text(text.Value),
            AssistantPart.ToolUse { Call: var call } => new ToolUseBlockParam { ID = call.Id, Name = call.Name, Input = Properties(ToolArguments.ObjectOrEmpty(call.Arguments)) },
            _ => null,
        });
    }

    // The API refuses text blocks without a visible character.
    private static ContentBlockParam? Text(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return new TextBlockParam(text);
    }

    private static ContentBlockParam Result(ToolResult result)
    {
        var block = new ToolResultBlockParam(result.CallId) { IsError = result.IsError ? true : null };
        return string.IsNullOrWhiteSpace(result.Content) ? block : new ToolResultBlockParam(block) { Content = result.Content };
    }

    // Tools and instructions are the same in every step of a conversation, and are cached.
    private static MessageCreateParamsSystem? System(string prompt)
    {
        if (string.IsNullOrWhiteSpace(prompt))
        {
            return null;
        }

        return new List<TextBlockParam> { new(prompt) { CacheControl = new CacheControlEphemeral() } };
    }

    // The API refuses a choice without tools.
    private static Anthropic.Models.Messages.ToolChoice? Choice(ModelRequest request)
    {
        if (request.ToolChoice == Models.ToolChoice.Auto || request.Tools.Count == 0)
        {
            return null;
        }

        return new ToolChoiceNone();
    }

    private static List<ToolUnion>? Tools(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        if (tools.Count == 0)
        {
            return null;
        }

        var declared = new List<ToolUnion>(tools.Count);
        for (var i = 0; i < tools.Count; i++)
        {
            var tool = Declared.GetValue(tools[i], Declare);
            declared.Add(i == tools.Count - 1 ? new Tool(tool) { CacheControl = new CacheControlEphemeral() } : tool);
        }

        return declared;
    }

    private static Tool Declare(AIFunctionDeclaration tool)
    {
        var declared = new Tool { Name = tool.Name, InputSchema = Schema(tool.JsonSchema) };
        return string.IsNullOrEmpty(tool.Description) ? declared : new Tool(declared) { Description = tool.Description };
    }

    private static InputSchema Schema(JsonElement schema)
    {
        var properties = schema.ValueKind == JsonValueKind.Object ? Properties(schema) : [];
        properties["type"] = ObjectType;
        properties.TryAdd("properties", NoProperties);
        return InputSchema.FromRawUnchecked(properties);
    }

    private static Dictionary<string, JsonElement> Properties(JsonElement value)
    {
        var properties = new Dictionary<string, JsonElement>();
        foreach (var property in value.EnumerateObject())
        {
            properties[property.Name] = property.Value;
        }

        return properties;
    }

    private static ThinkingConfigParam? Thinking(ClaudeOptions options) =>
        (options.Thinking ?? (options.Model == ClaudeOptions.DefaultModel ? "disabled" : null)) switch
        {
            "disabled" => new ThinkingConfigDisabled(),
            "adaptive" => new ThinkingConfigAdaptive(),
            _ => null,
        };
}
