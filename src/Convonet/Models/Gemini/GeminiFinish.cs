namespace Convonet.Models.Gemini;

/// <summary>What Gemini's <c>finishReason</c> means.</summary>
/// <see href="https://ai.google.dev/api/generate-content#FinishReason"/>
internal static class GeminiFinish
{
    /// <summary>The reason in our terms.</summary>
    /// <param name="finishReason">The last one of the stream.</param>
    /// <param name="calls">Whether the step asked for tools; Gemini says STOP then as well.</param>
    /// <exception cref="ModelException">The model failed, for a reason that is neither the model's end nor a filter.</exception>
    public static FinishReason ReasonOf(string finishReason, bool calls) => finishReason switch
    {
        "STOP" => calls ? FinishReason.ToolCalls : FinishReason.Stop,
        "MAX_TOKENS" => FinishReason.MaxTokens,
        "SAFETY" or "RECITATION" or "LANGUAGE" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "MODEL_ARMOR"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" => FinishReason.Blocked,
        "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" => FinishReason.MalformedToolCall,
        "MISSING_THOUGHT_SIGNATURE" => throw new ModelException(
            ModelErrorKind.InvalidRequest, "Gemini missed a thought signature in the history."),

        // OTHER, MALFORMED_RESPONSE and whatever the API invents next.
        _ => throw new ModelException(ModelErrorKind.ServerError, $"Gemini stopped: {finishReason}."),
    };
}
