using OpenAI.Chat;

#pragma warning disable OPENAI001, SCME0001 // the SDK calls the reasoning effort and its Patch experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>Writes a <see cref="ModelRequest"/> for the chat completions API.</summary>
/// <seealso href="https://developers.openai.com/api/reference/resources/chat"/>
internal static class OpenAIChatRequest
{
    /// <summary>The messages.</summary>
    public static List<ChatMessage> Messages(ModelRequest request, OpenAIOptions options)
    {
        var messages = new List<ChatMessage>(request.History.Count + 2);

        // Other servers' models may refuse instructions anywhere but at the beginning: they get the moment in the user's own message.
        var (isApart, newest) = (IsOpenAIs(options), request.NewestMessage);
        if (!string.IsNullOrWhiteSpace(request.SystemPrompt))
        {
            messages.Add(new SystemChatMessage(request.SystemPrompt));
        }

        foreach (var (index, item) in request.History.Index())
        {
            if (isApart && index == newest && request.Moment.Length > 0)
            {
                messages.Add(new SystemChatMessage(request.Moment));
            }

            switch (item)
            {
                case HistoryItem.UserMessage user:
                    messages.Add(new UserChatMessage(index == newest && !isApart ? request.BehindMoment(user.Text) : user.Text));
                    break;
                case HistoryItem.AssistantMessage assistant:
                    AddAssistant(messages, assistant.Parts);
                    break;
                case HistoryItem.ToolResults results:
                    foreach (var result in results.Results)
                    {
                        messages.Add(new ToolChatMessage(result.CallId, OpenAITools.Output(result)));
                    }

                    break;
            }
        }

        return messages;
    }

    /// <summary>Everything but the messages; the SDK adds <c>stream</c> and <c>stream_options</c>.</summary>
    public static ChatCompletionOptions Options(ModelRequest request, OpenAIOptions options)
    {
        var chat = new ChatCompletionOptions
        {
            Temperature = (float?)options.Temperature,
        };
        if (IsOpenAIs(options))
        {
            chat.MaxOutputTokenCount = options.MaxOutputTokens;
        }
        else
        {
            chat.Patch.Set("$.max_tokens"u8, options.MaxOutputTokens);
        }

        if (OpenAIPromptCache.KeyFor(request, options) is { } key)
        {
            chat.Patch.Set("$.prompt_cache_key"u8, key);
        }

        if (options.EffectiveReasoningEffort is { } effort)
        {
            chat.ReasoningEffortLevel = new ChatReasoningEffortLevel(effort);
        }

        foreach (var tool in request.Tools)
        {
            chat.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, OpenAITools.Description(tool), OpenAITools.Parameters(tool), functionSchemaIsStrict: false));
        }

        // The API refuses a choice without tools.
        if (request is { ToolChoice: ToolChoice.None, Tools.Count: > 0 })
        {
            chat.ToolChoice = ChatToolChoice.CreateNoneChoice();
        }

        return chat;
    }

    // OpenAI's models that reason refuse max_tokens, wherever they run; other servers know only that, and refuse or ignore its successor.
    private static bool IsOpenAIs(OpenAIOptions options) =>
        options.IsOwnAddress || options.BaseAddress.Host.EndsWith(".openai.azure.com", StringComparison.Ordinal);

    private static void AddAssistant(List<ChatMessage> messages, IReadOnlyList<AssistantPart> parts)
    {
        var text = string.Concat(parts.OfType<AssistantPart.Text>().Select(part => part.Value));
        var calls = parts.OfType<AssistantPart.ToolUse>()
            .Select(part => ChatToolCall.CreateFunctionToolCall(part.Call.Id, part.Call.Name, OpenAITools.Arguments(part.Call)))
            .ToList();
        if (calls.Count == 0 && text.Length == 0)
        {
            return;
        }

        var message = calls.Count == 0 ? new AssistantChatMessage(text) : new AssistantChatMessage(calls);
        if (calls.Count > 0 && text.Length > 0)
        {
            message.Content.Add(ChatMessageContentPart.CreateTextPart(text));
        }

        messages.Add(message);
    }
}
