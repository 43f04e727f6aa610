using System.Threading.Channels;
using Convonet.Agents;
using Convonet.Models;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>The turns in line: how they come, wait, begin and are dropped. All of it runs in the conversation's one loop.</summary>
public sealed partial class Conversation
{
    private void Restore(KeptConversation kept)
    {
        (_lastTurn, _summary) = (kept.LastTurn, kept.Summary);
        foreach (var turn in kept.Turns)
        {
            var record = TurnRecord.Of(turn, turn.Outcome is null ? _services.Admission.TryEnter(User, isAccepted: true) : null, _services.Prices);
            _turns.Add(record);
            Remember(record);
            if (turn.Outcome is null)
            {
                if (!Unprotected.TakeUp)
                {
                    _waiting.Enqueue(record);
                }
            }
            else
            {
                HistoryItem[] items = turn.Turn.Number <= kept.Summary?.UpTo ? [] : [.. KeptHistory.ItemsOf(turn)];
                record.Message = items.FirstOrDefault() as HistoryItem.UserMessage;
                History.AddRange(items);
            }
        }

        ForgetOldTurns();
        StartNext();
    }

    private async ValueTask<SubmitReply> AcceptAsync(UserInput input)
    {
        if (_seenIds.TryGetValue(input.ClientMsgId, out var known))
        {
            return new(SubmitKind.Duplicate, known);
        }

        // Of one that may have been kept the turn is looked for first, whatever is busy.
        var isUnsure = _unsure.ContainsKey(input.ClientMsgId);
        if (!isUnsure && input.WhenBusy == WhenBusy.Reject && _running is not null && IsBusy)
        {
            return new(SubmitKind.TurnRunning, 0);
        }

        if (!isUnsure && input.WhenBusy == WhenBusy.Queue && _waiting.Count >= _services.Options.MaxWaitingMessages)
        {
            return new(SubmitKind.Busy, 0);
        }

        if (_services.Admission.TryEnter(User) is not { } place)
        {
            return new(SubmitKind.Overloaded, 0, _services.Admission.RetryAfter());
        }

        var turn = new NewTurn(TurnId.Of(User, Id, input.ClientMsgId), Id, NumberOf(input.ClientMsgId), User, input.ClientMsgId, input.Text, input.IsVoice, _provider.Name) { Begins = () => !_isKept };
        try
        {
            await KeepEndsAsync();
            if (await _services.Store.AcceptAsync(turn, Events.Epoch, CancellationToken.None) is var number && number != turn.Number)
            {
                Forget(turn);
                place.Dispose();
                return new(SubmitKind.Duplicate, number);
            }
        }
        catch (Exception error)
        {
            // The border: what cannot be kept is not taken; the client keeps it and sends it again.
            if (error is TurnFencedException)
            {
                Supersede();
            }

            LogNotAccepted(error);
            if (!Unprotected.Commit)
            {
                place.Dispose();
                return new(SubmitKind.NotKept, 0);
            }
        }

        _isKept = true;
        _unsure.Remove(input.ClientMsgId);
        if (input.WhenBusy == WhenBusy.Interrupt)
        {
            // Only now: had it not been kept, what runs would have been stopped for nothing.
            await StopAllAsync();
        }

        Begin(new TurnRecord(turn, usage: new UsageTally(_services.Prices)) { Place = place });
        return new(SubmitKind.Accepted, turn.Number);
    }

    /// <summary>
    /// The number that a message's turn is to have. Where nobody knows whether the message was kept, it gets the same again, and no other message does: if it was
    /// kept, it is that turn and begins now.
    /// </summary>
    private int NumberOf(string clientMsgId)
    {
        if (_unsure.TryGetValue(clientMsgId, out var tried))
        {
            return tried;
        }

        if (_unsure.Count >= RememberedMessages)
        {
            _unsure.Clear();
        }

        return _unsure[clientMsgId] = ++_lastTurn;
    }

    /// <summary>The message is a turn under another number; this one is free again.</summary>
    private void Forget(NewTurn turn)
    {
        _unsure.Remove(turn.ClientMsgId);
        if (turn.Number == _lastTurn)
        {
            _lastTurn--;
        }
    }

