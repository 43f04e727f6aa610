using OpenAI.Chat;

#pragma warning disable SCME0001 // the SDK calls the access to unknown fields experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>
/// Turns the chunks of one streamed chat completion into updates. Calls carry no end mark: one is ready when the next begins or the
/// step ends. Compatible servers leave out, or repeat, index and id.
/// </summary>
/// <remarks>
/// The SDK refuses a chunk whose <c>finish_reason</c> is none of OpenAI's own, such as the <c>""</c> or <c>eos</c> of a few compatible
/// servers, before anything of it can be seen here: such a step ends as <see cref="ModelErrorKind.Protocol"/>.
/// </remarks>
internal sealed class OpenAIChatStreamReader(ModelRequest request, TimeProvider time)
    : StepReader<StreamingChatCompletionUpdate>(request, OpenAIModelFactory.DisplayName)
{
    // The latest call with each index, and the id that the provider gave it.
    private readonly Dictionary<int, (PendingToolCall Call, string? Id)> _latest = [];
    private PendingToolCall? _current;
    private ChatFinishReason? _finish;
    private bool _refused;

    protected override bool IsComplete => _finish is not null;

    protected override void Read(StreamingChatCompletionUpdate chunk)
    {
        if (chunk is null)
        {
            throw new ModelException(ModelErrorKind.Protocol, "OpenAI sent an empty chunk.");
        }

        foreach (var part in chunk.ContentUpdate)
        {
            AddText(part?.Text);
        }

        if (!string.IsNullOrEmpty(chunk.RefusalUpdate))
        {
            _refused = true;
            AddText(chunk.RefusalUpdate);
        }

        foreach (var call in chunk.ToolCallUpdates)
        {
            ReadCall(call);
        }

        if (chunk.Usage is { } usage)
        {
            var read = usage.InputTokenDetails;
            Updates.Add(new ModelUpdate.Usage(usage.InputTokenCount, usage.OutputTokenCount, read?.CachedTokenCount ?? 0, CacheWriteTokens(read)));
        }

        if (chunk.FinishReason is { } reason && _finish is null)
        {
            ReadFinish(reason);
        }
        else if (Updates.Count == 0)
        {
            ThrowIfError(chunk);
        }
    }

    // The SDK swallows the closing [DONE], so the finish reason stands for it.
    protected override void ReadEnd()
    {
        if (_finish is not { } finish)
        {
            base.ReadEnd();
            return;
        }

        var (reason, detail) = finish switch
        {
            ChatFinishReason.Length => (FinishReason.MaxTokens, "length"),
            ChatFinishReason.ContentFilter => (FinishReason.Blocked, "content_filter"),
            _ when _refused => (FinishReason.Blocked, "refusal"),

            // Some servers say stop after calls, too.
            ChatFinishReason.Stop => (Calls.AnyReady ? FinishReason.ToolCalls : FinishReason.Stop, "stop"),
            _ => (Calls.AnyReady ? FinishReason.ToolCalls : FinishReason.Stop, "tool_calls"),
        };
        Updates.Add(new ModelUpdate.Completed(reason, detail));
    }

    protected override ModelException? Translate(Exception error) => OpenAIFailure.Translate(error, time);

    private void AddText(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Updates.Add(new ModelUpdate.TextDelta(text));
        }
    }

    private void ReadCall(StreamingChatToolCallUpdate? update)
    {
        // The SDK passes nulls in lists on.
        if (update is null)
        {
            return;
        }

        var known = _latest.TryGetValue(update.Index, out var latest);
        var begins = !known || BeginsAnother(latest.Call, latest.Id, update);
        if (_current is not null && (begins || latest.Call != _current))
        {
            Calls.ReadyIfWhole(_current);
        }

        if (begins)
        {
            latest = (Calls.Begin(update.FunctionName), update.ToolCallId);
            _latest[update.Index] = latest;
        }
        else
        {
            Calls.SetName(latest.Call, update.FunctionName);
        }

        _current = latest.Call;
        Calls.Append(latest.Call, update.FunctionArgumentsUpdate?.ToString());
    }

    // Whether a piece with an index that is known (or missing, which the SDK shows as 0) belongs to a call of its own all the same.
    private static bool BeginsAnother(PendingToolCall latest, string? latestId, StreamingChatToolCallUpdate update)
    {
        if (!string.IsNullOrEmpty(update.ToolCallId) && !string.IsNullOrEmpty(latestId) && update.ToolCallId != latestId)
        {
            return true;
        }

        // Some servers repeat the name in every piece, so a name alone says nothing while its call is unfinished.
        return !string.IsNullOrEmpty(update.FunctionName) && latest.Name.Length > 0 && (update.FunctionName != latest.Name || latest.Ready || latest.IsWhole);
    }

    private void ReadFinish(ChatFinishReason reason)
    {
        _finish = reason;
        if (reason is ChatFinishReason.Length or ChatFinishReason.ContentFilter)
        {
            Calls.ReleaseWhole();
        }
        else
        {
            Calls.ReleaseAll();
        }
    }

    // The SDK knows it for responses only.
    private static long CacheWriteTokens(ChatInputTokenUsageDetails? read) =>
        read is not null && read.Patch.TryGetNullableValue("$.cache_write_tokens"u8, out long? written) ? written ?? 0 : 0;

    // Compatible servers report errors as a chunk of its own.
    private static void ThrowIfError(StreamingChatCompletionUpdate chunk)
    {
        if (OpenAIFailure.InBand(ref chunk.Patch) is { } failure)
        {
            throw failure;
        }
    }
}
