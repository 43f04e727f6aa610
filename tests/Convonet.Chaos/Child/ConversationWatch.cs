using Convonet.Conversations;

namespace Convonet.Chaos.Child;

/// <summary>
/// Says of each expected turn of a conversation that it has ended, once; or, as the server does to its clients, that the conversation goes on elsewhere, and has to be looked for again: a process
/// that stood still and wakes may have taken it back.
/// </summary>
internal sealed class ConversationWatch
{
    private readonly Lock _lock = new();
    private readonly Conversation _conversation;
    private readonly Action<string> _say;
    private readonly Dictionary<int, string> _expected = [];
    private readonly Dictionary<int, string> _ended = [];
    private long _read;

    public ConversationWatch(Conversation conversation, Action<string> say)
    {
        _conversation = conversation;
        _read = conversation.Events.Reaches(0) ? 0 : 1; // of one that was kept the log begins behind its snapshot
        _say = say;
        conversation.Follow(() => ThreadPool.QueueUserWorkItem(_ => Read()));
        Read();
    }

    public bool IsOf(Conversation conversation) => ReferenceEquals(conversation, _conversation);

    /// <summary>A turn that was accepted now, or by an earlier process; that one may have ended it already.</summary>
    public async Task ExpectAsync(string message, int turn)
    {
        var known = (await _conversation.SnapshotAsync()).Turns.FirstOrDefault(one => one.Turn == turn);
        lock (_lock)
        {
            _expected[turn] = message;
            if (known?.Outcome is { } outcome)
            {
                _ended[turn] = outcome;
            }

            Tell(turn);
            Leave();
        }
    }

    private void Read()
    {
        lock (_lock)
        {
            while (_conversation.Events.TryReadAfter(_read, out var logged))
            {
                _read = logged.Seq;
                if (logged.Event is SessionEvent.AgentResponse response)
                {
                    _ended[response.Turn] = response.Outcome;
                    Tell(response.Turn);
                }
            }

            Leave();
        }
    }

    private void Leave()
    {
        if (_conversation.IsSuperseded)
        {
            foreach (var message in _expected.Values)
            {
                _say($"refused {message} Superseded");
            }

            _expected.Clear();
        }
    }

    private void Tell(int turn)
    {
        if (_ended.TryGetValue(turn, out var outcome) && _expected.Remove(turn, out var message))
        {
            _say($"ended {message} {outcome}");
        }
    }
}
