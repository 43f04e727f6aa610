using System.Text;
using System.Text.Json;
using Convonet.Tools;

namespace Convonet.Models.Gemini;

/// <summary>Writes the neutral history as Gemini's <c>contents</c>: all parts of a step in one content, all results of a step in one content.</summary>
/// <param name="model">Name of the model that reads it.</param>
/// <see href="https://ai.google.dev/gemini-api/docs/thought-signatures"/>
internal sealed class GeminiHistory(string model)
{
    // Documented for calls that Gemini did not make itself; it takes the place of their signature.
    private const string ForeignSignature = "skip_thought_signature_validator";

    // Models up to the 2.5 family do not demand signatures; every later one refuses a step whose first call has none.
    private readonly bool _demandsSignatures =
        !model.StartsWith("gemini-1", StringComparison.Ordinal) && !model.StartsWith("gemini-2", StringComparison.Ordinal);

    /// <summary>Writes the property <c>contents</c>.</summary>
    public void Write(Utf8JsonWriter json, ModelRequest request)
    {
        json.WriteStartArray("contents");
        Dictionary<string, string> callIds = [];
        var newest = request.NewestMessage;
        foreach (var (index, item) in request.History.Index())
        {
            switch (item)
            {
                case HistoryItem.UserMessage user:
                    StartContent(json, "user");
                    if (index == newest && request.Moment.Length > 0)
                    {
                        WriteTextPart(json, request.Moment);
                    }

                    WriteTextPart(json, user.Text);
                    EndContent(json);
                    break;
                case HistoryItem.AssistantMessage said:
                    callIds = WriteSaid(json, said);
                    break;
                case HistoryItem.ToolResults { Results.Count: > 0 } came:
                    StartContent(json, "user");
                    foreach (var result in came.Results)
                    {
                        WriteResult(json, result, callIds.GetValueOrDefault(result.CallId));
                    }

                    EndContent(json);
                    break;
            }
        }

        json.WriteEndArray();
    }

    // Returns Gemini's own ids of the step's calls by our ids; empty when Gemini gave none.
    private Dictionary<string, string> WriteSaid(Utf8JsonWriter json, HistoryItem.AssistantMessage said)
    {
        List<(AssistantPart Part, GeminiPartData Data)> parts = [];
        foreach (var part in said.Parts)
        {
            var data = GeminiPartData.Read(part.ProviderData);
            if (part is AssistantPart.ToolUse || data.Signature is not null || part is AssistantPart.Text { Value.Length: > 0 })
            {
                parts.Add((part, data));
            }
        }

        if (parts.Count == 0)
        {
            return []; // a content without parts is refused
        }

        var callIds = CallIds(parts);
        var firstCall = true;
        StartContent(json, "model");
        foreach (var (part, data) in parts)
        {
            if (part is AssistantPart.ToolUse { Call: var call })
            {
                var signature = data.Signature ?? (firstCall && _demandsSignatures ? ForeignSignature : null);
                WriteCall(json, call, callIds.GetValueOrDefault(call.Id), signature);
                firstCall = false;
            }
            else if (part is AssistantPart.Text { Value: var text })
            {
                WriteTextPart(json, data.Thought ?? text, data.Signature, data.Thought is not null);
            }
        }

        EndContent(json);
        return callIds;
    }

    // Ids help only when every call of the step has its own; otherwise calls and results are matched by their order.
    private static Dictionary<string, string> CallIds(List<(AssistantPart Part, GeminiPartData Data)> parts)
    {
        var ids = new Dictionary<string, string>();
        var seen = new HashSet<string>();
        foreach (var (part, data) in parts)
        {
            if (part is AssistantPart.ToolUse { Call: var call })
            {
                if (data.CallId is null || !seen.Add(data.CallId))
                {
                    return [];
                }

                ids[call.Id] = data.CallId;
            }
        }

        return ids;
    }

    /// <summary>Writes a text part.</summary>
    public static void WriteTextPart(Utf8JsonWriter json, string text, string? signature = null, bool thought = false)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        if (thought)
        {
            json.WriteBoolean("thought", true);
        }

        WriteSignature(json, signature);
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, ToolCall call, string? id, string? signature)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionCall");
        WriteId(json, id);
        json.WriteString("name", call.Name);
        json.WritePropertyName("args");
        json.WriteRawValue(ToolArguments.ObjectOrEmpty(call.Arguments).GetRawText(), skipInputValidation: true);
        json.WriteEndObject();
        WriteSignature(json, signature);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, ToolResult result, string? id)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionResponse");
        WriteId(json, id);
        json.WriteString("name", result.Name);
        json.WriteStartObject("response");
        json.WritePropertyName(result.IsError ? "error" : "result");
        if (!result.IsError && IsObjectOrArray(result.Content))
        {
            json.WriteRawValue(result.Content, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(result.Content);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void StartContent(Utf8JsonWriter json, string role)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteStartArray("parts");
    }

    private static void EndContent(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, string? id)
    {
        if (id is not null)
        {
            json.WriteString("id", id);
        }
    }

    private static void WriteSignature(Utf8JsonWriter json, string? signature)
    {
        if (signature is not null)
        {
            json.WriteString("thoughtSignature", signature);
        }
    }

    private static bool IsObjectOrArray(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start is not ['{' or '[', ..])
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
