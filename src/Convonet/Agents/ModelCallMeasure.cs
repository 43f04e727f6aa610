using System.Diagnostics;
using Convonet.Models;
using Convonet.Telemetry;

namespace Convonet.Agents;

/// <summary>Writes one model call's span and metrics.</summary>
internal sealed class ModelCallMeasure
{
    private readonly Activity? _span;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly KeyValuePair<string, object?> _provider;
    private readonly KeyValuePair<string, object?> _model;
    private long _lastContent;

    public ModelCallMeasure(IChatModel model, Activity? span, TimeProvider time)
    {
        _span = span;
        _time = time;
        _started = time.GetTimestamp();
        _provider = new("gen_ai.provider.name", SemanticName(model.Provider));
        _model = new("gen_ai.request.model", model.Model);
        span?.SetTag("gen_ai.operation.name", "chat").SetTag(_provider.Key, _provider.Value).SetTag(_model.Key, _model.Value);
    }

    public void Saw(ModelUpdate update)
    {
        switch (update)
        {
            case ModelUpdate.Usage usage:
                Tokens(usage);
                return;
            case ModelUpdate.Completed completed:
                _span?.SetTag("gen_ai.response.finish_reasons", new[] { completed.Detail ?? completed.Reason.ToString() });
                return;
        }

        if (_lastContent == 0)
        {
            _lastContent = _time.GetTimestamp();
            ConvonetTelemetry.TimeToFirstChunk.Record(_time.GetElapsedTime(_started, _lastContent).TotalSeconds, _provider, _model);
        }
        else if (ConvonetTelemetry.TimePerOutputChunk.Enabled)
        {
            var now = _time.GetTimestamp();
            ConvonetTelemetry.TimePerOutputChunk.Record(_time.GetElapsedTime(_lastContent, now).TotalSeconds, _provider, _model);
            _lastContent = now;
        }
    }

    public void Ended(Exception? failure, bool stopped)
    {
        KeyValuePair<string, object?> error = new("error.type", stopped ? "cancelled" : ErrorType(failure));
        ConvonetTelemetry.ModelDuration.Record(_time.GetElapsedTime(_started).TotalSeconds, _provider, _model, error);
        if (error.Value is not null)
        {
            _span?.SetTag(error.Key, error.Value);
            _span?.SetStatus(stopped ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
        }
    }

    private void Tokens(ModelUpdate.Usage usage)
    {
        _span?.SetTag("gen_ai.usage.input_tokens", usage.InputTokens).SetTag("gen_ai.usage.output_tokens", usage.OutputTokens);
        ConvonetTelemetry.TokenUsage.Record(usage.InputTokens, _provider, _model, new("gen_ai.token.type", "input"));
        ConvonetTelemetry.TokenUsage.Record(usage.OutputTokens, _provider, _model, new("gen_ai.token.type", "output"));
    }

    private static string? ErrorType(Exception? failure) => failure switch
    {
        null => null,
        ModelException known => known.Kind.ToString(),
        _ => failure.GetType().Name,
    };

    /// <summary>The providers' names in the semantic conventions.</summary>
    private static string SemanticName(string provider) => provider switch
    {
        "gemini" => "gcp.gemini",
        "claude" => "anthropic",
        _ => provider,
    };
}
