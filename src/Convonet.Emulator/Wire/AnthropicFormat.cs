using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>Anthropic's Messages API, <see href="https://docs.claude.com/en/api/messages"/>.</summary>
internal sealed class AnthropicFormat : WireFormat
{
    internal override EmulatedApi Api => EmulatedApi.Anthropic;

    internal override string NotJson => "The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)";

    internal override Rejection? CheckHeaders(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.Headers["x-api-key"]) && string.IsNullOrEmpty(request.Headers.Authorization))
        {
            return new Rejection(401, "x-api-key header is required");
        }

        return string.IsNullOrEmpty(request.Headers["anthropic-version"]) ? new Rejection(400, "anthropic-version: header is required") : null;
    }

    internal override Prompt Read(HttpRequest request, JsonElement body, int bodyBytes) =>
        AnthropicRequest.Read(body, request.Headers["anthropic-version"].ToString(), TokensOf(bodyBytes));

    internal override AnswerEncoder Encode(Prompt prompt, JsonElement body, DateTimeOffset now) => new AnthropicEncoder(prompt);

    internal override JsonObject Error(Rejection rejection, IHeaderDictionary headers)
    {
        AddRetryAfter(rejection, headers);
        return ErrorBody(TypeOf(rejection.Status), rejection.Message, headers["request-id"].ToString());
    }

    internal static JsonObject ErrorBody(string type, string message, string requestId) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = type, ["message"] = message },
        ["request_id"] = requestId,
    };

    internal override string MessageOf(int status) => status switch
    {
        401 => "invalid x-api-key",
        403 => "Your API key does not have permission to use the specified resource.",
        404 => "Not found",
        413 => "Request exceeds the maximum size",
        429 => "This request would exceed your account's rate limit. Please try again later.",
        529 => "Overloaded",
        >= 400 and < 500 => "Invalid request",
        _ => "Internal server error",
    };

    internal override JsonObject Models() => new()
    {
        ["data"] = new JsonArray(new JsonObject
        {
            ["type"] = "model",
            ["id"] = "claude-offline-demo",
            ["display_name"] = "Convonet offline demo model",
            ["created_at"] = "2026-01-01T00:00:00Z",
        }),
        ["has_more"] = false,
        ["first_id"] = "claude-offline-demo",
        ["last_id"] = "claude-offline-demo",
    };

    internal override void AddHeaders(IHeaderDictionary headers) => headers["request-id"] = WireIds.Letters24("req_01");

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        >= 400 and < 500 => "invalid_request_error",
        _ => "api_error",
    };
}
