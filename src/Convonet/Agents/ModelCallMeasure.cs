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
    private TagList _tags;
    private long _lastContent;

    public ModelCallMeasure(IChatModel model, Activity? span, TimeProvider time)
    {
        _span = span;
        _time = time;
        _started = time.GetTimestamp();
        _tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", model is KeptAnswer ? "convonet.cache" : SemanticName(model.Provider) },
            { "gen_ai.request.model", model.Model },
        };
        foreach (var (key, value) in _tags)
        {
            span?.SetTag(key, value);
        }
    }

    public void Saw(ModelUpdate update)
    {
        if (update is ModelUpdate.Completed completed)
        {
            _span?.SetTag("gen_ai.response.finish_reasons", new[] { completed.Detail ?? completed.Reason.ToString() });
            return;
        }

        if (_lastContent == 0)
        {
            _lastContent = _time.GetTimestamp();
            ConvonetTelemetry.TimeToFirstChunk.Record(_time.GetElapsedTime(_started, _lastContent).TotalSeconds, _tags);
        }
        else if (ConvonetTelemetry.TimePerOutputChunk.Enabled)
        {
            var now = _time.GetTimestamp();
            ConvonetTelemetry.TimePerOutputChunk.Record(_time.GetElapsedTime(_lastContent, now).TotalSeconds, _tags);
            _lastContent = now;
        }
    }

    /// <param name="told">Its tokens, as the provider told them.</param>
    /// <param name="error">What went wrong, in one word; null when nothing did.</param>
    public void Ended(ModelUpdate.Usage? told, string? error)
    {
        if (told is not null)
        {
            _span?.SetTag("gen_ai.usage.input_tokens", told.InputTokens).SetTag("gen_ai.usage.output_tokens", told.OutputTokens);
            Tokens(told.InputTokens, "input");
            Tokens(told.OutputTokens, "output");
        }

        if (error is not null)
        {
            _tags.Add("error.type", error);
            _span?.SetTag("error.type", error);
            _span?.SetStatus(error == "cancelled" ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
        }

        ConvonetTelemetry.ModelDuration.Record(_time.GetElapsedTime(_started).TotalSeconds, _tags);
    }

    /// <summary>Counts the tokens of a call that no step took, as far as the provider has told of them.</summary>
    public static void Dropped(IChatModel model, ModelUpdate.Usage usage)
    {
        var measure = new ModelCallMeasure(model, null, TimeProvider.System);
        measure.Tokens(usage.InputTokens, "input");
        measure.Tokens(usage.OutputTokens, "output");
    }

    public static string? ErrorType(Exception? failure) => failure switch
    {
        null => null,
        ModelException known => known.Kind.ToString(),
        _ => failure.GetType().Name,
    };

    private void Tokens(long count, string type)
    {
        var tags = _tags;
        tags.Add("gen_ai.token.type", type);
        ConvonetTelemetry.TokenUsage.Record(count, tags);
    }

    /// <summary>The providers' names in the semantic conventions.</summary>
    private static string SemanticName(string provider) => provider switch
    {
        "gemini" => "gcp.gemini",
        "claude" => "anthropic",
        _ => provider,
    };
}
