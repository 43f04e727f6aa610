using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>What was said is what was heard.</summary>
public sealed partial class Conversation
{
    /// <summary>Turns whose answer is to be cut in the history; touched under <see cref="Gate"/>.</summary>
    private readonly List<TurnRecord> _cuts = [];

    /// <summary>Cuts what is to be cut. Called by a turn that begins: from then on it alone touches the history.</summary>
    internal void CutHistory()
    {
        lock (Gate)
        {
            foreach (var cut in _cuts)
            {
                if (cut.Message is { } message)
                {
                    HeardHistory.Cut(History, message, cut.Heard!.Value);
                }
            }

            _cuts.Clear();
        }
    }

    private async ValueTask CutAsync(ConversationCommand.Interrupt interrupt)
    {
        var (number, heard, stops) = interrupt;
        if (_turns.Find(one => one.Number == number) is not { Heard: null } turn)
        {
            return;
        }

        bool ended;
        lock (Gate)
        {
            ended = turn.Outcome is not null;
            heard = Math.Clamp(heard, 0, turn.Text.Length);
            if (ended && heard == turn.Text.Length)
            {
                return;
            }
        }

        if (!ended && stops)
        {
            await StopAsync(number);
        }

        try
        {
            await _services.Store.HearAsync(turn.Turn.Id, turn.OwnerEpoch, heard, CancellationToken.None);
        }
        catch (Exception error)
        {
            // The border: the cut holds for this process.
            LogCutNotKept(number, error);
        }

        lock (Gate)
        {
            turn.Heard = heard;
            _cuts.Add(turn);
            Events.Append(new SessionEvent.Interrupted(number, heard));
        }
    }

    [LoggerMessage(LogLevel.Error, "It could not be kept how much of turn {Turn} was heard.")]
    private partial void LogCutNotKept(int turn, Exception error);
}
