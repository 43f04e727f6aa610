using System.Text.Json;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Models.OpenAI;

/// <summary>How tools, their calls and their results look in both of OpenAI's APIs.</summary>
internal static class OpenAITools
{
    private static readonly BinaryData NoParameters = new("""{"type":"object","properties":{}}"""u8.ToArray());

    /// <summary>A tool's description; null rather than empty.</summary>
    public static string? Description(AIFunctionDeclaration tool) => string.IsNullOrEmpty(tool.Description) ? null : tool.Description;

    /// <summary>A tool's parameters. The API wants an object with properties, also for a tool that has none.</summary>
    public static BinaryData Parameters(AIFunctionDeclaration tool) =>
        tool.JsonSchema is { ValueKind: JsonValueKind.Object } schema && schema.TryGetProperty("type", out _) && schema.TryGetProperty("properties", out _)
            ? new BinaryData(JsonSerializer.SerializeToUtf8Bytes(schema))
            : NoParameters;

    /// <summary>A call's arguments as they go back.</summary>
    public static BinaryData Arguments(ToolCall call) => new(ToolArguments.ObjectOrEmpty(call.Arguments).GetRawText());

    /// <summary>A call's result. The API has no mark for errors, so the text says it.</summary>
    public static string Output(ToolResult result) => result.IsError ? $"Error: {result.Content}" : result.Content;
}
