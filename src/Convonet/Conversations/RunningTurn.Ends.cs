using Convonet.Agents;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>How a turn ends: kept first, then shown.</summary>
internal sealed partial class RunningTurn
{
    /// <summary>Keeps the end, then shows it.</summary>
    private async ValueTask EndAsync(TurnEvents events, AgentUpdate.Completed completed)
    {
        try
        {
            await KeepEndAsync(completed.Outcome, completed.Error, completed.Model.Provider);
        }
        catch (Exception error) when (error is not TurnFencedException)
        {
            // The border: the words were shown, but an answer that is not kept is not called a success.
            LogEndNotKept(_record.Number, error);
            completed = completed with { Outcome = TurnOutcome.Failed, Error = TurnError.NotKept };
            _conversation.KeepLater(EndOf(completed.Outcome, completed.Error, completed.Model.Provider));
        }

        Show(events, completed);
        if (completed.Outcome == TurnOutcome.Completed && _answers is { } answers && !_record.HasTools && ReferenceEquals(completed.Model, _provider.Model))
        {
            await answers.KeepAsync(_record.Text, _stop.Token);
        }
    }

    /// <summary>It was stopped where the graph could not end it: before its first request, mostly.</summary>
    private async ValueTask EndStoppedAsync(TurnEvents events)
    {
        try
        {
            await EndAsync(events, new AgentUpdate.Completed(TurnOutcome.Cancelled, null, _provider.Model, new(0, 0)));
        }
        catch (TurnFencedException)
        {
            Leave();
        }
    }

    private async ValueTask BreakAsync(TurnEvents events, TurnError broken)
    {
        try
        {
            await KeepEndAsync(TurnOutcome.Failed, broken, _provider.Name);
        }
        catch (Exception error)
        {
            // The border: it is broken already, and told to be.
            LogEndNotKept(_record.Number, error);
            if (error is TurnFencedException)
            {
                Leave();
                return;
            }

            _conversation.KeepLater(EndOf(TurnOutcome.Failed, broken, _provider.Name));
        }

        lock (_conversation.Gate)
        {
            events.Break(_provider.Model, broken);
        }

        _conversation.Events.Ring();
    }

    private ValueTask KeepEndAsync(TurnOutcome outcome, TurnError? error, string provider) => _services.Store.EndAsync(EndOf(outcome, error, provider), CancellationToken.None);

    private TurnEnd EndOf(TurnOutcome outcome, TurnError? error, string provider)
    {
        // Once: the end may have to be kept again.
        if (_used is null)
        {
            foreach (var aside in _conversation.Aside.Take())
            {
                _record.Usage.Take(aside);
            }

            _used = _record.Usage.All;
        }

        return new(_record.Turn.Id, _record.OwnerEpoch, outcome, error, _record.Text, provider) { Used = _used, LastStep = _journal.LeftToEnd };
    }

    /// <summary>What was used stays used, also where there is no turn any more that could keep it: a user who deletes each conversation in mid-answer has the same budget as others.</summary>
    private void PassOnUsage()
    {
        if (_record.Outcome is null && _conversation.IsDeleted && _services.Usage is { } log)
        {
            _record.Usage.PassOn(used => log.Note(new UsageOwner(_conversation.User, _conversation.Id, Number), tally => tally.Take(used)));
        }
    }

    /// <summary>Every call that a provider will see must have its result, also one that was not started again before the turn broke.</summary>
    private void CompleteHistory()
    {
        if (_conversation.History is [.., HistoryItem.AssistantMessage message])
        {
            ToolResult[] results = [.. message.Parts.OfType<AssistantPart.ToolUse>().Select(part => _record.ResultOf(part.Call.Id) ?? ToolResult.NotKnown(part.Call))];
            if (results.Length > 0)
            {
                _conversation.History.Add(new HistoryItem.ToolResults(results));
            }
        }
    }
}
