using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Telemetry;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>The turn that a conversation runs now. Whatever happens to it, it ends with its one terminal event and a valid history.</summary>
internal sealed partial class RunningTurn : IDisposable
{
    private readonly Conversation _conversation;
    private readonly ConversationServices _services;
    private readonly TurnRecord _record;
    private readonly ProviderEntry _provider;
    private readonly HeadStart? _headStart;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITurnJournal _journal;
    private readonly Confirmations _confirmations;
    private readonly Action _superseded;
    private IReadOnlyList<Used>? _used;
    private KeptAnswers? _answers;
    private volatile bool _abandoned;
    private readonly ILogger _logger;

    public RunningTurn(Conversation conversation, ConversationServices services, TurnRecord record, ProviderEntry provider, HeadStart? headStart)
    {
        _headStart = headStart;
        _conversation = conversation;
        _services = services;
        _record = record;
        _provider = provider;
        _journal = services.Store.JournalOf(record.Turn.Id, conversation.User, record.OwnerEpoch);
        _superseded = conversation.Supersede;
        _confirmations = new Confirmations(services.Time);
        _logger = services.LoggerFactory.CreateLogger<RunningTurn>();
        Task = System.Threading.Tasks.Task.Run(RunAsync);
    }

    public int Number => _record.Number;

    /// <summary>Ends when the terminal event is written; never fails.</summary>
    public Task Task { get; }

    /// <summary>The user's stop; the graph only raises a flag in answer, so this is quick.</summary>
    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Leaves the turn to the next process: nothing more of it is written or shown.</summary>
    public void Abandon()
    {
        _abandoned = true;
        _journal.Close();
        _stop.Cancel();
    }

    /// <summary>Answers whether a call may run.</summary>
    /// <returns>False when none waits under this id.</returns>
    public bool Confirm(string callId, bool yes) => _confirmations.Answer(callId, yes);

    /// <summary>To be called when <see cref="Task"/> has ended.</summary>
    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        ConvonetTelemetry.LiveTurns.Add();
        using var span = ConvonetTelemetry.Source.StartActivity("invoke_agent Convonet");
        span?.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.agent.name", "Convonet").SetTag("gen_ai.conversation.id", PublicId());
        var events = new TurnEvents(_conversation.Events, _record, _services.Models, _services.Time);
        try
        {
            await RunAsync(events, span);
        }
        catch (Exception error)
        {
            // The border: whatever ends a turn, its conversation learns of it. What is true of it stands in the store.
            LogTurnFailed(_record.Number, error);
            _conversation.Supersede();
        }
        finally
        {
            _headStart?.Dispose();
            _record.Place?.Dispose();
            PassOnUsage();
            span?.SetTag("convonet.turn.outcome", _record.Outcome);
            span?.SetStatus(_record.Error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
            ConvonetTelemetry.LiveTurns.Remove();
            await _conversation.TurnEndedAsync();
        }
    }

    private async Task RunAsync(TurnEvents events, Activity? span)
    {
        var broken = (TurnError?)TurnError.Internal;
        try
        {
            if (_record.Kept is { } kept && kept.Tries >= _services.Options.MaxTries)
            {
                _conversation.History.AddRange(KeptHistory.ItemsOf(kept));
                await EndAsync(events, new AgentUpdate.Completed(TurnOutcome.Failed, TurnError.Interrupted, _provider.Model, new(0, 0)));
                return;
            }

            var turn = await PrepareAsync(span);
            await foreach (var update in _services.Graph.RunAsync(turn, _stop.Token))
            {
                if (_abandoned)
                {
                    return;
                }

                if (update is AgentUpdate.Completed completed)
                {
                    await EndAsync(events, completed);
                }
                else
                {
                    var at = _record.TextLength;
                    Show(events, update);
                    if (update is AgentUpdate.TextDelta { Text: var text })
                    {
                        _journal.Show(at, text, _superseded);
                    }
                }
            }
        }
        catch (Exception) when (_abandoned)
        {
            // Nothing of it is ours any more.
            return;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            broken = null;
        }
        catch (TurnFencedException)
        {
            Leave();
            return;
        }
        catch (JournalException error)
        {
            LogTurnFailed(_record.Number, error);
            broken = TurnError.NotKept;
        }
        catch (Exception error)
        {
            // The border: a bug ends this turn, not the conversation.
            LogTurnFailed(_record.Number, error);
        }

        if (!events.HasEnded)
        {
            await (broken is null ? EndStoppedAsync(events) : BreakAsync(events, broken));
            CompleteHistory();
        }

        if (KeptHistory.IsRefused(_record.Error?.Code) && _conversation.History is [.., HistoryItem.UserMessage])
        {
            _conversation.History.RemoveAt(_conversation.History.Count - 1);
        }
    }

