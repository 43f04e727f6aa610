using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
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
            : (object?)Text.Read(data) ?? ModelReaderWriter.Read<StreamingResponseUpdate>(new BinaryData(data.ToArray()), Wire, OpenAIContext.Default);
}
