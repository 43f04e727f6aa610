using System.Globalization;
using System.Text.Json;

namespace Convonet.Models.Gemini;

/// <summary>Turns Google's error object into a <see cref="ModelException"/>.</summary>
/// <remarks>Google's own sentence stays out of the message, because it can quote the request; status, reason and field names are enough.</remarks>
/// <see href="https://google.aip.dev/193"/>
internal static class GeminiError
{
    private const int MaxFields = 5;

    /// <summary>The failure that an HTTP answer other than 200 means.</summary>
    /// <param name="statusCode">The HTTP status.</param>
    /// <param name="body">Its body, perhaps cut.</param>
    /// <param name="retryAfter">The wait that its headers ask for; it wins over the one in the body.</param>
    public static ModelException FromResponse(int statusCode, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        using var json = Parse(body);
        return json is not null && Find(json.RootElement) is { } error
            ? Create(error, statusCode, retryAfter)
            : new ModelException(ModelException.KindOf(statusCode), $"Gemini answered HTTP {statusCode}.", retryAfter);
    }

    /// <summary>The failure in a body that is not an event; null when it holds none.</summary>
    public static ModelException? FromStray(ReadOnlyMemory<byte> body)
    {
        using var json = Parse(body);
        return json is not null && Find(json.RootElement) is { } error ? FromEvent(error) : null;
    }

    /// <summary>The failure that an error object inside the stream means.</summary>
    public static ModelException FromEvent(JsonElement error) => Create(error, null, null);

    private static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return body.IsEmpty ? null : JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null; // a proxy's page, or a cut body
        }
    }

    // Streaming methods wrap the answer in an array.
    private static JsonElement? Find(JsonElement root)
    {
        var answer = root is { ValueKind: JsonValueKind.Array } && root.GetArrayLength() > 0 ? root[0] : root;
        return Property(answer, "error") is { ValueKind: JsonValueKind.Object } error ? error : null;
    }

    private static ModelException Create(JsonElement error, int? httpStatus, TimeSpan? retryAfter)
    {
        var status = Text(error, "status");
        var code = httpStatus
            ?? (Property(error, "code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value >= 400
                ? value
                : CodeOf(status));
        var kind = ModelException.KindOf(code);
        var message = $"Gemini answered {(httpStatus is null ? "in its stream" : "HTTP")} {code} {status}".TrimEnd();
        var fields = new List<string>();
        if (Property(error, "details") is { ValueKind: JsonValueKind.Array } details)
        {
            foreach (var detail in details.EnumerateArray())
            {
                retryAfter ??= Duration(Text(detail, "retryDelay"));
                if (Text(detail, "reason") is { } reason)
                {
                    message += $" ({reason})";

                    // A wrong key comes as 400 INVALID_ARGUMENT.
                    kind = reason is "API_KEY_INVALID" ? ModelErrorKind.Unauthorized : kind;
                }

                AddFields(detail, fields);
            }
        }

        message += fields.Count > 0 ? $": {string.Join(", ", fields)}." : ".";
        return new ModelException(kind, message, retryAfter);
    }

    private static void AddFields(JsonElement detail, List<string> fields)
    {
        if (Property(detail, "fieldViolations") is not { ValueKind: JsonValueKind.Array } violations)
        {
            return;
        }

        foreach (var violation in violations.EnumerateArray())
        {
            if (fields.Count < MaxFields && Text(violation, "field") is { } field)
            {
                fields.Add(field.Length > 200 ? field[..200] : field);
            }
        }
    }

    private static int CodeOf(string? status) => status switch
    {
        "INVALID_ARGUMENT" or "FAILED_PRECONDITION" or "OUT_OF_RANGE" => 400,
        "UNAUTHENTICATED" => 401,
        "PERMISSION_DENIED" => 403,
        "NOT_FOUND" => 404,
        "RESOURCE_EXHAUSTED" => 429,
        "UNAVAILABLE" => 503,
        "DEADLINE_EXCEEDED" => 504,
        _ => 500,
    };

    // google.protobuf.Duration: seconds with up to nine decimals and an "s".
    private static TimeSpan? Duration(string? text) =>
        text is [.. var seconds, 's']
        && decimal.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        && value <= 86_400
            ? TimeSpan.FromSeconds((double)value)
            : null;

    private static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