    /// <summary>Those who follow the conversation go on with it on this thread: it is shown before anything else of it is done.</summary>
    private void Show(TurnEvents events, AgentUpdate update)
    {
        lock (_conversation.Gate)
        {
            events.Write(update);
        }

        _conversation.Events.RingHere();
    }

    /// <summary>Another owner goes on with it, or its user deleted it.</summary>
    private void Leave()
    {
        _conversation.Supersede();
        if (!_conversation.IsDeleted)
        {
            LogTurnFenced(_record.Number, _record.Turn.Id);
        }
    }

    /// <summary>The turn for the graph: from its beginning, or from where an earlier process left it.</summary>
    private async ValueTask<AgentTurn> PrepareAsync(Activity? span)
    {
        var history = _conversation.History;
        _conversation.CutHistory();
        _conversation.ForgetSummarized();
        history.ForgetOld(_services.Options);
        Checkpoint? from = null;
        var begin = history.Count;
        if (_record.Kept is { } left)
        {
            (var items, from) = KeptHistory.Unfinished(left, history.Count);
            history.AddRange(items);
        }
        else
        {
            history.Add(new HistoryItem.UserMessage(_record.User));
        }

        _record.Message = (HistoryItem.UserMessage)history[begin];

        var (prompt, told) = await _conversation.PromptAsync(_stop.Token);
        _answers = from is null && _record.TextLength == 0 ? KeptAnswers.For(_services, _conversation.User, _conversation.Id, told, prompt, history, _provider.Model) : null;
        var kept = _answers is null ? null : await _answers.FindAsync(_stop.Token);
        _answers = kept is null ? _answers : null;
        var models = kept is null ? _services.Models.ModelsFor(_provider) : [new KeptAnswer(_provider.Model, kept)];
        return new AgentTurn(_conversation.Id, _record.Number, prompt, history, models, _journal)
        {
            Id = _record.Turn.Id,
            User = _conversation.User,
            Moment = told.Moment,
            IsVoice = _record.Turn.IsVoice,
            Shown = _record.Text,
            Begun = KeptHistory.BegunOf(_record.Kept),
            Confirmations = _confirmations,
            ResumeFrom = from,
            Unrepeatable = KeptHistory.Unrepeatable(_record.Kept),
            Unasked = KeptHistory.Unasked(_record.Kept),
            HeadStart = _headStart,
            Usage = _record.Usage,
            IsBudgetSpent = kept is null && _services.Budget is { } budget ? token => budget.IsSpentAsync(_conversation.User, _record.Usage.All, token) : null,
            Span = span,
        };
    }

    /// <summary>Tells conversations apart in traces. The id itself lets its holder follow the conversation, so it is not written down.</summary>
    private string PublicId() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_conversation.Id)))[..16];

    [LoggerMessage(LogLevel.Warning, "Turn {Turn} ({Id}) was taken over by another owner.")]
    private partial void LogTurnFenced(int turn, Guid id);

    [LoggerMessage(LogLevel.Error, "The end of turn {Turn} could not be kept.")]
    private partial void LogEndNotKept(int turn, Exception error);

    [LoggerMessage(LogLevel.Error, "Turn {Turn} broke.")]
    private partial void LogTurnFailed(int turn, Exception error);
}
