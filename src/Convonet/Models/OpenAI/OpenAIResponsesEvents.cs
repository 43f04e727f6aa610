using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenAI;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // the SDK calls all of the Responses API experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>
/// The events of a streamed response. Those that are a piece of text are read here and are a string; all others are the SDK's, which for a piece of text would allocate some ten times as much.
/// </summary>
internal static class OpenAIResponsesEvents
{
    private static readonly ModelReaderWriterOptions Wire = new("W");
    private static readonly object TheEnd = new();

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
            : (object?)Text(data) ?? ModelReaderWriter.Read<StreamingResponseUpdate>(new BinaryData(data.ToArray()), Wire, OpenAIContext.Default);

    /// <summary>The text of an event that is a piece of it; null for every other event, and for one that is not as it should be.</summary>
    private static string? Text(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        var (isText, text) = (false, (string?)null);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.String || !json.ValueTextEquals("response.output_text.delta"u8))
                {
                    return null;
                }

                isText = true;
            }
            else if (json.ValueTextEquals("delta"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.String)
                {
                    return null;
                }

                text = json.GetString();
            }
            else
            {
                json.Skip();
            }
        }

        json.Read(); // nothing may follow
        return isText ? text : null;
    }
}
