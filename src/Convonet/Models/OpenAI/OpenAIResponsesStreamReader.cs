using OpenAI.Responses;

#pragma warning disable OPENAI001, SCME0001 // the SDK calls all of the Responses API, and the access to unknown fields, experimental; its version is pinned

namespace Convonet.Models.OpenAI;

/// <summary>Turns the events of one streamed response into updates.</summary>
/// <seealso href="https://developers.openai.com/api/reference/resources/responses/streaming-events"/>
internal sealed class OpenAIResponsesStreamReader(ModelRequest request, TimeProvider time)
    : StepReader<object?>(request, OpenAIModelFactory.DisplayName)
{
    private readonly Dictionary<int, PendingToolCall> _latest = [];
    private bool _refused;

    /// <param name="streamed">A piece of text, the outline of the end, an event of the SDK, or something that says nothing new.</param>
    protected override void Read(object? streamed)
    {
        switch (streamed)
        {
            case null:
                throw new ModelException(ModelErrorKind.Protocol, "OpenAI sent an empty event.");
            case string text:
                AddText(text);
                break;
            case StreamingResponseRefusalDeltaUpdate refusal:
                _refused = true;
                AddText(refusal.Delta);
                break;
            case StreamingResponseOutputItemAddedUpdate added:
                ReadAdded(added);
                break;
            case StreamingResponseFunctionCallArgumentsDeltaUpdate delta:
                if (_latest.TryGetValue(delta.OutputIndex, out var call))
                {
                    Calls.Append(call, delta.Delta?.ToString());
                }

                break;
            case StreamingResponseFunctionCallArgumentsDoneUpdate done:
                ReadArgumentsDone(done);
                break;
            case StreamingResponseOutputItemDoneUpdate { Item: FunctionCallResponseItem item } done:
                ReadDone(done.OutputIndex, item);
                break;
            case ResponsesOutline completed:
                Calls.ReleaseAll();
                if (completed.Response?.Usage is { } used)
                {
                    Updates.Add(new ModelUpdate.Usage(used.InputTokens, used.OutputTokens, used.InputTokensDetails?.CachedTokens ?? 0, used.InputTokensDetails?.CacheWriteTokens ?? 0));
                }

                End(_refused ? FinishReason.Blocked : Calls.AnyReady ? FinishReason.ToolCalls : FinishReason.Stop, "completed");
                break;
            case StreamingResponseIncompleteUpdate incomplete:
                ReadIncomplete(incomplete.Response);
                break;
            case StreamingResponseFailedUpdate failed:
                throw OpenAIFailure.InBand(failed.Response?.Error?.Code.ToString());
            case StreamingResponseErrorUpdate error:
                throw (error.Code is null ? OpenAIFailure.InBand(ref error.Patch) : null) ?? OpenAIFailure.InBand(error.Code);
        }
    }

    protected override ModelException? Translate(Exception error) => OpenAIFailure.Translate(error, time);

    private void AddText(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Updates.Add(new ModelUpdate.TextDelta(text));
        }
    }

    private void ReadAdded(StreamingResponseOutputItemAddedUpdate added)
    {
        Calls.ReleaseClosed();
        if (added.Item is FunctionCallResponseItem item)
        {
            var call = Calls.Begin(item.FunctionName);
            _latest[added.OutputIndex] = call;
            Calls.Append(call, item.FunctionArguments?.ToString());
        }
    }

    private void ReadArgumentsDone(StreamingResponseFunctionCallArgumentsDoneUpdate done)
    {
        if (_latest.TryGetValue(done.OutputIndex, out var call))
        {
            AppendIfNone(call, done.FunctionArguments);
            Calls.ReadyIfWhole(call);
        }
    }

    private void ReadDone(int index, FunctionCallResponseItem item)
    {
        // A server that sends whole items only: this one was never announced.
        if (!_latest.TryGetValue(index, out var call) || call.Closed)
        {
            call = Calls.Begin(item.FunctionName);
            _latest[index] = call;
        }

        AppendIfNone(call, item.FunctionArguments);
        if (item.Status == FunctionCallStatus.Incomplete)
        {
            return;
        }

        Calls.Close(call);
    }

    private void AppendIfNone(PendingToolCall call, BinaryData? arguments)
    {
        if (!call.HasArguments)
        {
            Calls.Append(call, arguments?.ToString());
        }
    }

    private void ReadIncomplete(ResponseResult? response)
    {
        Calls.ReleaseWhole();
        if (response?.Usage is { } usage)
        {
            var read = usage.InputTokenDetails;
            Updates.Add(new ModelUpdate.Usage(usage.InputTokenCount, usage.OutputTokenCount, read?.CachedTokenCount ?? 0, read?.CacheWriteTokenCount ?? 0));
        }

        var reason = response?.IncompleteStatusDetails?.Reason?.ToString();
        End(reason == "content_filter" ? FinishReason.Blocked : FinishReason.MaxTokens, reason ?? "incomplete");
    }

    private void End(FinishReason reason, string detail)
    {
        Ended = true;
        Updates.Add(new ModelUpdate.Completed(reason, detail));
    }
}
