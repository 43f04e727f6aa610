using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Wire;

/// <summary>
/// Gemini's stream: each event is a whole response with a part or more, lines end in CR LF, there is no end marker but the chunk with
/// <c>finishReason</c>. Only the first call of an answer carries a thought signature; an answer without calls carries one at its end,
/// in a text part that may be empty.
/// </summary>
internal sealed class GeminiEncoder(Prompt prompt) : AnswerEncoder(prompt)
{
    private readonly string _responseId = WireIds.Letters24("")[..22];
    private readonly JsonArray _parts = [];
    private bool _called;
    private bool _said;

    internal override string BadJson => "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Hel\r\n\r\n";

    internal override IEnumerable<WireEvent> Begin() => [];

    internal override IEnumerable<WireEvent> Text(string delta)
    {
        Count(delta);
        _said = true;
        yield return Chunk([new JsonObject { ["text"] = delta }]);
    }

    internal override void Said(string text)
    {
        base.Said(text);
        _parts.Add(new JsonObject { ["text"] = text });
    }

    internal override IEnumerable<WireEvent> Calls(IReadOnlyList<AnswerCall> calls)
    {
        // Gemini sends a call whole; one that the limit of tokens cuts off never appears.
        var parts = new JsonArray();
        foreach (var call in calls.Where(call => !call.CutOff))
        {
            Count(call.Name + call.Arguments);
            parts.Add(Part(call));
        }

        _said |= parts.Count > 0;
        return parts.Count > 0 ? [Chunk(parts)] : [];
    }

    internal override IEnumerable<WireEvent> End(Finish reason)
    {
        yield return Event(Response(Candidate(reason, LastParts(reason))), isContent: false);
    }

    internal override IEnumerable<WireEvent> BlockedPrompt()
    {
        var response = Response(null);
        response.Insert(0, "promptFeedback", new JsonObject { ["blockReason"] = "SAFETY", ["safetyRatings"] = Ratings() });
        yield return Event(response, isContent: false);
    }

    internal override IEnumerable<WireEvent> Error(string? kind)
    {
        var rejection = new Rejection(503, "The model is overloaded. Please try again later.");
        yield return Event(GeminiFormat.ErrorBody(rejection), isContent: false);
    }

    internal override JsonObject Whole(Finish reason)
    {
        var parts = (JsonArray)_parts.DeepClone();
        foreach (var part in LastParts(reason))
        {
            parts.Add(part!.DeepClone());
        }

        return Response(Candidate(reason, parts));
    }

    internal override string NewCallId() => WireIds.Letters24("")[..8].ToLowerInvariant();

    private JsonObject Part(AnswerCall call)
    {
        var arguments = WireJson.ParseObject(call.Arguments);
        var function = new JsonObject { ["name"] = call.Name, ["args"] = arguments };
        if (call.Id.Length > 0)
        {
            function["id"] = call.Id;
        }

        var part = new JsonObject { ["functionCall"] = function };
        if (!_called)
        {
            _called = true;
            part["thoughtSignature"] = GeminiSignature.SignCall(call.Name, JsonSerializer.SerializeToElement(arguments));
        }

        return part;
    }

    private JsonArray LastParts(Finish reason)
    {
        if (reason is Finish.MalformedCall or Finish.Safety || !_said)
        {
            return [];
        }

        var last = new JsonObject { ["text"] = "" };
        if (!_called)
        {
            last["thoughtSignature"] = GeminiSignature.SignText();
        }

        return [last];
    }

    private WireEvent Chunk(JsonArray parts)
    {
        foreach (var part in parts)
        {
            _parts.Add(part!.DeepClone());
        }

        return Event(Response(Candidate(null, parts)), isContent: true);
    }

    private static JsonObject Candidate(Finish? reason, JsonArray parts)
    {
        var candidate = new JsonObject();
        if (parts.Count > 0)
        {
            candidate["content"] = new JsonObject { ["parts"] = parts, ["role"] = "model" };
        }
        else if (reason is not Finish.Safety)
        {
            candidate["content"] = reason is Finish.MalformedCall ? [] : new JsonObject { ["role"] = "model" };
        }

        if (reason is { } end)
        {
            candidate["finishReason"] = end switch
            {
                Finish.MaxTokens => "MAX_TOKENS",
                Finish.Safety => "SAFETY",
                Finish.MalformedCall => "MALFORMED_FUNCTION_CALL",
                _ => "STOP",
            };
        }

        candidate["index"] = 0;
        if (reason is Finish.Safety)
        {
            candidate["safetyRatings"] = Ratings();
        }
        else if (reason is Finish.MalformedCall)
        {
            candidate["finishMessage"] = "Malformed function call: print(default_api.create_todo(title=\"buy milk\"";
        }

        return candidate;
    }

    private JsonObject Response(JsonObject? candidate)
    {
        var usage = new JsonObject { ["promptTokenCount"] = Prompt.InputTokens };
        if (Prompt.CachedTokens > 0)
        {
            usage["cachedContentTokenCount"] = Prompt.CachedTokens;
        }

        if (OutputTokens > 0)
        {
            usage["candidatesTokenCount"] = OutputTokens;
        }

        usage["totalTokenCount"] = Prompt.InputTokens + OutputTokens;
        usage["promptTokensDetails"] = new JsonArray(new JsonObject { ["modality"] = "TEXT", ["tokenCount"] = Prompt.InputTokens });
        var response = new JsonObject();
        if (candidate is not null)
        {
            response["candidates"] = new JsonArray(candidate);
        }

        response["usageMetadata"] = usage;
        response["modelVersion"] = Prompt.Model;
        response["responseId"] = _responseId;
        return response;
    }

    private static JsonArray Ratings() =>
    [
        new JsonObject { ["category"] = "HARM_CATEGORY_HATE_SPEECH", ["probability"] = "NEGLIGIBLE" },
        new JsonObject { ["category"] = "HARM_CATEGORY_DANGEROUS_CONTENT", ["probability"] = "HIGH", ["blocked"] = true },
    ];

    private static WireEvent Event(JsonObject response, bool isContent) => new($"data: {WireJson.Text(response)}\r\n\r\n", isContent);
}
