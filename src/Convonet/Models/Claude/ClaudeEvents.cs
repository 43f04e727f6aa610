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
        _ => (object?)Text(data) ?? JsonSerializer.Deserialize<RawMessageStreamEvent>(data) ?? throw new ModelException(ModelErrorKind.Protocol, "Claude sent an empty event."),
    };

    /// <summary>The text of an event that is a piece of it; null for every other event, and for one that is not as it should be.</summary>
    private static string? Text(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        var (isDelta, text) = (false, (string?)null);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.String || !json.ValueTextEquals("content_block_delta"u8))
                {
                    return null;
                }

                isDelta = true;
            }
            else if (json.ValueTextEquals("delta"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.StartObject || (text = DeltaText(ref json)) is null)
                {
                    return null;
                }
            }
            else
            {
                json.Skip();
            }
        }

        json.Read(); // nothing may follow
        return isDelta ? text : null;
    }

    private static string? DeltaText(ref Utf8JsonReader json)
    {
        var (isText, text) = (false, (string?)null);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.String || !json.ValueTextEquals("text_delta"u8))
                {
                    return null;
                }

                isText = true;
            }
            else if (json.ValueTextEquals("text"u8))
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

        return isText ? text : null;
    }

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
