using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Wire;

/// <summary>Anthropic's stream: named events; text and each call are blocks that start, grow and stop, one after the other.</summary>
internal sealed class AnthropicEncoder(Prompt prompt) : AnswerEncoder(prompt)
{
    private const int ArgumentPiece = 16;

    private readonly string _messageId = WireIds.Letters24("msg_01");
    private readonly JsonArray _content = [];
    private bool _textOpen;
    private bool _pinged;
    private bool _called;

    internal override string Ping => Line("ping", new JsonObject { ["type"] = "ping" });

    internal override string BadJson => "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_de\n\n";

    private int Index => _content.Count - 1;

    internal override IEnumerable<WireEvent> Begin()
    {
        var message = Message(null, 1);
        message["content"] = new JsonArray();
        yield return Event("message_start", ("message", message));
    }

    internal override IEnumerable<WireEvent> Text(string delta)
    {
        Count(delta);
        if (!_textOpen)
        {
            _textOpen = true;
            foreach (var started in StartBlock(new JsonObject { ["type"] = "text", ["text"] = "" }))
            {
                yield return started;
            }
        }

        _content[Index]!["text"] = (string)_content[Index]!["text"]! + delta;
        yield return Delta(new JsonObject { ["type"] = "text_delta", ["text"] = delta });
    }

    internal override void Said(string text)
    {
        base.Said(text);
        _content[Index]!["text"] = (string)_content[Index]!["text"]! + text;
    }

    internal override IEnumerable<WireEvent> Calls(IReadOnlyList<AnswerCall> calls)
    {
        foreach (var stopped in StopText())
        {
            yield return stopped;
        }

        foreach (var call in calls)
        {
            _called = true;
            Count(call.Name + call.Sent);
            var block = new JsonObject { ["type"] = "tool_use" };
            if (call.Id.Length > 0)
            {
                block["id"] = call.Id;
            }

            block["name"] = call.Name;
            block["input"] = new JsonObject();
            foreach (var started in StartBlock(block))
            {
                yield return started;
            }

            _content[Index]!["input"] = WireJson.ParseObject(call.Sent);
            yield return Delta(new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = "" });
            foreach (var piece in Pieces(call.Sent, Math.Max(ArgumentPiece, call.Sent.Length / 64)))
            {
                yield return Delta(new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece });
            }

            yield return Event("content_block_stop", ("index", Index));
        }
    }

    internal override IEnumerable<WireEvent> End(Finish reason)
    {
        foreach (var stopped in StopText())
        {
            yield return stopped;
        }

        yield return Event(
            "message_delta",
            ("delta", new JsonObject { ["stop_reason"] = StopReason(reason), ["stop_sequence"] = null }),
            ("usage", Usage(OutputTokens)));
        yield return Event("message_stop");
    }

    internal override IEnumerable<WireEvent> Error(string? kind)
    {
        var type = kind ?? "overloaded_error";
        var message = type == "overloaded_error" ? "Overloaded" : "Internal server error";
        yield return new WireEvent(Line("error", AnthropicFormat.ErrorBody(type, message, WireIds.Letters24("req_01"))), false);
    }

    internal override JsonObject Whole(Finish reason)
    {
        var message = Message(StopReason(reason), OutputTokens);
        message["content"] = _content.DeepClone();
        return message;
    }

    internal override string NewCallId() => WireIds.Letters24("toolu_01");

    private string StopReason(Finish reason) => reason switch
    {
        Finish.MaxTokens => "max_tokens",
        Finish.Safety => "refusal",
        _ => _called ? "tool_use" : "end_turn",
    };

    private IEnumerable<WireEvent> StartBlock(JsonObject block)
    {
        var copy = block.DeepClone();
        _content.Add(block);
        yield return Event("content_block_start", ("index", Index), ("content_block", copy));
        if (!_pinged)
        {
            _pinged = true;
            yield return new WireEvent(Ping, false);
        }
    }

    private IEnumerable<WireEvent> StopText()
    {
        if (_textOpen)
        {
            _textOpen = false;
            yield return Event("content_block_stop", ("index", Index));
        }
    }

    private JsonObject Message(string? stopReason, int outputTokens) => new()
    {
        ["id"] = _messageId,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = Prompt.Model,
        ["content"] = null,
        ["stop_reason"] = stopReason,
        ["stop_sequence"] = null,
        ["usage"] = Usage(outputTokens),
    };

    /// <summary>Anthropic counts the cached part of the input apart from <c>input_tokens</c>.</summary>
    private JsonObject Usage(int outputTokens) => new()
    {
        ["input_tokens"] = Prompt.InputTokens - Prompt.CachedTokens,
        ["cache_creation_input_tokens"] = 0,
        ["cache_read_input_tokens"] = Prompt.CachedTokens,
        ["output_tokens"] = outputTokens,
    };

    private WireEvent Delta(JsonObject delta) => Event("content_block_delta", ("index", Index), ("delta", delta)) with { IsContent = true };

    private static WireEvent Event(string type, params (string Name, JsonNode? Value)[] fields)
    {
        var data = new JsonObject { ["type"] = type };
        foreach (var (name, value) in fields)
        {
            data[name] = value;
        }

        return new WireEvent(Line(type, data), false);
    }

    private static string Line(string type, JsonObject data) => $"event: {type}\ndata: {WireJson.Text(data)}\n\n";
}
