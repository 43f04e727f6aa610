using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Wire;

/// <summary>The stream of responses: semantic events, numbered from 0; text and each call are output items that are added, grow and are done.</summary>
internal sealed class OpenAIResponsesEncoder(Prompt prompt, JsonElement body, DateTimeOffset now) : AnswerEncoder(prompt)
{
    private const int ArgumentPiece = 12;

    private readonly string _id = WireIds.Hex48("resp_");
    private readonly JsonArray _output = [];
    private int _sequence;
    private JsonObject? _message;

    internal override string BadJson => "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"msg_\n\n";

    private int Index => _output.Count - 1;

    internal override IEnumerable<WireEvent> Begin()
    {
        yield return Event("response.created", ("response", Response("in_progress", null)));
        yield return Event("response.in_progress", ("response", Response("in_progress", null)));
    }

    internal override IEnumerable<WireEvent> Text(string delta)
    {
        Count(delta);
        if (_message is null)
        {
            _message = new JsonObject
            {
                ["id"] = WireIds.Hex48("msg_"),
                ["type"] = "message",
                ["status"] = "in_progress",
                ["content"] = new JsonArray(),
                ["role"] = "assistant",
            };
            _output.Add(_message);
            yield return Event("response.output_item.added", ("output_index", Index), ("item", _message.DeepClone()));
            var part = new JsonObject { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = "" };
            yield return ItemEvent("response.content_part.added", _message, ("content_index", 0), ("part", part.DeepClone()));
            _message["content"] = new JsonArray(part);
        }

        var text = _message["content"]![0]!;
        text["text"] = (string)text["text"]! + delta;
        yield return ItemEvent("response.output_text.delta", _message, ("content_index", 0), ("delta", delta), ("logprobs", new JsonArray())) with { IsContent = true };
    }

    internal override void Said(string text)
    {
        base.Said(text);
        var part = _message!["content"]![0]!;
        part["text"] = (string)part["text"]! + text;
    }

    internal override IEnumerable<WireEvent> Calls(IReadOnlyList<AnswerCall> calls)
    {
        foreach (var closed in CloseMessage("completed"))
        {
            yield return closed;
        }

        foreach (var call in calls)
        {
            Count(call.Name + call.Sent);
            var item = new JsonObject { ["id"] = WireIds.Hex48("fc_"), ["type"] = "function_call", ["status"] = "in_progress", ["arguments"] = "" };
            if (call.Id.Length > 0)
            {
                item["call_id"] = call.Id;
            }

            item["name"] = call.Name;
            _output.Add(item);
            yield return Event("response.output_item.added", ("output_index", Index), ("item", item.DeepClone()));
            foreach (var piece in Pieces(call.Sent, Math.Max(ArgumentPiece, call.Sent.Length / 64)))
            {
                yield return ItemEvent("response.function_call_arguments.delta", item, ("delta", piece)) with { IsContent = true };
            }

            item["arguments"] = call.Sent;
            item["status"] = call.CutOff ? "incomplete" : "completed";
            if (!call.CutOff)
            {
                yield return ItemEvent("response.function_call_arguments.done", item, ("arguments", call.Sent));
            }

            yield return Event("response.output_item.done", ("output_index", Index), ("item", item.DeepClone()));
        }
    }

    internal override IEnumerable<WireEvent> End(Finish reason)
    {
        var isCut = reason is Finish.MaxTokens or Finish.Safety;
        foreach (var closed in CloseMessage(isCut ? "incomplete" : "completed"))
        {
            yield return closed;
        }

        yield return Event(isCut ? "response.incomplete" : "response.completed", ("response", Final(reason)));
    }

