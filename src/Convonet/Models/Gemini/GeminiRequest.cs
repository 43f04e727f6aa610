using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Convonet.Models.Gemini;

/// <summary>Writes the body of <c>streamGenerateContent</c>.</summary>
/// <param name="options">The model's settings.</param>
/// <param name="tools">Converted declarations.</param>
/// <see href="https://ai.google.dev/api/generate-content"/>
internal sealed class GeminiRequest(GeminiOptions options, GeminiTools tools)
{
    private readonly GeminiHistory _history = new(options.Model);

    /// <summary>Writes the request as one JSON object.</summary>
    public void Write(Utf8JsonWriter json, ModelRequest request)
    {
        json.WriteStartObject();
        if (request.SystemPrompt.Length > 0)
        {
            json.WriteStartObject("systemInstruction");
            json.WriteStartArray("parts");
            GeminiHistory.WriteTextPart(json, request.SystemPrompt);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        _history.Write(json, request);
        WriteTools(json, request);
        WriteConfig(json);
        json.WriteEndObject();
    }

    private void WriteTools(Utf8JsonWriter json, ModelRequest request)
    {
        if (request.Tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools");
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations");
        foreach (AIFunctionDeclaration tool in request.Tools)
        {
            json.WriteRawValue(tools.DeclarationOf(tool), skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        if (request.ToolChoice == ToolChoice.None)
        {
            json.WriteStartObject("toolConfig");
            json.WriteStartObject("functionCallingConfig");
            json.WriteString("mode", "NONE");
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private void WriteConfig(Utf8JsonWriter json)
    {
        json.WriteStartObject("generationConfig");
        json.WriteNumber("maxOutputTokens", options.MaxOutputTokens);
        if (options.Temperature is { } temperature)
        {
            json.WriteNumber("temperature", temperature);
        }

        if (options.ThinkingBudget is { } budget)
        {
            json.WriteStartObject("thinkingConfig");
            json.WriteNumber("thinkingBudget", budget);
            json.WriteEndObject();
        }
        else if (options.ThinkingLevel is { } level)
        {
            json.WriteStartObject("thinkingConfig");
            json.WriteString("thinkingLevel", level);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
