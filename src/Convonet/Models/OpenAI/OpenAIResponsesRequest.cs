using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // the SDK calls all of the Responses API experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>
/// Writes a <see cref="ModelRequest"/> for the Responses API. Nothing is stored there and no id of an earlier answer is sent: the whole
/// conversation is ours, and any other provider may have taken part in it.
/// </summary>
/// <seealso href="https://developers.openai.com/api/reference/resources/responses"/>
internal static class OpenAIResponsesRequest
{
    /// <summary>The declarations, made once a tool.</summary>
    private static readonly ConditionalWeakTable<AIFunctionDeclaration, ResponseTool> Declared = [];

    /// <summary>The request.</summary>
    public static CreateResponseOptions Create(ModelRequest request, OpenAIOptions options)
    {
        var response = new CreateResponseOptions
        {
            Model = options.Model,
            StreamingEnabled = true,
            StoredOutputEnabled = false,
            MaxOutputTokenCount = options.MaxOutputTokens,
            Temperature = (float?)options.Temperature,
            Instructions = string.IsNullOrWhiteSpace(request.SystemPrompt) ? null : request.SystemPrompt,
        };
        if (options.EffectiveReasoningEffort is { } effort)
        {
            response.ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = new ResponseReasoningEffortLevel(effort) };
        }

        var newest = request.NewestMessage;
        foreach (var (index, item) in request.History.Index())
        {
            if (index == newest && request.Moment.Length > 0)
            {
                response.InputItems.Add(ResponseItem.CreateDeveloperMessageItem(request.Moment));
            }

            AddItems(response.InputItems, item);
        }

        foreach (var tool in request.Tools)
        {
            response.Tools.Add(Declared.GetValue(tool, Declare));
        }

        if (request is { ToolChoice: ToolChoice.None, Tools.Count: > 0 })
        {
            response.ToolChoice = ResponseToolChoice.CreateNoneChoice();
        }

        return response;
    }

    // Strict is the API's default here, and refuses schemas with optional properties.
    private static ResponseTool Declare(AIFunctionDeclaration tool) =>
        ResponseTool.CreateFunctionTool(tool.Name, OpenAITools.Parameters(tool), strictModeEnabled: false, OpenAITools.Description(tool));

    private static void AddItems(IList<ResponseItem> items, HistoryItem item)
    {
        switch (item)
        {
            case HistoryItem.UserMessage user:
                items.Add(ResponseItem.CreateUserMessageItem(user.Text));
                break;
            case HistoryItem.AssistantMessage assistant:
                AddAssistant(items, assistant.Parts);
                break;
            case HistoryItem.ToolResults results:
                foreach (var result in results.Results)
                {
                    items.Add(ResponseItem.CreateFunctionCallOutputItem(result.CallId, OpenAITools.Output(result)));
                }

                break;
        }
    }

    private static void AddAssistant(IList<ResponseItem> items, IReadOnlyList<AssistantPart> parts)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case AssistantPart.Text { Value.Length: > 0 } text:
                    items.Add(ResponseItem.CreateAssistantMessageItem(text.Value));
                    break;
                case AssistantPart.ToolUse { Call: var call }:
                    items.Add(ResponseItem.CreateFunctionCallItem(call.Id, call.Name, OpenAITools.Arguments(call)));
                    break;
            }
        }
    }
}
