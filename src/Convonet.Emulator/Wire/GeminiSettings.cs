using System.Text.Json;
using static Convonet.Emulator.Wire.JsonKinds;

namespace Convonet.Emulator.Wire;

/// <summary>Checks everything of a Gemini request that is neither contents nor tools, <see href="https://ai.google.dev/api/generate-content"/>.</summary>
internal static class GeminiSettings
{
    // The API takes one value where its protocol buffers have a list of them.
    private static readonly KnownFields RequestFields = new(
        (Text, ["model", "cachedContent", "serviceTier", "continuationToken"]),
        (Flag, ["store"]),
        (List | JsonKinds.Object, ["contents", "tools", "safetySettings"]),
        (JsonKinds.Object, ["toolConfig", "systemInstruction", "generationConfig", "labels"]));

    private static readonly KnownFields GenerationFields = new(
        (Integer, ["candidateCount", "maxOutputTokens", "topK", "seed", "logprobs"]),
        (Number, ["temperature", "topP", "presencePenalty", "frequencyPenalty"]),
        (Flag, ["responseLogprobs", "enableEnhancedCivicAnswers"]),
        (Text, ["responseMimeType", "mediaResolution"]),
        (Text | List, ["stopSequences", "responseModalities"]),
        (JsonKinds.Object, ["responseSchema", "responseFormat", "thinkingConfig", "speechConfig", "imageConfig", "audioTranscriptionConfig", "translationConfig"]),
        (Any, ["responseJsonSchema", "_responseJsonSchema", "responseJsonSchemaOrdered"]));

    private static readonly KnownFields ThinkingFields = new((Flag, ["includeThoughts"]), (Integer, ["thinkingBudget"]), (Text, ["thinkingLevel"]));

    private static readonly KnownFields ToolFields = new(
        (JsonKinds.Object, ["functionCallingConfig", "retrievalConfig"]), (Flag, ["includeServerSideToolInvocations"]));

    private static readonly KnownFields CallingFields = new(
        (Text, ["mode"]), (Text | List, ["allowedFunctionNames"]), (Flag, ["streamFunctionCallArguments"]));

    private static readonly KnownFields RetrievalFields = new((JsonKinds.Object, ["latLng"]), (Text, ["languageCode"]));

    private static readonly string[] Modes = ["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"];
    private static readonly string[] Levels = ["THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH"];

    /// <summary>Notes fields that do not exist or hold the wrong kind of value.</summary>
    internal static void CheckFields(GeminiFields wrong, JsonElement body)
    {
        wrong.Check(body, RequestFields, "");
        wrong.Check(Generation(body), GenerationFields, "generation_config");
        wrong.Check(Thinking(body), ThinkingFields, "generation_config.thinking_config");
        wrong.Enum(Thinking(body).Get("thinkingLevel", "thinking_level"), Levels, "generation_config.thinking_config.thinking_level", "ThinkingConfig.ThinkingLevel");

        var tools = body.Get("toolConfig", "tool_config");
        wrong.Check(tools, ToolFields, "tool_config");
        wrong.Check(Calling(body), CallingFields, "tool_config.function_calling_config");
        wrong.Check(tools.Get("retrievalConfig", "retrieval_config"), RetrievalFields, "tool_config.retrieval_config");
        wrong.Enum(Calling(body).Get("mode"), Modes, "tool_config.function_calling_config.mode", "FunctionCallingConfig.Mode");
    }

    /// <summary>Refuses values that are well written and make no sense.</summary>
    internal static void CheckValues(JsonElement body)
    {
        const string Path = "* GenerateContentRequest.generation_config";
        if (Generation(body).Get("temperature") is { ValueKind: JsonValueKind.Number } temperature && temperature.GetDouble() is < 0 or > 2)
        {
            throw Reject($"{Path}.temperature: temperature must be in the range [0.0, 2.0].\n");
        }

        if (Generation(body).Get("maxOutputTokens", "max_output_tokens") is { ValueKind: JsonValueKind.Number } tokens && tokens.GetDouble() < 1)
        {
            throw Reject($"{Path}.max_output_tokens: max_output_tokens must be positive.\n");
        }

        if (!Thinking(body).Get("thinkingBudget", "thinking_budget").IsMissing() && !Thinking(body).Get("thinkingLevel", "thinking_level").IsMissing())
        {
            throw Reject("You can only set only one of thinking budget and thinking level.");
        }
    }

    /// <summary>Whether the model may call tools at all.</summary>
    internal static bool AllowsCalls(JsonElement body) => Calling(body).Get("mode").AsString()?.ToUpperInvariant() != "NONE";

    private static JsonElement Generation(JsonElement body) => body.Get("generationConfig", "generation_config");

    private static JsonElement Thinking(JsonElement body) => Generation(body).Get("thinkingConfig", "thinking_config");

    private static JsonElement Calling(JsonElement body) =>
        body.Get("toolConfig", "tool_config").Get("functionCallingConfig", "function_calling_config");

    private static RejectedException Reject(string message) => new(new Rejection(400, message));
}
