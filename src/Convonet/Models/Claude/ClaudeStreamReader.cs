using System.Text.Json;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Convonet.Tools;

namespace Convonet.Models.Claude;

/// <summary>Turns the events of one streamed message into updates.</summary>
/// <seealso href="https://platform.claude.com/docs/en/build-with-claude/streaming"/>
internal sealed class ClaudeStreamReader(ModelRequest request) : StepReader<object>(request, ClaudeChatModel.DisplayName)
{
    private readonly Dictionary<long, PendingToolCall> _open = [];
    private StreamedThinking? _thinking;
    private string? _stopReason;
    private long _inputTokens;
    private long _cachedTokens;
    private long _cacheWriteTokens;
    private long _outputTokens;

    /// <param name="streamed">A piece of text, or an event of the SDK.</param>
    protected override void Read(object streamed)
    {
        if (streamed is string text)
        {
            AddText(text);
        }
        else
        {
            Read((RawMessageStreamEvent)streamed);
        }
    }

    private void Read(RawMessageStreamEvent streamed)
    {
        switch (streamed.Value)
        {
            case RawContentBlockDeltaEvent delta:
                ReadDelta(delta);
                break;
            case RawContentBlockStartEvent start:
                ReadStart(start);
                break;
            case RawContentBlockStopEvent stop:
                ReadStop(stop.Index);
                break;
            case RawMessageStartEvent start:
                ReadUsage(start.Message.RawData);
                break;
            case RawMessageDeltaEvent delta:
                ReadUsage(delta.RawData);
                ReadStopReason(delta.Delta.StopReason?.Raw());
                break;
            case RawMessageStopEvent:
                Ended = true;
                Updates.Add(new ModelUpdate.Completed(Reason(), _stopReason));
                break;
            default:
                RefuseBrokenEvent(streamed.Json);
                break;
        }
    }

    protected override ModelException? Translate(Exception error) => error switch
    {
        AnthropicInvalidDataException => new ModelException(ModelErrorKind.Protocol, "Claude sent something that cannot be read.", innerException: error),
        _ => null,
    };

    private void ReadStart(RawContentBlockStartEvent start)
    {
        Calls.ReleaseClosed();
        switch (start.ContentBlock.Value)
        {
            case ToolUseBlock tool:
                var call = Calls.Begin(tool.Name);
                _open[start.Index] = call;

                // The input streams after this; what is already here is whole.
                if (tool.RawData.TryGetValue("input", out var input) && input.ValueKind == JsonValueKind.Object && input.GetPropertyCount() > 0)
                {
                    Calls.Append(call, input.GetRawText());
                }

                break;
            case TextBlock text:
                AddText(text.Text);
                break;
            case ThinkingBlock:
                _thinking = new StreamedThinking(start.Index);
                break;
            case RedactedThinkingBlock:
                var redacted = start.ContentBlock.Json.GetRawText();
                Calls.CountThoughts(redacted.Length);
                AddProviderData(redacted);
                break;
        }
    }

    private void ReadDelta(RawContentBlockDeltaEvent streamed)
    {
        var delta = streamed.Delta;
        if (delta.TryPickText(out var text))
        {
            AddText(text.Text); // only where it is not as it should be
        }
        else if (delta.TryPickInputJson(out var json))
        {
            if (_open.TryGetValue(streamed.Index, out var call))
            {
                Calls.Append(call, json.PartialJson);
            }
        }
        else if (delta.TryPickThinking(out var thinking))
        {
            Calls.CountThoughts(thinking.Thinking.Length);
            _thinking?.Text.Append(thinking.Thinking);
        }
        else if (delta.TryPickSignature(out var signature))
        {
            Calls.CountThoughts(signature.Signature.Length);
            _thinking?.Signature.Append(signature.Signature);
        }
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
        {
            Updates.Add(new ModelUpdate.TextDelta(text));
        }
    }

    private void ReadStop(long index)
    {
        if (_open.Remove(index, out var call))
        {
            Calls.Close(call);
        }

        if (_thinking is { } thinking && thinking.Index == index)
        {
            _thinking = null;
            AddProviderData(thinking.ToJson());
        }
    }

    private void ReadStopReason(string? reason)
    {
        _stopReason = reason ?? _stopReason;
        switch (_stopReason)
        {
            case null:
                break;
            case "max_tokens" or "model_context_window_exceeded" or "refusal":
                Calls.ReleaseWhole();
                break;
            default:
                Calls.ReleaseAll();
                break;
        }
    }

    private FinishReason Reason() => _stopReason switch
    {
        "max_tokens" or "model_context_window_exceeded" => FinishReason.MaxTokens,
        "refusal" => FinishReason.Blocked,
        _ => Calls.AnyReady ? FinishReason.ToolCalls : FinishReason.Stop,
    };

    private void ReadUsage(IReadOnlyDictionary<string, JsonElement> message)
    {
        if (!message.TryGetValue("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        // The counts at the end are of the whole message and may be more exact; what they leave out stays as it was.
        var cached = Count(usage, "cache_read_input_tokens");
        var input = Count(usage, "input_tokens");
        var written = Count(usage, "cache_creation_input_tokens");
        _inputTokens = input is > 0 ? input.Value + (cached ?? 0) + (written ?? 0) : _inputTokens;
        _cachedTokens = cached ?? _cachedTokens;
        _cacheWriteTokens = written ?? _cacheWriteTokens;
        _outputTokens = Count(usage, "output_tokens") ?? _outputTokens;
        Updates.Add(new ModelUpdate.Usage(_inputTokens, _outputTokens, _cachedTokens, _cacheWriteTokens));
    }

    private static long? Count(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number ? count.GetInt64() : null;

    private void AddProviderData(string json) =>
        Updates.Add(new ModelUpdate.TextDelta("", new ProviderData(ClaudeChatModel.ProviderName, json)));

    // Events of a kind that is not known may come at any time and mean nothing here; one of a known kind that the SDK could not read is a fault.
    private static void RefuseBrokenEvent(JsonElement streamed)
    {
        var type = streamed.ValueKind == JsonValueKind.Object && streamed.TryGetProperty("type", out var value) ? value.GetString() : null;
        if (type is null or "message_start" or "message_delta" or "message_stop" or "content_block_start" or "content_block_delta" or "content_block_stop")
        {
            throw new ModelException(ModelErrorKind.Protocol, $"Claude sent a broken event of type {type ?? "none"}.");
        }
    }
}
