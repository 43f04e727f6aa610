using Convonet.Agents;
using Convonet.Models;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>The model may think while the user still speaks.</summary>
public sealed partial class Conversation
{
    /// <summary>How long a guess may hold up what comes behind it.</summary>
    private static readonly TimeSpan GuessLimit = TimeSpan.FromMilliseconds(500);

    private HeadStart? _headStart;

    /// <inheritdoc/>
    public void Guess(string? text) => _commands.Writer.TryWrite(new ConversationCommand.Guess(text));

    /// <summary>The instructions, and what is told of the user. What is different in each turn comes last, what changes seldom before it: so the beginning stays the same.</summary>
    internal async ValueTask<(string Instructions, UserTold Told)> PromptAsync(CancellationToken cancellationToken)
    {
        var told = await _services.Facts.TellAsync(User, cancellationToken);
        var about = told.About.Length > 0 ? $"\n{told.About}" : "";
        return ($"{_services.Options.SystemPrompt.TrimEnd()}{about}{HistorySummary.Tell(_summary?.Text)}", told);
    }

    private async ValueTask GuessAsync(string? text)
    {
        Interlocked.Exchange(ref _headStart, null)?.Dispose();
        if (text is null || _running is not null || _waiting.Count > 0 || !_services.Admission.HasRoom(User)
            || _services.Graph.FirstHealthy(_services.Models.ModelsFor(_provider)) is not { } model)
        {
            return;
        }

        try
        {
            // No turn runs, so the history is ours; what is done to it here the turn would do in any case.
            CutHistory();
            ForgetSummarized();
            History.ForgetOld(_services.Options);
            List<HistoryItem> history = [.. History, new HistoryItem.UserMessage(text)];
            using var limit = new CancellationTokenSource(GuessLimit, _services.Time);
            if (_services.Budget is { } budget && await budget.IsSpentAsync(User, Aside.All, limit.Token))
            {
                return;
            }

            var (prompt, told) = await PromptAsync(limit.Token);
            if (KeptAnswers.For(_services, User, Id, told, prompt, history, _provider.Model) is { } answers && await answers.HasAsync(limit.Token))
            {
                return; // no model will be asked
            }

            _headStart = _services.Graph.StartEarly(model, User, _lastTurn + 1, prompt, told.Moment, history, Aside);
        }
        catch (Exception error)
        {
            // The border: the turn asks for itself.
            LogNotGuessed(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The model could not be asked ahead of a turn.")]
    private partial void LogNotGuessed(Exception error);
}
