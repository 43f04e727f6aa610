using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Convonet.Models.Http;

#pragma warning disable SCME0001 // the SDK calls the access to unknown fields experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>What OpenAI's errors mean. Its texts are never kept: they may repeat the user's words, or part of the key.</summary>
internal static class OpenAIFailure
{
    /// <summary>The failure that an exception of the SDK means; null when it is not one of the SDK's.</summary>
    public static ModelException? Translate(Exception error, TimeProvider time)
    {
        if (error is not ClientResultException failed)
        {
            return null;
        }

        var response = failed.GetRawResponse();
        return response is null ? new ModelException(ModelErrorKind.Unreachable, "OpenAI cannot be reached.", innerException: error.InnerException) : Of(response, time);
    }

    /// <summary>The failure that an answer's status means.</summary>
    public static ModelException Of(PipelineResponse response, TimeProvider time)
    {
        response.Headers.TryGetValue(RetryAfterHeader.NameMs, out var milliseconds);
        response.Headers.TryGetValue(RetryAfterHeader.Name, out var standard);
        response.Headers.TryGetValue("x-request-id", out var requestId);
        return new ModelException(
            ModelException.KindOf(response.Status),
            $"OpenAI answered with HTTP {response.Status} (request {requestId}).",
            RetryAfterHeader.Parse(milliseconds, standard, time.GetUtcNow()));
    }

    /// <summary>The failure in an event's <c>error</c>, which the SDK has no property for; null when the event has none.</summary>
    public static ModelException? InBand(ref JsonPatch fields)
    {
        if (!fields.TryGetJson("$.error"u8, out var json))
        {
            return null;
        }

        var error = JsonElement.Parse(json.Span);
        return InBand(Word(error, "code") ?? Word(error, "type"));
    }

    /// <summary>The failure that an error inside an answer of HTTP 200 means.</summary>
    /// <param name="code">The error's code or, if it has none, its type; compatible servers also send an HTTP status here.</param>
    public static ModelException InBand(string? code)
    {
        var kind = code switch
        {
            _ when int.TryParse(code, out var status) && status is >= 400 and < 600 => ModelException.KindOf(status),
            "rate_limit_exceeded" or "rate_limit_error" or "insufficient_quota" or "too_many_requests" => ModelErrorKind.RateLimited,
            "server_overloaded" or "server_is_overloaded" or "overloaded" or "overloaded_error" or "slow_down" => ModelErrorKind.Overloaded,
            "invalid_api_key" or "authentication_error" or "permission_error" or "permission_denied" => ModelErrorKind.Unauthorized,
            "context_length_exceeded" or "model_not_found" or "not_found_error" => ModelErrorKind.InvalidRequest,
            _ when code is not null && code.StartsWith("invalid_", StringComparison.Ordinal) => ModelErrorKind.InvalidRequest,
            _ => ModelErrorKind.ServerError,
        };
        return new ModelException(kind, $"OpenAI sent an error with code {code ?? "unknown"}.");
    }

    private static string? Word(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : null;
}
