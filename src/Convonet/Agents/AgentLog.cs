using Convonet.Models;
using Microsoft.Extensions.Logging;

namespace Convonet.Agents;

/// <summary>What operators read of a turn that did not go smoothly. None of it holds what a user or a model said.</summary>
internal static partial class AgentLog
{
    /// <summary>A provider's failure is a warning; anything else that an adapter throws is a bug of ours.</summary>
    public static void ModelFailed(ILogger logger, string provider, string step, Exception error)
    {
        if (error is ModelException known)
        {
            LogModelFailed(logger, provider, step, known.Kind, error);
        }
        else
        {
            LogAdapterBroke(logger, provider, step, error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Provider} was silent for {LimitSeconds} s in step {Step}.")]
    public static partial void LogModelSilent(ILogger logger, string provider, double limitSeconds, string step);

    [LoggerMessage(LogLevel.Information, "{Provider} is asked again in {WaitSeconds} s (step {Step}).")]
    public static partial void LogRetry(ILogger logger, string provider, double waitSeconds, string step);

    [LoggerMessage(LogLevel.Warning, "{Provider} is asked instead of {Failed} (step {Step}).")]
    public static partial void LogFallback(ILogger logger, string provider, string failed, string step);

    [LoggerMessage(LogLevel.Information, "{Provider} has shown nothing for {Seconds:0.0} s: {Rival} is asked as well (step {Step}).")]
    public static partial void LogHedge(ILogger logger, string provider, double seconds, string rival, string step);

    [LoggerMessage(LogLevel.Information, "🚀 Executing {Count} tools in parallel...")]
    public static partial void LogExecutingTools(ILogger logger, int count);

    [LoggerMessage(LogLevel.Error, "The tool runner broke at call {CallId}.")]
    public static partial void LogRunnerBroke(ILogger logger, string callId, Exception error);

    [LoggerMessage(LogLevel.Warning, "{Provider} failed in step {Step}: {Kind}.")]
    private static partial void LogModelFailed(ILogger logger, string provider, string step, ModelErrorKind kind, Exception error);

    [LoggerMessage(LogLevel.Error, "The adapter of {Provider} broke in step {Step}.")]
    private static partial void LogAdapterBroke(ILogger logger, string provider, string step, Exception error);
}
