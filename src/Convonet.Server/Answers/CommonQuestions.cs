using System.Text;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Answers;

/// <summary>Asks the default provider's model the operator's common questions: at the start, when its tools are others, and before its answers are forgotten.</summary>
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

    /// <summary>The longest that a question is let be which fails again and again, in rounds.</summary>
    private const int MostPaused = 60;

    /// <summary>How often it is looked what is missing: tools of other servers come after the start, and so does a provider that was down at it.</summary>
    private readonly TimeSpan _every = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute, options.Value.Lifetime.Ticks / 10));

    /// <summary>What was asked here. What is not in the cache all the same (it was no answer to be kept, or there was no room) is not asked each round.</summary>
    private readonly Dictionary<AnswerKey, Asked> _asked = [];

    private int _ready = -1;

    private string Instructions => conversation.Value.SystemPrompt.TrimEnd();

    private TimeSpan Fresh => options.Value.Lifetime * 0.8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Questions.Count == 0)
        {
            return;
        }

        try
        {
            await lifetime.StartedAsync(stoppingToken);
            using var timer = new PeriodicTimer(_every, time);
            do
            {
                await WarmAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or never started.
        }
    }

    /// <summary>Makes the answers that are missing, and those anew that will soon be forgotten. While the provider fails it is asked once a round.</summary>
    private async Task WarmAsync(CancellationToken cancellationToken)
    {
        var (seen, ready, isDown) = (new HashSet<AnswerKey>(), 0, false);
        foreach (var question in options.Value.Questions)
        {
            // Taken once: they may be others when the model is asked, and its answer would have the wrong key.
            var offered = tools.Tools;
            var key = AnswerKey.Shared(models.Default.Model, Instructions, offered, question);
            seen.Add(key);
            var last = _asked.GetValueOrDefault(key);
            if (last is null && await cache.FindAsync(key, RedisLimit, cancellationToken) is not null)
            {
                ready++; // another node was here before
                continue;
            }

            if (!isDown && (last is null || time.GetElapsedTime(last.At) >= last.Rest))
            {
                _asked[key] = last = await AskAsync(key, question, offered, last?.Failures ?? 0, cancellationToken);
                isDown = last.Failures > 0;
            }

            ready += last is { IsAnswered: true } ? 1 : 0;
        }

        foreach (var gone in _asked.Keys.Where(key => !seen.Contains(key)).ToList())
        {
            _asked.Remove(gone);
        }

        if (ready != _ready)
        {
            _ready = ready;
            LogWarm(ready, options.Value.Questions.Count);
        }
    }

    /// <summary>Asks the model, and keeps what it says.</summary>
    private async Task<Asked> AskAsync(AnswerKey key, string question, IReadOnlyList<AIFunction> offered, int failures, CancellationToken cancellationToken)
    {
        var at = time.GetTimestamp();
        try
        {
            var answer = await AnswerAsync(question, offered, cancellationToken);
            if (answer is not null)
            {
                await cache.KeepAsync(key, answer, cancellationToken);
            }

            return new(at, Fresh, answer is not null, 0);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The border: whatever a provider throws, users can still ask for themselves.
            LogFailed(error);
            return error is ModelException { Kind: ModelErrorKind.InvalidRequest } // of this question, and no better a minute later
                ? new(at, Fresh, false, 0)
                : new(at, _every * Math.Min(failures, MostPaused), false, failures + 1);
        }
    }

    /// <summary>What the model says, if that is a whole answer without a tool.</summary>
    private async Task<string?> AnswerAsync(string question, IReadOnlyList<AIFunction> offered, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (model, text, isWhole) = (models.Default.Model, new StringBuilder(), false);

        // Nothing of a user and no clock: what the answer can depend on is in its key.
        var request = new ModelRequest("common_0", Instructions, [new HistoryItem.UserMessage(question)], offered);
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

    [LoggerMessage(LogLevel.Warning, "A common question could not be answered.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "The model wants a tool for a common question: its answer is not kept.")]
    private partial void LogWantsTool();

    /// <summary>A question that was asked.</summary>
    /// <param name="At">When.</param>
    /// <param name="Rest">How long it is let be.</param>
    /// <param name="IsAnswered">Whether there was an answer to keep.</param>
    /// <param name="Failures">How often in a row the provider failed at it.</param>
    private sealed record Asked(long At, TimeSpan Rest, bool IsAnswered, int Failures);
}
