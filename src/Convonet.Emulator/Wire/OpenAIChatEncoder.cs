using System.Text;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Wire;

/// <summary>The stream of chat completions: chunks with deltas, a chunk with the reason, one with the usage if asked for, then <c>[DONE]</c>.</summary>
internal sealed class OpenAIChatEncoder(Prompt prompt, DateTimeOffset now) : AnswerEncoder(prompt)
{
    private const int ArgumentPiece = 12;
    private static readonly WireEvent Done = new("data: [DONE]\n\n", false);

    private readonly string _id = WireIds.Letters24("chatcmpl-");
    private readonly StringBuilder _text = new();
    private readonly JsonArray _calls = [];

    internal override string BadJson => "data: {\"id\":\"chatcmpl-0\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"cont\n\n";

    internal override IEnumerable<WireEvent> Begin()
    {
        yield return Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "", ["refusal"] = null }, isContent: false);
    }

    internal override IEnumerable<WireEvent> Text(string delta)
    {
        Count(delta);
        _text.Append(delta);
        yield return Chunk(new JsonObject { ["content"] = delta }, isContent: true);
    }

    internal override void Said(string text)
    {
        base.Said(text);
        _text.Append(text);
    }

    internal override IEnumerable<WireEvent> Calls(IReadOnlyList<AnswerCall> calls)
    {
        foreach (var call in calls)
        {
            Count(call.Name + call.Sent);
            var index = _calls.Count;
            yield return CallChunk(Started(call, index, ""));
            _calls.Add(Started(call, index: null, call.Sent));
            foreach (var piece in Pieces(call.Sent, Math.Max(ArgumentPiece, call.Sent.Length / 64)))
            {
                yield return CallChunk(new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = piece } });
            }
        }
    }

    internal override IEnumerable<WireEvent> End(Finish reason)
    {
        yield return Chunk([], isContent: false, ReasonText(reason));
        if (Prompt.IncludeUsage)
        {
            var chunk = NewChunk([]);
            chunk["usage"] = Usage();
            yield return Event(chunk, isContent: false);
        }

        yield return Done;
    }

    internal override IEnumerable<WireEvent> Error(string? kind)
    {
        var error = new JsonObject
        {
            ["message"] = "The server had an error while processing your request. Sorry about that!",
            ["type"] = kind ?? "server_error",
            ["param"] = null,
            ["code"] = null,
        };
        yield return Event(new JsonObject { ["error"] = error }, isContent: false);
    }

    internal override JsonObject Whole(Finish reason)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = _text.Length > 0 ? _text.ToString() : null, ["refusal"] = null };
        if (_calls.Count > 0)
        {
            message["tool_calls"] = _calls.DeepClone();
        }

        return new JsonObject
        {
            ["id"] = _id,
            ["object"] = "chat.completion",
            ["created"] = now.ToUnixTimeSeconds(),
            ["model"] = Prompt.Model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = ReasonText(reason) }),
            ["usage"] = Usage(),
            ["service_tier"] = "default",
        };
    }

    internal override string NewCallId() => WireIds.Letters24("call_");

    private string ReasonText(Finish reason) => reason switch
    {
        Finish.MaxTokens => "length",
        Finish.Safety => "content_filter",
        _ => _calls.Count > 0 ? "tool_calls" : "stop",
    };

    private static JsonObject Started(AnswerCall call, int? index, string arguments)
    {
        var started = new JsonObject();
        if (index is { } number)
        {
            started["index"] = number;
        }

        if (call.Id.Length > 0)
        {
            started["id"] = call.Id;
        }

        started["type"] = "function";
        started["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments };
        return started;
    }

    private WireEvent CallChunk(JsonObject call) => Chunk(new JsonObject { ["tool_calls"] = new JsonArray(call) }, isContent: true);

    private WireEvent Chunk(JsonObject delta, bool isContent, string? finishReason = null) =>
        Event(NewChunk([new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finishReason }]), isContent);

    private JsonObject NewChunk(JsonArray choices)
    {
        var chunk = new JsonObject
        {
            ["id"] = _id,
            ["object"] = "chat.completion.chunk",
            ["created"] = now.ToUnixTimeSeconds(),
            ["model"] = Prompt.Model,
            ["service_tier"] = "default",
            ["system_fingerprint"] = null,
            ["choices"] = choices,
        };
        if (Prompt.IncludeUsage)
        {
            chunk["usage"] = null;
        }

        return chunk;
    }

    private JsonObject Usage() => new()
    {
        ["prompt_tokens"] = Prompt.InputTokens,
        ["completion_tokens"] = OutputTokens,
        ["total_tokens"] = Prompt.InputTokens + OutputTokens,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Prompt.CachedTokens, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0, ["audio_tokens"] = 0 },
    };

    private static WireEvent Event(JsonObject data, bool isContent) => new($"data: {WireJson.Text(data)}\n\n", isContent);
}
