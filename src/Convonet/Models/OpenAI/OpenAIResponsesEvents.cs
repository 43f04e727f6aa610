using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenAI;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // the SDK calls all of the Responses API experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>
/// The events of a streamed response. Read here are a piece of text, which is a string, the end, and those that say nothing new: some of these hold the whole response with all
/// of its tools. All others are the SDK's, which for a piece of text would allocate some ten times as much, and for a whole response some ten times its length.
/// </summary>
internal static class OpenAIResponsesEvents
{
    private static readonly ModelReaderWriterOptions Wire = new("W");
    private static readonly object TheEnd = new();
    private static readonly object Nothing = new();
    private static readonly TextEvent Text = new("response.output_text.delta", "delta");

    /// <summary>Reads a response's body until its end.</summary>
    public static async IAsyncEnumerable<object?> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var streamed in SseParser.Create(body, Read).EnumerateAsync(cancellationToken))
        {
            if (streamed.Data == TheEnd)
            {
                yield break;
            }

            yield return streamed.Data;
        }
    }

    private static object? Read(string eventType, ReadOnlySpan<byte> data) =>
        data.SequenceEqual("[DONE]"u8)
            ? TheEnd
            : (object?)Text.Read(data) ?? ReadOther(data);

    private static object? ReadOther(ReadOnlySpan<byte> data)
    {
        // What the outline leaves out is read over, and costs nothing.
        var outline = JsonSerializer.Deserialize(data, OpenAIResponsesJson.Default.ResponsesOutline);
        return outline?.Type switch
        {
            "response.completed" => outline,
            "response.created" or "response.queued" or "response.in_progress" => Nothing,
            "response.content_part.added" or "response.content_part.done" or "response.output_text.done" => Nothing,
            "response.output_item.done" when outline.Item?.Type == "message" => Nothing,
            _ => ModelReaderWriter.Read<StreamingResponseUpdate>(new BinaryData(data.ToArray()), Wire, OpenAIContext.Default),
        };
    }
}

/// <summary>What is read of an event that is no piece of text: enough to know which it is, and what a response that is whole used.</summary>
internal sealed record ResponsesOutline(string? Type, ResponsesOutline.Whole? Response, ResponsesOutline.Part? Item)
{
    internal sealed record Part(string? Type);

    internal sealed record Whole(Tokens? Usage);

    internal sealed record Tokens(long InputTokens, long OutputTokens, Cached? InputTokensDetails);

    internal sealed record Cached(long CachedTokens, long? CacheWriteTokens);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResponsesOutline))]
internal sealed partial class OpenAIResponsesJson : JsonSerializerContext;
