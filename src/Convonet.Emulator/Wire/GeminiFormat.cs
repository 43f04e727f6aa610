using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>Google's Gemini API, <see href="https://ai.google.dev/api/generate-content"/>.</summary>
internal sealed class GeminiFormat : WireFormat
{
    internal override EmulatedApi Api => EmulatedApi.Gemini;

    internal override string StreamType => "text/event-stream";

    internal override string NotJson => "Invalid JSON payload received. Unexpected token.";

    internal override Rejection? CheckHeaders(HttpRequest request) =>
        string.IsNullOrEmpty(request.Headers["x-goog-api-key"]) && string.IsNullOrEmpty(request.Query["key"])
            ? new Rejection(403, "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.")
            : null;

    internal override Prompt Read(HttpRequest request, JsonElement body, int bodyBytes)
    {
        var (model, method) = Target(request.Path.Value!);
        var stream = method switch
        {
            "streamGenerateContent" when request.Query["alt"] == "sse" => true,
            "streamGenerateContent" => throw Reject("The emulator streams server-sent events only: add ?alt=sse."),
            "generateContent" => false,
            _ => throw new RejectedException(new Rejection(404, MessageOf(404))),
        };
        return GeminiRequest.Read(model, stream, body, TokensOf(bodyBytes));
    }

    internal override AnswerEncoder Encode(Prompt prompt, JsonElement body, DateTimeOffset now) => new GeminiEncoder(prompt);

    internal override JsonObject Error(Rejection rejection, IHeaderDictionary headers) => ErrorBody(rejection);

    internal static JsonObject ErrorBody(Rejection rejection)
    {
        var error = new JsonObject { ["code"] = rejection.Status, ["message"] = rejection.Message, ["status"] = StatusOf(rejection.Status) };
        var details = new JsonArray();
        if (rejection.Violations.Count > 0)
        {
            details.Add(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
                ["fieldViolations"] = new JsonArray(
                    [.. rejection.Violations.Select(v => (JsonNode)new JsonObject { ["field"] = v.Field, ["description"] = v.Description })]),
            });
        }

        // Google asks for a pause in the body, not in a header.
        if (rejection.RetryAfter is { } wait)
        {
            details.Add(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.RetryInfo",
                ["retryDelay"] = wait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s",
            });
        }

        if (details.Count > 0)
        {
            error["details"] = details;
        }

        return new JsonObject { ["error"] = error };
    }

    internal override string MessageOf(int status) => status switch
    {
        400 => "Request contains an invalid argument.",
        401 => "Request had invalid authentication credentials.",
        403 => "The caller does not have permission.",
        404 => "Requested entity was not found.",
        429 => "You exceeded your current quota, please check your plan and billing details.",
        503 => "The model is overloaded. Please try again later.",
        504 => "The request timed out. Please try again.",
        _ => "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
    };

    internal override JsonObject Models() => new()
    {
        ["models"] = new JsonArray(new JsonObject
        {
            ["name"] = "models/gemini-offline-demo",
            ["version"] = "1",
            ["displayName"] = "Convonet offline demo model",
            ["description"] = "Rules on this machine, not a language model. Any model name is accepted.",
            ["inputTokenLimit"] = 1_048_576,
            ["outputTokenLimit"] = 65_536,
            ["supportedGenerationMethods"] = new JsonArray("generateContent"),
        }),
    };

    internal override void AddHeaders(IHeaderDictionary headers)
    {
        headers["Vary"] = "Origin, X-Origin, Referer";
        headers["X-Content-Type-Options"] = "nosniff";
        headers["Server-Timing"] = "gfet4t7; dur=1";
    }

    /// <summary>Model and method of <c>/v1beta/models/{model}:{method}</c>.</summary>
    private static (string Model, string Method) Target(string path)
    {
        const string Prefix = "/v1beta/models/";
        var colon = path.LastIndexOf(':');
        return path.StartsWith(Prefix, StringComparison.Ordinal) && colon > Prefix.Length
            ? (path[Prefix.Length..colon], path[(colon + 1)..])
            : ("", "");
    }

    private static string StatusOf(int status) => status switch
    {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
}
