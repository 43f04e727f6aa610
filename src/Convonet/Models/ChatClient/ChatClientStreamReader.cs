using System.ClientModel;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Convonet.Models.ChatClient;

/// <summary>Turns the updates of a chat client into ours.</summary>
internal sealed class ChatClientStreamReader(ModelRequest request, string provider) : StepReader<ChatResponseUpdate>(request, provider)
{
    // Without the library's line breaks, which a model would never write.
    private static readonly JsonSerializerOptions OneLine = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private readonly UsageDetails _usage = new();
    private readonly StringBuilder _reasoning = new();
    private ChatFinishReason? _finish;
    private bool _refused;
    private bool _anyContent;

    protected override void Read(ChatResponseUpdate streamed)
    {
        foreach (var content in streamed.Contents)
        {
            ReadContent(content);
        }

        _anyContent |= Updates.Count > 0;
        _finish = streamed.FinishReason ?? _finish;
    }

    // The interface does not oblige a client to tell why its model stopped, so that a missing reason does not mean a cut answer: clients
    // throw at those. An answer of nothing at all is no answer.
    protected override void ReadEnd()
    {
        if (_finish is null && !_anyContent)
        {
            base.ReadEnd();
            return;
        }

        var reason = _refused ? FinishReason.Blocked
            : _finish == ChatFinishReason.Length ? FinishReason.MaxTokens
            : _finish == ChatFinishReason.ContentFilter ? FinishReason.Blocked
            : Calls.AnyReady ? FinishReason.ToolCalls
            : FinishReason.Stop;
        Updates.Add(new ModelUpdate.Completed(reason, _finish?.Value));
    }

    // Whatever else a client throws is its provider's failure. Its text may hold the user's words and is left out.
    protected override ModelException? Translate(Exception error) => error switch
    {
        HttpRequestException { StatusCode: { } status } => Refused((int)status),
        ClientResultException { Status: > 0 and var status } => Refused(status),
        _ => TransportFailure.Translate(error, Provider, _anyContent)
            ?? new ModelException(ModelErrorKind.ServerError, $"{Provider} failed with {error.GetType().Name}."),
    };

    private void ReadContent(AIContent content)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } text:
                Updates.Add(new ModelUpdate.TextDelta(text.Text));
                break;
            case TextReasoningContent reasoning:
                ReadReasoning(reasoning);
                break;
            case FunctionCallContent { InformationalOnly: false } call:
                ReadCall(call);
                break;
            case UsageContent usage:
                // A client may report pieces; they add up.
                _usage.Add(usage.Details);
                Updates.Add(new ModelUpdate.Usage(_usage.InputTokenCount ?? 0, _usage.OutputTokenCount ?? 0, _usage.CachedInputTokenCount ?? 0));
                break;
            case ErrorContent { ErrorCode: "Refusal" } refusal:
                _refused = true;
                Updates.Add(new ModelUpdate.TextDelta(refusal.Message));
                break;
            case ErrorContent error:
                throw new ModelException(ModelErrorKind.ServerError, $"{Provider} sent an error with code {error.ErrorCode ?? "unknown"}.");
        }
    }

    // The proof comes with, or after, the reasoning that it belongs to.
    private void ReadReasoning(TextReasoningContent reasoning)
    {
        Calls.CountThoughts(reasoning.Text.Length + (reasoning.ProtectedData?.Length ?? 0));
        _reasoning.Append(reasoning.Text);
        if (!string.IsNullOrEmpty(reasoning.ProtectedData))
        {
            Updates.Add(new ModelUpdate.TextDelta("", ReasoningData.Save(Provider, _reasoning.ToString(), reasoning.ProtectedData)));
            _reasoning.Clear();
        }
    }

    // A call comes whole. One that the client could not read must not run without its arguments: it gets some that nobody can read.
    private void ReadCall(FunctionCallContent content)
    {
        var call = Calls.Begin(content.Name);
        Calls.Append(call, content.Exception is null ? JsonSerializer.Serialize(content.Arguments ?? new Dictionary<string, object?>(), OneLine) : "(unreadable)");
        Calls.Close(call);
        Calls.ReleaseClosed();
    }

    private ModelException Refused(int status) => new(ModelException.KindOf(status), $"{Provider} answered with HTTP {status}.");
}