    private void Begin(TurnRecord turn)
    {
        Remember(turn);
        lock (Gate)
        {
            ForgetOldTurns();
            _turns.Add(turn);
            Events.Append(new SessionEvent.Accepted(turn.ClientMsgId, turn.Number, turn.User, _provider.Name, Id));
        }

        _waiting.Enqueue(turn);
        StartNext();
    }

    /// <summary>Bounds what a snapshot shows. Only turns that have ended go, so nothing that is still told is forgotten.</summary>
    private void ForgetOldTurns()
    {
        var length = _turns.Sum(turn => (long)turn.Length);
        while (_turns is [{ Outcome: not null } oldest, ..] && (_turns.Count >= SnapshotTurns || length > SnapshotChars))
        {
            length -= oldest.Length;
            _turns.RemoveAt(0);
        }
    }

    private void Remember(TurnRecord turn)
    {
        _seenIds.Add(turn.ClientMsgId, turn.Number);
        _seenOrder.Enqueue(turn.ClientMsgId);
        if (_seenOrder.Count > RememberedMessages)
        {
            _seenIds.Remove(_seenOrder.Dequeue());
        }
    }

    private void StartNext()
    {
        if (_running is null && !IsSuperseded && _waiting.TryDequeue(out var turn))
        {
            _running = new RunningTurn(this, _services, turn, _provider, Interlocked.Exchange(ref _headStart, null));
        }
    }

    private void Touch() => Volatile.Write(ref _lastUsed, _services.Time.GetTimestamp());

    /// <summary>Beside the queue: in it a stop would wait behind a message that a slow store does not take.</summary>
    private void StopAtOnce(int? turn)
    {
        if (Volatile.Read(ref _running) is { } running && running.Number == turn)
        {
            running.Stop();
        }
    }

    private async ValueTask StopAsync(int? number)
    {
        if (number is null || number == _running?.Number)
        {
            _running?.Stop();
        }
        else if (_waiting.FirstOrDefault(turn => turn.Number == number) is { } dropped)
        {
            var others = _waiting.Where(turn => turn != dropped).ToArray();
            _waiting.Clear();
            Array.ForEach(others, _waiting.Enqueue);
            await DropAsync(dropped);
        }
    }

    private async ValueTask StopAllAsync()
    {
        _running?.Stop();
        while (_waiting.TryDequeue(out var turn))
        {
            await DropAsync(turn);
        }
    }

    /// <summary>Ends a turn that never began.</summary>
    private async ValueTask DropAsync(TurnRecord turn)
    {
        turn.Place?.Dispose();
        var end = new TurnEnd(turn.Turn.Id, turn.OwnerEpoch, TurnOutcome.Cancelled, null, "", _provider.Name);
        try
        {
            await _services.Store.EndAsync(end, CancellationToken.None);
        }
        catch (TurnFencedException)
        {
            Supersede();
        }
        catch (Exception error)
        {
            // The border: the user said stop, so here it stops, and nobody may run it later.
            LogNotEnded(turn.Number, error);
            KeepLater(end);
            TryAgainLater();
        }

        lock (Gate)
        {
            new TurnEvents(Events, turn, _services.Models, _services.Time).EndUnstarted(_provider.Model);
        }

        Events.Ring();
    }

    private async ValueTask ChooseAsync(ConversationCommand.SetProvider set)
    {
        if (_services.Models.Find(set.Provider) is not { } found)
        {
            set.Reply.TrySetResult(false);
            return;
        }

        try
        {
            await _services.Store.ChooseAsync(Id, Events.Epoch, found.Name, CancellationToken.None);
        }
        catch (TurnFencedException)
        {
            Supersede();
            set.Reply.TrySetException(new ChannelClosedException());
            return;
        }
        catch (Exception error)
        {
            // The border: the choice holds for this process.
            LogNotChosen(error);
        }

        Volatile.Write(ref _provider, found);
        Events.Append(new SessionEvent.Status("provider", $"{ProviderTitle.Of(found.Name)} answers from now on.", Provider: found.Name));
        set.Reply.TrySetResult(true);
    }

    [LoggerMessage(LogLevel.Error, "A message could not be kept, so it was not taken.")]
    private partial void LogNotAccepted(Exception error);

    [LoggerMessage(LogLevel.Error, "It could not be kept that turn {Turn} was cancelled.")]
    private partial void LogNotEnded(int turn, Exception error);

    [LoggerMessage(LogLevel.Error, "The choice of a provider could not be kept.")]
    private partial void LogNotChosen(Exception error);
}
