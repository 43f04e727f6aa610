using Convonet.Agents;

namespace Convonet.Conversations;

/// <summary>Another process has taken the conversation over: what this one still did would be refused, so it does nothing more.</summary>
public sealed partial class Conversation
{
    private volatile bool _isSuperseded;

    /// <inheritdoc/>
    public bool IsSuperseded => _isSuperseded;

    /// <summary>The store has refused a write of this owner.</summary>
    internal void Supersede()
    {
        _isSuperseded = true;
        _commands.Writer.TryComplete();
        Events.Ring();
    }

    /// <summary>What had not ended goes on elsewhere; here no model is asked for it any more.</summary>
    private void EndSuperseded()
    {
        if (!IsSuperseded)
        {
            return;
        }

        lock (Gate)
        {
            foreach (var turn in _turns.Where(turn => turn.Outcome is null))
            {
                new TurnEvents(Events, turn, _services.Models, _services.Time).Break(_provider.Model, TurnError.Superseded);
            }
        }
    }
}
