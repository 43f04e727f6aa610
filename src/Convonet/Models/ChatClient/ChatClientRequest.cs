using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Models.ChatClient;

/// <summary>Writes a <see cref="ModelRequest"/> for a chat client.</summary>
internal static class ChatClientRequest
{
    /// <summary>The messages.</summary>
    public static List<ChatMessage> Messages(ModelRequest request, string provider)
    {
        var messages = new List<ChatMessage>(request.History.Count + 1);
        if (!string.IsNullOrWhiteSpace(request.SystemPrompt))
        {
            messages.Add(new ChatMessage(ChatRole.System, request.SystemPrompt));
        }

        var newest = request.NewestMessage;
        foreach (var (index, item) in request.History.Index())
        {
            var message = item switch
            {
                HistoryItem.UserMessage user => new ChatMessage(ChatRole.User, index == newest ? request.BehindMoment(user.Text) : user.Text),
                HistoryItem.AssistantMessage assistant => new ChatMessage(ChatRole.Assistant, Contents(assistant.Parts, provider)),
                HistoryItem.ToolResults results => new ChatMessage(ChatRole.Tool, [.. results.Results.Select(Result)]),
                _ => throw new InvalidOperationException($"Unknown history item {item.GetType()}."),
            };
            if (message.Contents.Count > 0)
            {
                messages.Add(message);
            }
        }

        return messages;
    }

    /// <summary>Everything but the messages. Tools are only declared, so that no client can run them.</summary>
    public static ChatOptions Options(ModelRequest request, string model)
    {
        var options = new ChatOptions { ModelId = model };
        if (request.Tools.Count > 0)
        {
            options.Tools = [.. request.Tools.Select(tool => tool is AIFunction function ? function.AsDeclarationOnly() : tool)];
            options.ToolMode = request.ToolChoice == ToolChoice.None ? ChatToolMode.None : ChatToolMode.Auto;
        }

        return options;
    }

    private static List<AIContent> Contents(IReadOnlyList<AssistantPart> parts, string provider)
    {
        var contents = new List<AIContent>();
        foreach (var part in parts)
        {
            if (part.ProviderData is { } data && data.Provider == provider)
            {
                contents.Add(ReasoningData.Load(data));
            }

            switch (part)
            {
                case AssistantPart.Text { Value.Length: > 0 } text:
                    contents.Add(new TextContent(text.Value));
                    break;
                case AssistantPart.ToolUse { Call: var call }:
                    contents.Add(new FunctionCallContent(call.Id, call.Name, Arguments(call)));
                    break;
            }
        }

        return contents;
    }

    private static Dictionary<string, object?> Arguments(ToolCall call) =>
        ToolArguments.ObjectOrEmpty(call.Arguments).EnumerateObject().ToDictionary(property => property.Name, property => (object?)property.Value);

    // Clients show errors in different ways: some read the exception, the others get it in the text.
    private static AIContent Result(ToolResult result) => result.IsError
        ? new FunctionResultContent(result.CallId, $"Error: {result.Content}") { Exception = new InvalidOperationException(result.Content) }
        : new FunctionResultContent(result.CallId, result.Content);
}
