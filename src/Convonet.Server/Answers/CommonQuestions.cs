using System.Text;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tools;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Answers;

/// <summary>Asks the default provider's model the operator's common questions at the start, and again before its answers are forgotten.</summary>
internal sealed partial class CommonQuestions(
    AnswerCache cache,
    ToolRunner tools,
    ChatModels models,
    PriceTable prices,
    IOptions<CacheOptions> options,
    IOptions<ConversationOptions> conversation,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<CommonQuestions> logger) : BackgroundService
{
    /// <summary>How long a model may take for one of them.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>How long Redis is waited for, which may not be connected yet: to ask it costs less than to ask a model.</summary>
    private static readonly TimeSpan RedisLimit = TimeSpan.FromSeconds(5);

    /// <summary>Tries of one question while a provider fails.</summary>
    private const int Tries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Makes the answers that are missing.</summary>
    /// <param name="anew">Whether those that are there are made again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task WarmAsync(bool anew, CancellationToken cancellationToken)
    {
        var kept = 0;
        foreach (var question in options.Value.Questions)
        {
            var key = AnswerKey.Shared(models.Default.Model, Instructions, tools.Tools, question);
            if (!anew && await cache.FindAsync(key, RedisLimit, cancellationToken) is not null)
            {
                kept++; // another node was here before
            }
            else if (await TryAnswerAsync(question, cancellationToken) is { } answer)
            {
                await cache.KeepAsync(key, answer, cancellationToken);
                kept++;
            }
        }

        LogWarm(kept, options.Value.Questions.Count);
    }

    private string Instructions => conversation.Value.SystemPrompt.TrimEnd();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Questions.Count == 0)
        {
            return;
        }

        try
        {
            await lifetime.StartedAsync(stoppingToken);
            await WarmAsync(anew: false, stoppingToken);
            using var timer = new PeriodicTimer(options.Value.Lifetime * 0.8, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WarmAsync(anew: true, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or never started.
        }
    }

    private async Task<string?> TryAnswerAsync(string question, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AnswerAsync(question, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // The border: whatever a provider throws, users can still ask for themselves.
                LogFailed(attempt, error);
                if (attempt == Tries)
                {
                    return null;
                }

                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <summary>What the model says, if that is a whole answer without a tool.</summary>
    private async Task<string?> AnswerAsync(string question, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (model, text, isWhole) = (models.Default.Model, new StringBuilder(), false);

        // Nothing of a user and no clock: what the answer can depend on is in its key.
        var request = new ModelRequest("common_0", Instructions, [new HistoryItem.UserMessage(question)], tools.Tools);
        var use = new CallUse(request);
        try
        {
            await foreach (var update in model.StreamAsync(request, either.Token))
            {
                use.Saw(update);
                switch (update)
                {
                    case ModelUpdate.TextDelta delta:
                        text.Append(delta.Text);
                        break;
                    case ModelUpdate.ToolCallStarted or ModelUpdate.ToolCallReady:
                        LogWantsTool();
                        return null;
                    case ModelUpdate.Completed completed:
                        isWhole = completed.Reason == FinishReason.Stop;
                        break;
                }
            }
        }
        finally
        {
            // Nobody's, but in the metrics.
            new UsageTally(prices).Add(UsageKind.Answer, model, use);
        }

        return isWhole && !string.IsNullOrWhiteSpace(text.ToString()) ? text.ToString() : null;
    }

    [LoggerMessage(LogLevel.Information, "Answers to {Kept} of {Count} common questions are ready.")]
    private partial void LogWarm(int kept, int count);

    [LoggerMessage(LogLevel.Warning, "A common question could not be answered (try {Attempt}).")]
    private partial void LogFailed(int attempt, Exception error);

    [LoggerMessage(LogLevel.Warning, "The model wants a tool for a common question: its answer is not kept.")]
    private partial void LogWantsTool();
}
