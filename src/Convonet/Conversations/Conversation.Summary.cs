using System.Text;
using Convonet.Agents;
using Convonet.Models;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>Between turns a long history becomes shorter.</summary>
public sealed partial class Conversation
{
    /// <summary>How long a model may take for a summary; nobody waits for it.</summary>
    private static readonly TimeSpan SummaryLimit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _ended = new();
    private Task _summarizing = Task.CompletedTask;
    private KeptSummary? _summary;
    private int _summaries;

    /// <summary>Ends when no summary is being made.</summary>
    internal Task Summarizing => _summarizing;

    /// <summary>Called when a turn has ended. The turns go on meanwhile; the summary takes the place of what it tells of between two of them.</summary>
    private void Summarize()
    {
        var due = HistorySummary.Due(History, _services.Options.SummarizeAboveTokens);
        if (due == 0 || !_summarizing.IsCompleted || _turns.Find(turn => ReferenceEquals(turn.Message, LastMessage(due))) is not { } last)
        {
            return;
        }

        // Nobody waits for it: a provider that is down has no try for it, and the turns find out when it works again.
        if (_services.Graph.FirstHealthy(_services.Models.ModelsFor(_provider)) is not { } model)
        {
            return;
        }

        var request = HistorySummary.RequestFor(History.Take(due), _summary?.Text, ++_summaries);
        _summarizing = Task.Run(() => SummarizeAsync(model, request, last.Number));
    }

    private HistoryItem LastMessage(int due) => History.Take(due).Last(static item => item is HistoryItem.UserMessage);

    private async Task SummarizeAsync(IChatModel model, ModelRequest request, int upTo)
    {
        try
        {
            using var limit = new CancellationTokenSource(SummaryLimit, _services.Time);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ended.Token);
            if (_services.Budget is { } budget && await budget.IsSpentAsync(User, Aside.All, over.Token))
            {
                return;
            }

            if (await AskForSummaryAsync(model, request, over.Token) is { Length: > 0 } summary)
            {
                await _commands.Writer.WriteAsync(
                    new ConversationCommand.Summarized(new KeptSummary(summary.Length <= HistorySummary.Longest ? summary : summary[..HistorySummary.Longest] + "…", upTo)), over.Token);
            }
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // The conversation has ended.
        }
        catch (Exception error)
        {
            // The border: the history stays as it is until the next turn has ended.
            LogNotSummarized(error);
        }
    }

    /// <summary>The model's summary, counted as any other call is, come what may; null when it was cut off.</summary>
    private async Task<string?> AskForSummaryAsync(IChatModel model, ModelRequest request, CancellationToken cancellationToken)
    {
        var (text, use) = (new StringBuilder(), new CallUse(request));
        var (isComplete, isFree) = (false, false);
        try
        {
            await foreach (var update in model.StreamAsync(request, cancellationToken))
            {
                if (update is ModelUpdate.TextDelta delta && text.Length < HistorySummary.Longest)
                {
                    text.Append(delta.Text);
                }

                use.Saw(update);
                isComplete |= update is ModelUpdate.Completed { Reason: FinishReason.Stop or FinishReason.MaxTokens };
            }

            return isComplete ? text.ToString().Trim() : null;
        }
        catch (Exception error)
        {
            isFree = AttemptFailure.Of(error).IsFree;
            throw;
        }
        finally
        {
            if (use.HasBegun || !isFree)
            {
                Aside.Add(UsageKind.Summary, model, use);
            }
        }
    }

    private async ValueTask TakeSummaryAsync(KeptSummary summary)
    {
        try
        {
            await _services.Store.SummarizeAsync(Id, Events.Epoch, summary, CancellationToken.None);
        }
        catch (TurnFencedException)
        {
            Supersede();
        }
        catch (Exception error)
        {
            // The border: it holds for this process.
            LogSummaryNotKept(error);
        }

        lock (Gate)
        {
            _coming = summary;
        }

        if (_running is null)
        {
            ForgetSummarized();
        }
    }

    /// <summary>Takes what was summed up out of the history. Called between turns, or by a turn that begins.</summary>
    internal void ForgetSummarized()
    {
        lock (Gate)
        {
            if (_coming is not { } summary)
            {
                return;
            }

            (_summary, _coming) = (summary, null);
            var kept = History.FindIndex(item => item is HistoryItem.UserMessage && _turns.Find(turn => ReferenceEquals(turn.Message, item))?.Number > summary.UpTo);
            if (kept > 0)
            {
                History.RemoveRange(0, kept);
            }
        }
    }

    /// <summary>A summary that waits for the running turn to end.</summary>
    private KeptSummary? _coming;

    [LoggerMessage(LogLevel.Warning, "The beginning of a conversation could not be summed up.")]
    private partial void LogNotSummarized(Exception error);

    [LoggerMessage(LogLevel.Error, "A summary could not be kept.")]
    private partial void LogSummaryNotKept(Exception error);
}