    internal override IEnumerable<WireEvent> Error(string? kind)
    {
        const string Message = "The server had an error while processing your request. Sorry about that!";
        switch (kind)
        {
            case "error":
                yield return Event("error", ("code", "server_error"), ("message", Message), ("param", null));
                yield break;
            case "nested":
                // Not as documented, but what the API sends: https://github.com/openai/openai-dotnet/issues/881
                var error = new JsonObject
                {
                    ["type"] = "too_many_requests",
                    ["code"] = "too_many_requests",
                    ["message"] = "Too Many Requests",
                    ["param"] = null,
                };
                yield return Event("error", ("error", error));
                yield break;
        }

        var failed = Response("failed", null);
        failed["error"] = new JsonObject { ["code"] = kind ?? "server_error", ["message"] = Message };
        yield return Event("response.failed", ("response", failed));
    }

    internal override JsonObject Whole(Finish reason)
    {
        foreach (var _ in CloseMessage(reason is Finish.MaxTokens or Finish.Safety ? "incomplete" : "completed"))
        {
            // Only the item's state matters here.
        }

        return Final(reason);
    }

    internal override string NewCallId() => WireIds.Letters24("call_");

    private JsonObject Final(Finish reason) => reason switch
    {
        Finish.MaxTokens => Response("incomplete", "max_output_tokens"),
        Finish.Safety => Response("incomplete", "content_filter"),
        _ => Response("completed", null),
    };

    private IEnumerable<WireEvent> CloseMessage(string status)
    {
        if (_message is not { } message)
        {
            yield break;
        }

        _message = null;
        message["status"] = status;
        var part = message["content"]![0]!;
        yield return ItemEvent(
            "response.output_text.done", message, ("content_index", 0), ("text", part["text"]!.DeepClone()), ("logprobs", new JsonArray()));
        yield return ItemEvent("response.content_part.done", message, ("content_index", 0), ("part", part.DeepClone()));
        yield return Event("response.output_item.done", ("output_index", Index), ("item", message.DeepClone()));
    }

    private JsonObject Response(string status, string? incompleteReason) => new()
    {
        ["id"] = _id,
        ["object"] = "response",
        ["created_at"] = now.ToUnixTimeSeconds(),
        ["status"] = status,
        ["background"] = false,
        ["error"] = null,
        ["incomplete_details"] = incompleteReason is null ? null : new JsonObject { ["reason"] = incompleteReason },
        ["instructions"] = body.Get("instructions").AsString(),
        ["max_output_tokens"] = null,
        ["metadata"] = new JsonObject(),
        ["model"] = Prompt.Model,
        ["output"] = status == "in_progress" ? new JsonArray() : _output.DeepClone(),
        ["parallel_tool_calls"] = true,
        ["previous_response_id"] = null,
        ["reasoning"] = new JsonObject { ["effort"] = null, ["summary"] = null },
        ["service_tier"] = "default",
        ["store"] = false,
        ["temperature"] = 1.0,
        ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
        ["tool_choice"] = "auto",
        ["tools"] = JsonArray.Create(body.Get("tools") is { ValueKind: JsonValueKind.Array } tools ? tools : JsonElement.Parse("[]")),
        ["top_p"] = 1.0,
        ["truncation"] = "disabled",
        ["usage"] = status is "in_progress" or "failed" ? null : Usage(),
        ["user"] = null,
    };

    private JsonObject Usage() => new()
    {
        ["input_tokens"] = Prompt.InputTokens,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Prompt.CachedTokens },
        ["output_tokens"] = OutputTokens,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
        ["total_tokens"] = Prompt.InputTokens + OutputTokens,
    };

    private WireEvent ItemEvent(string type, JsonObject item, params (string Name, JsonNode? Value)[] fields) =>
        Event(type, [("item_id", item["id"]!.DeepClone()), ("output_index", Index), .. fields]);

    private WireEvent Event(string type, params (string Name, JsonNode? Value)[] fields)
    {
        var data = new JsonObject { ["type"] = type, ["sequence_number"] = _sequence++ };
        foreach (var (name, value) in fields)
        {
            data[name] = value;
        }

        return new WireEvent($"event: {type}\ndata: {WireJson.Text(data)}\n\n", false);
    }
}
