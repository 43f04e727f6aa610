using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Convonet.Emulator.Wire;

/// <summary>What both of OpenAI's APIs share: the key, errors, models, and the check of tool declarations.</summary>
internal abstract partial class OpenAIFormat : WireFormat
{
    private const int MaxNameLength = 64;

    internal override string NotJson =>
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. "
        + "The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)";

    internal override Rejection? CheckHeaders(HttpRequest request) =>
        string.IsNullOrWhiteSpace(request.Headers.Authorization.ToString().Replace("Bearer", "", StringComparison.Ordinal))
            ? new Rejection(401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
            : null;

    internal override JsonObject Error(Rejection rejection, IHeaderDictionary headers)
    {
        AddRetryAfter(rejection, headers);
        return new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = rejection.Message,
                ["type"] = rejection.Status switch { 429 => "requests", >= 500 => "server_error", _ => "invalid_request_error" },
                ["param"] = rejection.Param,
                ["code"] = rejection.Code ?? rejection.Status switch { 429 => "rate_limit_exceeded", 404 => "model_not_found", _ => null },
            },
        };
    }

    internal override string MessageOf(int status) => status switch
    {
        401 => "Incorrect API key provided: sk-****. You can find your API key at https://platform.openai.com/account/api-keys.",
        403 => "You are not allowed to use this model.",
        404 => "The model does not exist or you do not have access to it.",
        429 => "Rate limit reached for requests. Please try again later.",
        503 => "The engine is currently overloaded, please try again later.",
        >= 400 and < 500 => "Invalid request.",
        _ => "The server had an error while processing your request. Sorry about that!",
    };

    internal override JsonObject Models() => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray(new JsonObject
        {
            ["id"] = "gpt-offline-demo",
            ["object"] = "model",
            ["created"] = 1_767_225_600,
            ["owned_by"] = "convonet",
        }),
    };

    internal override void AddHeaders(IHeaderDictionary headers)
    {
        headers["x-request-id"] = WireIds.Letters24("req_");
        headers["openai-version"] = "2020-10-01";
        headers["openai-processing-ms"] = "1";
    }

    protected static void Require(JsonElement body, string name)
    {
        if (body.Get(name).IsMissing())
        {
            throw Reject($"Missing required parameter: '{name}'.", name, "missing_required_parameter");
        }
    }

    protected static void CheckLength(string? id, int limit, string param)
    {
        if (id is { } && id.Length > limit)
        {
            throw Reject(
                $"Invalid '{param}': string too long. Expected a string with maximum length {limit}, but got a string with length {id.Length} instead.",
                param, "string_above_max_length");
        }
    }

    protected static void CheckNotEmpty(JsonElement array, string param)
    {
        if (array.ValueKind == JsonValueKind.Array && array.GetArrayLength() == 0)
        {
            throw Reject($"Invalid '{param}': empty array. Expected an array with minimum length 1, but got an empty array instead.", param, "empty_array");
        }
    }

    /// <summary>The function's name; declarations and calls in the history obey the same rule.</summary>
    protected static string CheckName(JsonElement function, string path)
    {
        var name = function.Get("name").AsString();
        if (name is null)
        {
            throw Reject($"Missing required parameter: '{path}.name'.", $"{path}.name", "missing_required_parameter");
        }

        CheckLength(name, MaxNameLength, $"{path}.name");
        if (!FunctionName().IsMatch(name))
        {
            throw Reject(
                $"Invalid '{path}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                $"{path}.name", "invalid_value");
        }

        return name;
    }

    /// <summary>Checks a declared function: its name, and that its schema is one of an object that strict mode can enforce.</summary>
    protected static void CheckFunction(JsonElement function, string path)
    {
        var name = CheckName(function, path);
        var schema = function.Get("parameters");
        if (!schema.IsMissing() && schema.Get("type").AsString() != "object")
        {
            throw BadSchema(name, path, $"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.Get("type").AsString() ?? "None"}\"'.");
        }

        if (!function.Get("strict").IsTrue() || schema.IsMissing())
        {
            return;
        }

        if (schema.Get("additionalProperties").ValueKind != JsonValueKind.False)
        {
            throw BadSchema(name, path, "In context=(), 'additionalProperties' is required to be supplied and to be false.");
        }

        var required = schema.Get("required").Items().Select(item => item.AsString()).ToList();
        if (schema.Get("properties").Properties().FirstOrDefault(property => !required.Contains(property.Name)) is { Name: { } missing })
        {
            throw BadSchema(name, path, "In context=(), 'required' is required to be supplied and to be an array including every key in properties. "
                + $"Missing '{missing}'.");
        }
    }

    private static RejectedException BadSchema(string name, string path, string problem) =>
        Reject($"Invalid schema for function '{name}': {problem}", $"{path}.parameters", "invalid_function_parameters");

    [GeneratedRegex(@"^[a-zA-Z0-9_-]+\z")]
    private static partial Regex FunctionName();
}
