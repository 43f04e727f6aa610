namespace Convonet.Conversations;

/// <summary>Another process has taken the conversation over: what this one still did would be refused, so it does nothing more. Its turns end where they go on: here they get no last event.</summary>
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
}
