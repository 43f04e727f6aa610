using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Anthropic.Models.Messages;

namespace Convonet.Models.Claude;

/// <summary>
/// The events of a streamed message. Those that are a piece of text are read here and are a string; all others are the SDK's, which for a piece of text would allocate some 5 KB.
/// </summary>
internal static class ClaudeEvents
{
    private static readonly TextEvent Text = new("content_block_delta", "delta", new TextEvent("text_delta", "text"));

    /// <summary>Reads a message's body until its end.</summary>
    public static async IAsyncEnumerable<object> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var streamed in SseParser.Create(body, Read).EnumerateAsync(cancellationToken))
        {
            if (streamed.Data is { } known)
            {
                yield return known;
            }
        }
    }

    private static object? Read(string eventType, ReadOnlySpan<byte> data) => eventType switch
    {
        "error" => throw InBand(data),

        // As the SDK does: an event without a name is none.
        "ping" or SseParser.EventTypeDefault => null,
        _ when data.IsEmpty => null,
        _ => (object?)Text.Read(data) ?? JsonSerializer.Deserialize<RawMessageStreamEvent>(data) ?? throw new ModelException(ModelErrorKind.Protocol, "Claude sent an empty event."),
    };

    /// <summary>The failure that an error event inside an answer of HTTP 200 means.</summary>
    private static ModelException InBand(ReadOnlySpan<byte> data)
    {
        var type = ErrorType(data);
        var kind = type switch
        {
            "overloaded_error" => ModelErrorKind.Overloaded,
            "rate_limit_error" => ModelErrorKind.RateLimited,
            "authentication_error" or "permission_error" => ModelErrorKind.Unauthorized,
            "invalid_request_error" or "not_found_error" or "request_too_large" or "billing_error" => ModelErrorKind.InvalidRequest,
            _ => ModelErrorKind.ServerError,
        };
        return new ModelException(kind, $"Claude sent an error event of type {type ?? "unknown"}.");
    }

    private static string? ErrorType(ReadOnlySpan<byte> data)
    {
        try
        {
            var streamed = JsonElement.Parse(data);
            return streamed.ValueKind == JsonValueKind.Object && streamed.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object && error.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                    ? type.GetString()
                    : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
