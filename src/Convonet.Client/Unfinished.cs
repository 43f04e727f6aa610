using System.Text;
using Convonet.Conversations;

namespace Convonet.Client;

/// <summary>
/// The turns whose end was not told yet, and what was told of their text. A snapshot stands for the events that it replaces; what of them is missing here is made of it, so
/// that who waits for the end of an answer need not read snapshots. Of a conversation that was deleted nothing comes any more, so what is not ended then ends here. Its owner's
/// lock guards it.
/// </summary>
internal sealed class Unfinished
{
    private readonly Dictionary<int, StringBuilder> _told = [];
    private string? _conversation;

    /// <summary>Notes what comes.</summary>
    /// <param name="told">The event.</param>
    /// <param name="isNumbered">Whether it is one of the conversation. An <c>accepted</c> without a number repeats what was told, perhaps of a turn that has ended.</param>
    /// <param name="isUnaccepted">Whether the server has not accepted this message so far.</param>
    /// <returns>The events that a snapshot leaves out, or that do not come any more.</returns>
    public IReadOnlyList<SessionEvent> Note(SessionEvent told, bool isNumbered, Func<string?, bool> isUnaccepted)
    {
        switch (told)
        {
            case SessionEvent.Accepted accepted when isNumbered:
                Follow(accepted.Conversation);
                _told[accepted.Turn] = new();
                break;
            case SessionEvent.TextChunk chunk:
                _told.GetValueOrDefault(chunk.Turn)?.Append(chunk.Text);
                break;
            case SessionEvent.AgentResponse response:
                _told.Remove(response.Turn);
                break;
            case SessionEvent.Snapshot snapshot:
                Follow(snapshot.Conversation);
                return [.. (snapshot.Turns ?? []).SelectMany(turn => Missing(turn, snapshot, isUnaccepted(turn.ClientMsgId)))];

            // The answer to a resume: the conversation was deleted.
            case SessionEvent.Refused { Code: "unknown_conversation", ClientMsgId: null } refused:
                var error = new ErrorView(refused.Code, refused.Message, Retryable: true);
                SessionEvent[] lost = [.. _told.Select(one => new SessionEvent.AgentResponse(false, one.Value.ToString(), one.Key, "cancelled", error, "", "", false, new(null, 0), null))];
                _told.Clear();
                return lost;
        }

        return [];
    }

    private void Follow(string conversation)
    {
        if (_conversation != conversation)
        {
            _told.Clear();
        }

        _conversation = conversation;
    }

    private List<SessionEvent> Missing(TurnView turn, SessionEvent.Snapshot snapshot, bool isNew)
    {
        var missing = new List<SessionEvent>();
        var told = _told.GetValueOrDefault(turn.Turn)?.ToString() ?? (isNew ? "" : null);
        if (told is null)
        {
            return missing;
        }

        var (provider, text) = (turn.Provider ?? snapshot.Provider, turn.Text ?? "");
        if (isNew)
        {
            missing.Add(new SessionEvent.Accepted(turn.ClientMsgId, turn.Turn, turn.User, provider, snapshot.Conversation));
        }

        if (text.Length > told.Length && text.StartsWith(told, StringComparison.Ordinal))
        {
            missing.Add(new SessionEvent.TextChunk(text[told.Length..], turn.Turn));
        }

        if (turn.Outcome is { } outcome)
        {
            _told.Remove(turn.Turn);
            var isSuccess = outcome == "completed" || (outcome == "truncated" && text.Length > 0);

            // What is not known of a turn of an earlier process is empty.
            missing.Add(new SessionEvent.AgentResponse(
                isSuccess, text, turn.Turn, outcome, turn.Error, provider, turn.Model ?? "", turn.Emulated ?? false, turn.Timing ?? new(null, 0), turn.Usage));
        }
        else
        {
            // What follows is appended to this.
            _told[turn.Turn] = new(text);
        }

        return missing;
    }
}
